# Copyright (c) 2026, the authors of swimctl
# BSD 2-Clause License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""How devices stand to their golden releases: which are asked for, and how many stand how. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.swimctl.swim.plugins.module_utils.client import ApiError

COMPLIANCE = "/api/compliance/"
_WORDS = ("compliant", "other release", "unknown", "no golden release")
_WELL = frozenset({"compliant", "no golden release"})

Document = Mapping[str, Any]


def only(devices: Sequence[Document], names: Sequence[str] | None) -> list[Document]:
    """Return the devices with these names, all without names. ApiError: swimctl has no such device."""
    if names is None:
        return list(devices)
    by_name = {each["device_hostname"]: each for each in devices}
    missing = [name for name in names if name not in by_name]
    if missing:
        raise ApiError(f"swimctl has no device {', '.join(map(repr, missing))}")
    return [by_name[name] for name in dict.fromkeys(names)]


def counted(devices: Sequence[Document]) -> dict[str, Any]:
    """Return whether all of them are well, and how many stand how."""
    counts = {word.replace(" ", "_"): sum(each["status"] == word for each in devices) for word in _WORDS}
    ended = sum(bool(each["support_ended"]) for each in devices)
    well = all(each["status"] in _WELL for each in devices)
    return {"compliant": well and not ended, "counts": counts, "support_ended": ended}
