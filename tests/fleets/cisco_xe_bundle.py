"""Catalyst 9000 in bundle mode."""

from __future__ import annotations

from functools import partial

from fleets.cisco_xe import switch
from fleets.fleet import Fleet

FLEET = Fleet(
    make=partial(switch("C9300-24P"), mode="BUNDLE"),
    stack=partial(switch("C9300-48P", "C9300-24P", "C9300-24P"), mode="BUNDLE"),
    foreign=partial(switch("C9200L-48P"), mode="BUNDLE"),
    image="cat9k_iosxe.17.12.04.SPA.bin",
    old="17.06.05",
    target="17.12.04",
    changing=("boot system", "no boot system", "install ", "reload", "write", "delete", "configure"),
)
