"""Compare facts of classic IOS with what the sources of its captures say: in the ways of IOS-XE."""

from __future__ import annotations

from platforms.cisco_xe import expected

CAPTURED = expected.CAPTURED
