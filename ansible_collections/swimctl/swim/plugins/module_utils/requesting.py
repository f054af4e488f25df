# Copyright (c) 2026, the authors of swimctl
# BSD 2-Clause License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The options of a request as Ansible takes them, and its body as the API takes it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def request_spec() -> dict[str, dict[str, Any]]:
    """Return the options that go to the API as they are. What is not given is not sent: swimctl has the defaults."""
    return {
        "devices": {"type": "list", "elements": "str", "required": True},
        "image_id": {"type": "int"},
        "workflow_id": {"type": "int"},
        "execution_mode": {"type": "str", "choices": ["parallel", "sequential"]},
        "schedule_time": {"type": "str"},
        "activate_after_distribute": {"type": "bool"},
        "cleanup_flash": {"type": "bool"},
        "force": {"type": "bool"},
        "issu": {"type": "bool"},
        "convert": {"type": "bool"},
        "max_failures": {"type": "str"},
        "waves": {"type": "list", "elements": "str"},
        "soak": {"type": "int"},
        "window": {"type": "str"},
        "until": {"type": "str"},
        "stage_now": {"type": "bool"},
        "pilot": {"type": "bool"},
        "ticket": {"type": "str"},
        "comment": {"type": "str"},
        "on_failed_checks": {"type": "str", "choices": ["back", "hold"]},
        "waivers": {
            "type": "list",
            "elements": "dict",
            "options": {each: {"type": "str", "required": True} for each in ("device", "finding", "seen", "reason")},
        },
    }


def body_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of a trigger."""
    body = {name: given[name] for name in request_spec() if given.get(name) is not None}
    if "max_failures" in body:
        body["max_failures"] = _number(body["max_failures"])
    if "waves" in body:
        body["waves"] = [_number(each) for each in body["waves"]]
    return body


def _number(text: str) -> int | str:
    """Return a number as one: to the API, 5 and 5% are not of one type."""
    return int(text) if text.isdecimal() else text
