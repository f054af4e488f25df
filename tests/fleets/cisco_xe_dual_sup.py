"""A Catalyst 9407R in install mode, with one and with two supervisors."""

from __future__ import annotations

from dataclasses import replace

from fleets.cisco_xe import FLEET as STACKED
from fleets.cisco_xe import switch

FLEET = replace(STACKED, make=switch("C9407R"), stack=switch("C9407R", "C9407R"))
