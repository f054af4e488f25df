"""Catalyst 3850 on 16.x, whose packages `request platform software package` installs; a stack of two."""

from __future__ import annotations

from dataclasses import replace

from fleets.cisco_xe import FLEET as STACKED
from fleets.cisco_xe import switch

FLEET = replace(
    STACKED,
    make=switch("WS-C3850-48P"),
    stack=switch("WS-C3850-48P", "WS-C3850-48P"),
    image="cat3k_caa-universalk9.16.12.10a.SPA.bin",
    old="16.03.05b",
    target="16.12.10a",
    changing=("request ", "reload", "boot system", "delete"),
)
