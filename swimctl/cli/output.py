"""What is printed and where: results to standard output, all else to standard error.

A reader that goes away (`swimctl status | head -1`) is no error: what is left is dropped, and the command ends
with the exit code that it has earned. So is a terminal that was closed under a running upgrade.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Final, TextIO

from swimctl.errors import SwimctlError

# Device text may end up in messages; a terminal must not obey it.
_CONTROL = {code: "\N{REPLACEMENT CHARACTER}" for code in (*range(32), *range(0x7F, 0xA0)) if code not in (9, 10)}
# Terminals from this width on show every column; words in these columns are looked for, so they are never broken.
_ROOMY: Final = 120
_UNBROKEN: Final = frozenset({"Id", "Job", "Device", "Check", "Result", "Status", "Step"})
_USUAL: Final = 80
_INDENT: Final = "  "
# A word, or several that backquotes hold together.
_PIECES: Final = re.compile(r"(?:`[^`]*`|\S)+")


def devices(count: int) -> str:
    """Return so many devices in words: 1 device, 2 devices."""
    return f"{count} device" if count == 1 else f"{count} devices"


def print_json(document: object) -> None:
    """Write one JSON document to standard output. Times are given as UTC text by the caller."""
    write(sys.stdout, json.dumps(document, indent=2, ensure_ascii=False, default=_json_value) + "\n")


def print_yaml(document: object) -> None:
    """Write one YAML document to standard output: what `print_json` would write."""
    from ruamel.yaml import YAML

    yaml, written = YAML(), StringIO()
    yaml.dump(json.loads(json.dumps(document, default=_json_value)), written)
    write(sys.stdout, written.getvalue())


def print_line(text: str = "") -> None:
    """Write one line of a result to standard output."""
    write(sys.stdout, plain(text) + "\n")


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    to: TextIO | None = None,
    roomy: Collection[str] = (),
    lines: bool = False,
) -> None:
    """Write rows: a table on a terminal, else, and with `lines`, tab-separated lines under a line of column names.

    To standard output where nothing else is given. Columns in `roomy` are left out on terminals narrower than 120.
    """
    stream = to or sys.stdout
    texts = [[plain("" if cell is None else str(cell)) for cell in row] for row in rows]
    if lines or not is_terminal(stream):
        every = [[column.lower() for column in columns], *texts]
        write(stream, "".join("\t".join(" ".join(cell.split()) for cell in line) + "\n" for line in every))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=stream)
    shown = [number for number, column in enumerate(columns) if console.width >= _ROOMY or column not in roomy]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number in shown:
        table.add_column(columns[number], overflow="fold", no_wrap=columns[number] in _UNBROKEN)
    for line in texts:
        table.add_row(*(Text(line[number], style=style_of(line[number])) for number in shown))
    with console.capture() as capture:
        console.print(table)
    write(stream, capture.get())


def style_of(word: str) -> str:
    """Choose the colour of a status word; of anything else none."""
    styles = {"success": "green", "ok": "green", "failed": "red", "fail": "red", "unknown": "bold red"}
    return styles.get(word) or {"warn": "yellow", "interrupted": "yellow", "skipped": "dim"}.get(word, "")


def note(text: str) -> None:
    """Write a sentence for people to standard error; a terminal gets it broken between words."""
    lines = plain(text)
    write(sys.stderr, (broken(lines, _columns(sys.stderr)) if is_terminal(sys.stderr) else lines) + "\n")


def print_paragraph(text: str) -> None:
    """Write a sentence of a result to standard output; a terminal gets it broken between words."""
    lines = plain(text)
    write(sys.stdout, (broken(lines, _columns(sys.stdout)) if is_terminal(sys.stdout) else lines) + "\n")


def broken(text: str, columns: int) -> str:
    """Break each line of a text between words, so that none is wider where that can be; what follows is indented.

    What stands in backquotes is to be copied: it stays in one line, as does a line that begins with a blank.
    """
    return "\n".join(line if line[:1].isspace() else _broken(line, columns) for line in text.split("\n"))


def _broken(line: str, columns: int) -> str:
    lines = [""]
    for piece in _PIECES.findall(line):
        if not lines[-1].strip():
            lines[-1] += piece
        elif len(lines[-1]) + 1 + len(piece) <= columns:
            lines[-1] += f" {piece}"
        else:
            lines.append(_INDENT + piece)
    return "\n".join(lines)


def _columns(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL
    except (OSError, ValueError):
        return _USUAL


def fail(error: SwimctlError, *, as_json: bool) -> None:
    """Print what went wrong: one line on standard error, or with `--json` one document on standard output.

    The line ends with where more about it is, if there is more; the document has the same name as its `error`.
    """
    more = more_about(error.code)
    say_error(error.code, str(error) if as_json or not more else f"{error} (more: `{more}`)", as_json=as_json)


def more_about(code: str) -> str:
    """Return the command that says more about an error; empty where nothing is known that a message does not say."""
    from swimctl.topics import SAYS_ALL  # long texts, which most commands never need

    return "" if code in SAYS_ALL else f"swimctl explain {code}"


def say_error(code: str, message: str, *, as_json: bool) -> None:
    """Write an error that has no exception of swimctl's own."""
    if as_json:
        print_json({"error": code, "message": message})
    else:
        note(f"swimctl: error: {message}")


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether people look at this stream on a terminal that can move its cursor."""
    try:
        return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
    except ValueError:  # closed
        return False


def can_ask() -> bool:
    """Return whether a question would reach a person, and the answer us."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def plain(text: str) -> str:
    """Remove control characters from text that may come from a device."""
    return text.translate(_CONTROL)


def local_time(moment: datetime | None) -> str:
    """Write a time for people: local, with its offset. Empty for None."""
    return "" if moment is None else moment.astimezone().isoformat(sep=" ", timespec="seconds")


def duration(seconds: float | None) -> str:
    """Write seconds for people: 45s, 52m, 1h05m. Empty for None."""
    if seconds is None:
        return ""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}s"
    minutes = round(whole / 60)
    return f"{minutes}m" if minutes < 60 else f"{minutes // 60}h{minutes % 60:02d}m"


def _json_value(value: object) -> object:
    if isinstance(value, datetime):
        from swimctl.clock import rfc3339

        return rfc3339(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def write(stream: TextIO | None, text: str) -> None:
    """Write and flush at once. Raises SwimctlError where a result cannot be written, as on a full disk."""
    if stream is None:  # the caller closed it (`2>&-`), and wants nothing of it
        return
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        if stream is not sys.stderr and error.errno not in {errno.EPIPE, errno.EIO}:
            raise SwimctlError(f"cannot write to standard output: {error.strerror}") from error
        _silence(stream)


def _silence(stream: TextIO) -> None:
    # The interpreter flushes once more at exit and would complain there.
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
    except (OSError, ValueError):
        return
