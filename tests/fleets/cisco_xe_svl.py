"""Two Catalyst 9500 in install mode: a StackWise Virtual pair."""

from __future__ import annotations

from dataclasses import replace

from fleets.cisco_xe import FLEET as STACKED
from fleets.cisco_xe import switch

FLEET = replace(STACKED, make=switch("C9500-24Y4C"), stack=switch("C9500-24Y4C", "C9500-24Y4C"))
