"""swimctl, as a program that writes into `weighed.json` what it holds in memory, each time SIGUSR1 comes."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import heapq
import json
import signal
import sys
import weakref
from pathlib import Path
from typing import Any

from swimctl.api.statuses import Statuses
from swimctl.cli import main


class _Allocated(ctypes.Structure):
    """What glibc's mallinfo2() answers: ten sizes, the eighth is the bytes that are in use."""

    _fields_ = tuple((f"size{number}", ctypes.c_size_t) for number in range(1, 11))


def _asked(*_: object) -> None:
    (loop,) = [one for one in gc.get_objects() if isinstance(one, asyncio.BaseEventLoop) and one.is_running()]
    loop.call_soon_threadsafe(_weigh, loop)


def _weigh(loop: Any) -> None:
    # Each connection that has gone leaves its timer, which was cancelled, for the 75 s that it was set to; asyncio
    # throws them away by the hundred. They are no leak, but as many as one.
    loop._scheduled[:] = [timer for timer in loop._scheduled if not timer.cancelled()]
    heapq.heapify(loop._scheduled)
    loop._timer_cancelled_count = 0
    # Answers are kept for half a minute: how many these are is a matter of the machine's speed.
    for statuses in [one for one in gc.get_objects() if isinstance(one, Statuses)]:
        statuses._kept.clear()
    gc.collect()
    # Each connection to SQLite throws its references to cursors that have gone away by 200 (`cursors` in CPython's
    # _sqlite/connection.c): up to as many as a leak, and bounded.
    known = gc.get_objects()
    weak = sum(isinstance(one, weakref.ReferenceType) for one in known)
    c_library = ctypes.CDLL("libc.so.6")
    c_library.mallinfo2.restype = _Allocated
    held = {
        "objects": len(known) - weak,
        "blocks": sys.getallocatedblocks() - weak,
        "bytes": c_library.mallinfo2().size8,
    }
    whole = Path("weighing.json")
    whole.write_text(json.dumps(held), encoding="utf-8")
    whole.replace("weighed.json")


signal.signal(signal.SIGUSR1, _asked)
sys.exit(main())
