"""The Tcl shell of a lab switch, as far as clients use it: to write small text files onto flash."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import TYPE_CHECKING

from swimctl.lab.effects import Effect, Print
from swimctl.lab.flash import LabFile, NoSpace

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.modes import Modes

_WRITE = re.compile(r'\s*puts\s+\[\s*open\s+"(?P<path>[^"]*)"\s+w\+?\s*\]\s*\{(?P<text>.*)', re.DOTALL)


def line(session: Modes, text: str) -> Generator[Effect, str, bool]:
    """Run a line as Tcl. Return False if it is an ordinary command."""
    if not session.script:
        if text.strip().lower() in {"tclquit", "exit"}:
            session.mode = ""
            return True
        if _WRITE.match(text) is None:
            return False
    session.script.append(text)
    script = "\n".join(session.script)
    match = _WRITE.match(script)
    if match is None or script.count("{") > script.count("}"):
        return True
    session.script.clear()
    switch = session.switch
    try:
        member, name = switch.resolve(match["path"])
        # `puts` ends what it writes with a newline of its own
        content = f"{match['text'].rstrip().removesuffix('}')}\n".encode()
        switch.flash(member).add(LabFile(name, len(content), switch.clock.wall(), content=content))
    except ValueError:
        yield Print(f'couldn\'t open "{match["path"]}": no such file or directory\n')
    except NoSpace:
        yield Print("error writing: no space left on device\n")
    return True
