"""Two Catalyst 9500 in install mode: a StackWise Virtual pair."""

from __future__ import annotations

from dataclasses import replace

from fleets.cisco_xe import FLEET as STACKED
from fleets.cisco_xe import switch

PAIRED = frozenset({"upgrade", "no-space", "lost-session", "way-back", "member-lags"})
"""What two members that are no stack make different."""
_pair = switch("C9500-24Y4C", "C9500-24Y4C")

FLEET = replace(STACKED, make=_pair, stack=_pair, cases=PAIRED)
