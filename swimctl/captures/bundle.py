"""A bundle: a folder with what devices print, one file a command, and an index that says what swimctl reads of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from swimctl import __version__
from swimctl.captures.masking import Mask
from swimctl.captures.recording import Capture, Recorded
from swimctl.errors import CommandRefused, DeviceError, NotFound, UsageError
from swimctl.platforms import commands_of
from swimctl.platforms.text import unread

INDEX: Final = "index.json"
_FORMAT: Final = 1
# Free text of people and programs: names would be anywhere in it.
_LOG: Final = re.compile(r"show log(?:ging)?\b")
# What is read of a configuration: that it is whole, and this.
_READ: Final = re.compile(r"(?:version \S+;?|end|!Command: show running-config|system ignore startupconfig.*)\s*")


def bundled(devices: Mapping[str, tuple[str, Capture]], out: Path) -> list[Path]:
    """Write what devices printed, by their names and with their platforms, and return the folders of the bundles.

    One device's bundle is `out` itself, of several each has a folder in it. All is there, or nothing: UsageError where
    `out` is there and not empty, or cannot be written.
    """
    check_free(out)
    mask = Mask(os.urandom(32), {word for _, capture in devices.values() for word in capture.known} | {*devices})
    for platform, capture in devices.values():
        _learn(mask, platform, capture.recorded)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))  # mode 0700
        try:
            names = []
            for number, (platform, capture) in enumerate(devices.values(), 1):
                folder = made if len(devices) == 1 else made / f"{number}-{platform}"
                folder.mkdir(mode=0o700, exist_ok=True)
                _write(folder, platform, capture, mask)
                names.append(folder.relative_to(made))
            made.rename(out)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"cannot write '{out}': {error.strerror or error}; name another folder with --out") from None
    return [out / name for name in names]


def check_free(out: Path) -> None:
    """Raise UsageError where bundles could not be written to a folder, as something is there."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"'{out}' is there already, and not empty; name a new folder with --out")


def read_bundles(folder: Path) -> list[dict[str, Any]]:
    """Read a bundle, or a folder of bundles, and return of each command what swimctl reads now: facts, or its refusal.

    Raises UsageError where it is none.
    """
    inside = sorted(path.parent for path in (folder / INDEX, *folder.glob(f"*/{INDEX}")) if path.is_file())
    if not inside:
        raise UsageError(f"'{folder}' is not a bundle: it has no {INDEX}; `swimctl device capture` makes one")
    return [_read_bundle(each) for each in inside]


def read_output(platform: str, command: str, text: str) -> dict[str, Any]:
    """Return the `facts` of an output, or the `reason` why it is not read, and its `unread` lines.

    `parsed` is null where no parser reads the command; `refused`: it is a refusal, which is read as one.
    """
    try:
        parser = commands_of(platform).find(command).parser
    except NotFound:
        return _row(None, "no parser reads it by itself")
    facts, error = None, None
    with unread() as passed:
        try:
            facts = plain(parser(text))
        except DeviceError as why:
            error = why
    refused = isinstance(error, CommandRefused)
    return _row(error is None, str(error or ""), refused=refused, unread=[line for _, line in passed], facts=facts)


def plain(facts: Any) -> Any:  # noqa: ANN401 - facts of any command
    """Return facts as JSON can write them; times as ISO 8601."""
    if is_dataclass(facts) and not isinstance(facts, type):
        return plain(asdict(facts))
    if isinstance(facts, Mapping):
        return {key: plain(fact) for key, fact in facts.items()}
    if isinstance(facts, datetime):
        return facts.isoformat()
    return [plain(fact) for fact in facts] if isinstance(facts, tuple | list) else facts


def _row(parsed: bool | None, reason: str, *, refused: bool = False, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"parsed": parsed, "refused": refused, "reason": reason, "unread": [], "facts": None} | more


def _learn(mask: Mask, platform: str, recorded: Sequence[Recorded]) -> None:
    for each in recorded:
        if each.private:
            mask.learn_configuration(each.text)
        elif not _LOG.match(each.command):
            mask.learn(each.text, _facts(platform, each))


def _facts(platform: str, each: Recorded) -> Any:  # noqa: ANN401 - facts of any command
    try:
        return commands_of(platform).parse(each.command, each.text)
    except (NotFound, DeviceError):
        return None


def _write(folder: Path, platform: str, capture: Capture, mask: Mask) -> None:
    told: dict[str, Any] = {"release": None, "model": None}
    rows = []
    for number, each in enumerate(capture.recorded, 1):
        command = mask.replaced("", each.command)
        about: dict[str, Any] = {"command": command, "file": None, "lines": len(each.text.splitlines())}
        if each.failure:
            seen = _row(False if each.offered else None, each.failure)
        elif each.private or _LOG.match(each.command):
            seen = _row(parsed=None, reason=_left_out(each))
        else:
            seen = read_output(platform, each.command, each.text)
            about["file"] = f"{number:02d}-{re.sub(r'[^a-z0-9]+', '-', command.lower()).strip('-')[:60]}.txt"
            _private(folder / about["file"], mask.replaced(each.command, each.text))
            if each.command.startswith("show version"):
                told = {key: told[key] or value for key, value in _release(_facts(platform, each)).items()}
        del seen["facts"]
        seen["reason"] = mask.sentence(each.command, seen["reason"])
        seen["unread"] = [mask.replaced(each.command, line) for line in seen["unread"]]
        rows.append(about | seen)
    head = {"format": _FORMAT, "swimctl": __version__, "platform": platform, **told, "complete": capture.complete}
    _private(folder / INDEX, json.dumps(head | {"commands": rows}, indent=2, ensure_ascii=False) + "\n")


def _left_out(each: Recorded) -> str:
    if not each.private:
        return "left out: a log has names anywhere"
    read = [line.strip() for line in each.text.splitlines() if _READ.fullmatch(line)]
    return f"left out: of a configuration only this is read: {', '.join(read) or 'nothing was found'}"


def _release(facts: Any) -> dict[str, Any]:  # noqa: ANN401 - facts of any system
    first = facts[0] if isinstance(facts, tuple | list) and facts else facts
    return {"release": getattr(first, "version", None), "model": getattr(first, "model", None)}


def _private(path: Path, text: str) -> None:
    # Line ends stay as they are: a parser may have to read them so.
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline=""
    ) as file:
        file.write(text)


def _read_bundle(folder: Path) -> dict[str, Any]:
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        platform, commands = index["platform"], index["commands"]
        read = [_read_row(folder, platform, row) for row in commands]
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = error.strerror if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
        raise UsageError(f"'{folder / INDEX}' cannot be read: {why}; make the bundle again") from None
    return {
        **{key: index.get(key) for key in ("swimctl", "platform", "release", "model", "complete")},
        "commands": read,
    }


def _read_row(folder: Path, platform: str, row: Mapping[str, Any]) -> dict[str, Any]:
    told = {"command": str(row["command"]), "file": row["file"]}
    if row["file"] is None:
        return told | _row(row["parsed"], str(row["reason"]))
    name = Path(row["file"])
    if name.name != row["file"]:
        raise ValueError(f"{row['file']!r} is no file of the bundle")
    text = (folder / name).read_bytes().decode("utf-8", errors="replace")
    return told | read_output(platform, told["command"], text)
