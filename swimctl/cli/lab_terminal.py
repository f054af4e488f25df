"""The terminal in which `swimctl lab up` runs: there a person mends a switch, as somebody on site would."""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from swimctl.cli import output

if TYPE_CHECKING:
    from swimctl.lab.fleet import LabFleet

_PAUSE: Final = 0.2  # seconds after which a stop is seen


def follow(lab: LabFleet, stop: threading.Event) -> None:
    """Carry out what a person types until `stop`: `mend sw5`. Where no terminal is there, only wait."""
    keyboard = sys.stdin.fileno() if sys.stdin is not None and sys.stdin.isatty() else None
    typed = b""
    while keyboard is not None and not stop.is_set():
        if not select.select([keyboard], [], [], _PAUSE)[0]:
            continue
        keys = os.read(keyboard, 4096)
        if not keys:  # Ctrl-D: nothing more will come
            break
        *lines, typed = (typed + keys).split(b"\n")
        for line in lines:
            _carry_out(lab, line.decode(errors="replace").split())
    stop.wait()


def _carry_out(lab: LabFleet, words: list[str]) -> None:
    match words:
        case []:
            return
        case ["mend", name] if name in lab.ports:
            lab.mend(name)
            output.note(f"{name} has no fault any more")
        case _:
            output.note(f"{' '.join(words)}: type `mend SWITCH`, for one of {_some(lab.ports)}; Ctrl-C ends the lab")


def _some(names: Collection[str]) -> str:
    return ", ".join(list(names)[:5]) + (" …" if len(names) > 5 else "")
