"""A Catalyst 9407R in install mode, with two supervisors."""

from __future__ import annotations

from dataclasses import replace

from fleets.cisco_xe import FLEET as STACKED
from fleets.cisco_xe import switch
from fleets.cisco_xe_svl import PAIRED

_both = switch("C9407R", "C9407R")

FLEET = replace(STACKED, make=_both, stack=_both, cases=PAIRED)
