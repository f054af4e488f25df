"""Faults that a rehearsal plays: of one device by its name, or of a share of all, drawn by a seed. Pure."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from swimctl.errors import UsageError
from swimctl.lab.faults import Fault, parse_fault

_SHARE: Final = re.compile(r"(\d+(?:\.\d+)?)%")


def drawn(options: Sequence[str], names: Sequence[str], seed: int) -> dict[str, tuple[Fault, ...]]:
    """Return which of these devices has which faults. UsageError: an option names none of them, or no fault.

    A share is rounded up: of ten devices 5 % is one. `all=FAULT` is each of them.
    """
    found: dict[str, tuple[Fault, ...]] = {}
    # Who is drawn hangs on the seed and the options, and not on the order in which devices are upgraded.
    draw = random.Random(seed)  # noqa: S311 - a play that can be repeated, not a secret
    for option in options:
        whom, sign, text = option.partition("=")
        if not sign:
            raise UsageError(f"--fault {option}: write DEVICE=FAULT, such as sw7=never-returns, or 5%=install-fails")
        fault = parse_fault(text)
        for name in _whom(option, whom, names, draw):
            found[name] = (*found.get(name, ()), fault)
    return found


def _whom(option: str, whom: str, names: Sequence[str], draw: random.Random) -> Sequence[str]:
    share = _SHARE.fullmatch(whom)
    if share is not None:
        if not 0 < float(share[1]) <= 100:
            raise UsageError(f"--fault {option}: a share is more than 0% and not more than 100%")
        return sorted(draw.sample(sorted(names), math.ceil(len(names) * float(share[1]) / 100)))
    if whom == "all":
        return names
    if whom not in names:
        near = get_close_matches(whom, names, 1)
        hint = f"did you mean {near[0]}?" if near else f"rehearsed are {', '.join(names) or 'none'}"
        raise UsageError(f"--fault {option}: no twin of {whom} is upgraded in this rehearsal; {hint}")
    return [whom]


def written(faults: Mapping[str, Sequence[Fault]]) -> list[str]:
    """Return them as options that name each device, so that the same play can be asked for again."""
    return [f"{name}={fault}" for name in sorted(faults) for fault in faults[name]]
