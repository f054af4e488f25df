"""Waivers of a request: for which devices they are, and whether they say what was seen. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from swimctl.errors import UsageError
from swimctl.models import JobOptions
from swimctl.waivers import Waiver, require_waivable


def check_waivers(waivers: Sequence[Waiver], names: Sequence[str]) -> None:
    """Refuse waivers of what cannot be waived, and of devices that are not asked for. UsageError."""
    for waiver in waivers:
        require_waivable(waiver)
    if strangers := sorted({waiver.device for waiver in waivers} - set(names)):
        raise UsageError(f"waivers name devices that are not asked for: {', '.join(strangers)}")


def require_bound(waivers: Sequence[Waiver]) -> None:
    """Refuse waivers that do not say what was seen: that would be to waive a rule. UsageError."""
    if unbound := [waiver for waiver in waivers if not waiver.seen]:
        named = ", ".join(f"{waiver.device}: {waiver.finding}" for waiver in unbound)
        raise UsageError(f"these waivers do not say what was seen: {named}; next: add ' = ' and what was seen")


def signed_by(options: JobOptions, name: str) -> JobOptions:
    """Return options whose waivers have somebody who answers for them."""
    return replace(options, waivers=tuple(one if one.by else replace(one, by=name) for one in options.waivers))
