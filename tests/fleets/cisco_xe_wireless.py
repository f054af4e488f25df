"""Two C9800-40 wireless controllers in install mode: a pair with stateful switchover."""

from __future__ import annotations

from dataclasses import replace

from fleets.cisco_xe import FLEET as STACKED
from fleets.cisco_xe import switch
from fleets.cisco_xe_svl import PAIRED

_pair = switch("C9800-40-K9", "C9800-40-K9")

FLEET = replace(STACKED, make=_pair, stack=_pair, image="C9800-40-universalk9_wlc.17.12.04.SPA.bin", cases=PAIRED)
