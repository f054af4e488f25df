"""Catalyst 9000 in bundle mode."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from fleets.cisco_xe import FLEET as INSTALLED
from fleets.cisco_xe import switch

FLEET = replace(
    INSTALLED,
    make=partial(switch("C9300-24P"), mode="BUNDLE"),
    stack=partial(switch("C9300-48P", "C9300-24P", "C9300-24P"), mode="BUNDLE"),
    foreign=partial(switch("C9200L-48P"), mode="BUNDLE"),
    changing=("boot system", "no boot system", "install ", "reload", "write", "delete", "configure"),
    activates="reload",
)
