"""swimctl, as a program that writes into `weighed.json` what it holds in memory, each time SIGUSR1 comes."""

from __future__ import annotations

import ctypes
import gc
import json
import signal
import sys
from pathlib import Path

from swimctl.cli import main


class _Allocated(ctypes.Structure):
    """What glibc's mallinfo2() answers: ten sizes, the eighth is the bytes that are in use."""

    _fields_ = tuple((f"size{number}", ctypes.c_size_t) for number in range(1, 11))


def _weigh(*_: object) -> None:
    gc.collect()
    c_library = ctypes.CDLL("libc.so.6")
    c_library.mallinfo2.restype = _Allocated
    held = {
        "objects": len(gc.get_objects()),
        "blocks": sys.getallocatedblocks(),
        "bytes": c_library.mallinfo2().size8,
    }
    whole = Path("weighing.json")
    whole.write_text(json.dumps(held), encoding="utf-8")
    whole.replace("weighed.json")


signal.signal(signal.SIGUSR1, _weigh)
sys.exit(main())
