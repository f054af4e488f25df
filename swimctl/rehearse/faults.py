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


def read(options: Sequence[str]) -> list[tuple[str, str, Fault]]:
    """Return each option with whom it is for and its fault. UsageError: it cannot be, whoever is rehearsed."""
    return [(option, *_parts(option)) for option in options]


def require_known(options: Sequence[str], names: Sequence[str]) -> None:
    """Raise UsageError where an option names a device that is none of these."""
    for option, whom, _ in read(options):
        if whom != "all" and not _SHARE.fullmatch(whom):
            _require_named(option, whom, names)


def drawn(options: Sequence[str], names: Sequence[str], seed: int) -> dict[str, tuple[Fault, ...]]:
    """Return which of these devices has which faults. UsageError: an option names none of them, or no fault.

    A share is rounded up: of ten devices 5 % is one. `all=FAULT` is each of them.
    """
    found: dict[str, tuple[Fault, ...]] = {}
    # Who is drawn hangs on the seed and the options, and not on the order in which devices are upgraded.
    draw = random.Random(seed)  # noqa: S311 - a play that can be repeated, not a secret
    for option, whom, fault in read(options):
        for name in _whom(option, whom, names, draw):
            found[name] = (*found.get(name, ()), fault)
    return found


def _parts(option: str) -> tuple[str, Fault]:
    whom, sign, text = option.partition("=")
    if not sign:
        raise UsageError(f"--fault {option}: write DEVICE=FAULT, such as sw7=never-returns, or 5%=install-fails")
    share = _SHARE.fullmatch(whom)
    if share is not None and not 0 < float(share[1]) <= 100:
        raise UsageError(f"--fault {option}: a share is more than 0% and not more than 100%")
    try:
        return whom, parse_fault(text)
    except UsageError as error:
        raise UsageError(f"--fault {option}: {error}") from None


def _whom(option: str, whom: str, names: Sequence[str], draw: random.Random) -> Sequence[str]:
    share = _SHARE.fullmatch(whom)
    if share is not None:
        return sorted(draw.sample(sorted(names), math.ceil(len(names) * float(share[1]) / 100)))
    if whom == "all":
        return names
    _require_named(option, whom, names)
    return [whom]


def _require_named(option: str, whom: str, names: Sequence[str]) -> None:
    if whom not in names:
        near = get_close_matches(whom, names, 1)
        hint = f"did you mean {near[0]}?" if near else f"rehearsed are {', '.join(names) or 'none'}"
        raise UsageError(f"--fault {option}: no twin of {whom} is upgraded in this rehearsal; {hint}")


def written(faults: Mapping[str, Sequence[Fault]]) -> list[str]:
    """Return them as options that name each device, so that the same play can be asked for again."""
    return [f"{name}={fault}" for name in sorted(faults) for fault in faults[name]]
