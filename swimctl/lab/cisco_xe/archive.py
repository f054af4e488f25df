"""Configurations as files on a lab switch: copy, merge, replace, and how two of them differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from swimctl.lab.cisco_xe.banner import keep, whole_lines
from swimctl.lab.cisco_xe.configure import configure
from swimctl.lab.cisco_xe.copying import overwrites
from swimctl.lab.cisco_xe.shows_software import written
from swimctl.lab.configuration import Configuration
from swimctl.lab.effects import Ask, Dialogue, Pause, Print
from swimctl.lab.flash import LabFile, NoSpace
from swimctl.lab.grammar import Ambiguous, Incomplete, Invalid
from swimctl.lab.plain_commands import Words

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.device import Switch
    from swimctl.lab.cisco_xe.session import CommandLine

RUNNING, STARTUP = "running-config", "startup-config"
_SECONDS = 0.5
_WARNING = (
    "This will apply all necessary additions and deletions\nto replace the current running configuration with the\n"
    "contents of the specified configuration file, which is\nassumed to be a complete configuration, not a partial\n"
    "configuration. Enter Y if you are sure you want to proceed. ? [no]: "
)


def text_of(switch: Switch, path: str) -> str | None:
    """Read a configuration, or a file that should be one; None: there is no such file."""
    system, _colon, name = path.rpartition(":")
    if name.strip("/") == RUNNING and system in {"", "system"}:
        return written(switch, switch.configuration)
    if name.strip("/") == STARTUP and system in {"", "nvram"}:
        return written(switch, switch.startup)
    if path == "null:":
        return ""
    file = switch.find(path)
    return None if file is None or file.directory else b"".join(file.blocks()).decode(errors="replace")


def save(session: CommandLine, words: Words, source: str = RUNNING) -> Dialogue:
    """Copy a configuration to a file."""
    switch, target = session.switch, words["target"]
    try:
        member, name = switch.resolve(target)
    except ValueError:
        yield Print(f"%Error opening {target} (No such device)\n")
        return
    typed = yield Ask(f"Destination filename [{name or source}]? ", about_file=True)
    name = typed.strip() or name or source
    if switch.flash(member).get(name) is not None and not (yield from overwrites()):
        return
    content = (text_of(switch, source) or "").encode()
    try:
        switch.flash(member).add(LabFile(name, len(content), switch.clock.wall(), content=content))
    except NoSpace:
        yield Print(f"%Error copying {source} (Not enough space on device)\n")
        return
    yield from _copied(len(content))


def merge(session: CommandLine, words: Words) -> Dialogue:
    """Copy a file to the running configuration: each of its lines as if it were typed."""
    path = words.get("source", STARTUP)
    text = text_of(session.switch, path)
    yield Ask(f"Destination filename [{RUNNING}]? ", about_file=True)
    if text is None:
        yield Print(f"%Error opening {path} (No such file or directory)\n")
        return
    for line, column in _apply(session, text):
        yield Print(f"{line}\n{' ' * column}^\n% Invalid input detected at '^' marker.\n\n")
    yield from _copied(len(text))


def replace(session: CommandLine, words: Words) -> Dialogue:
    """Run `configure replace`: what the file does not have goes; a file with a wrong line changes nothing."""
    switch, path = session.switch, words["path"]
    if "revert" in words and not _archive_paths(switch):
        yield Print("%Please turn config archive on before using this command\n")
        return
    if "force" not in words and not (yield Ask(_WARNING)).strip().lower().startswith("y"):
        return
    text = text_of(switch, path)
    if text is None:
        yield Print(f"%Error opening {path} (No such file or directory)\n")
        return
    if "end" not in text.split("\n"):
        yield Print("%The input file is not a valid config file.\n")
        return
    before = switch.configuration
    switch.configuration = Configuration()
    wrong = list(_apply(session, text))
    yield Pause(_SECONDS)
    if wrong:
        switch.configuration = before
        yield Print(f"Failed to apply command {wrong[0][0].strip()}\nAborting Rollback.\n\nRollback failed\n\n")
    else:
        changed = switch.configuration != before
        yield Print(f"Total number of passes: {1 if changed else 0}\nRollback Done\n\n")


def differences(session: CommandLine, words: Words) -> Dialogue:
    """Run `show archive config differences`: from the first file to the second."""
    old, new = words.get("old", f"nvram:{STARTUP}"), words.get("new", f"system:{RUNNING}")
    for path in (old, new):
        if text_of(session.switch, path) is None:
            yield Print(f"%Error opening {path} (No such file or directory)\n")
            return
    first, second = (_read(text_of(session.switch, path) or "") for path in (old, new))
    lines = [*_changes(second, first, "+"), *_changes(first, second, "-")]
    yield Print("\n".join(["!Contextual Config Diffs:", *(lines or ["!No changes were found"]), ""]))


def additions(session: CommandLine, words: Words) -> Dialogue:
    """Run `show archive config incremental-diffs`: what a file would add to the running configuration."""
    text = text_of(session.switch, words["new"])
    if text is None:
        yield Print(f"%Error opening {words['new']} (No such file or directory)\n")
        return
    lines = _changes(_read(text), session.switch.configuration, "")
    yield Print("\n".join(["!List of Commands:", *lines, "end", *([] if lines else ["!No changes were found"]), ""]))


def archive(switch: Switch) -> str:
    """Show archive; what `archive` and `path` would keep is not kept."""
    paths = _archive_paths(switch)
    if not paths:
        return "Archive feature not enabled\n"
    return (
        "The maximum archive configurations allowed is 10.\nThere are currently 0 archive configurations saved.\n"
        f"The next archive file will be named {paths[0]}-<timestamp>-0\n Archive #  Name\n"
    )


def rollback_timer(_switch: Switch) -> str:
    """Show archive config rollback timer: no lab switch takes a configuration back by itself."""
    return "%No Rollback Confirmed Change pending\n"


def _archive_paths(switch: Switch) -> list[str]:
    below = switch.configuration.sections.get("archive", ())
    return [line.removeprefix("path ") for line in below if line.startswith("path ")]


def _copied(size: int) -> Dialogue:
    yield Pause(_SECONDS)
    yield Print(f"{size} bytes copied in {_SECONDS:.3f} secs ({int(size / _SECONDS)} bytes/sec)\n")


def _lines(text: str) -> list[str]:
    """List the lines that configure something: all but the heading, comments and `end`."""
    plain = [line.rstrip() for line in whole_lines(text.replace("\r", ""))]
    heads = ("version ", "Building ", "Current ", "Using ")
    return [
        line for line in plain if line not in {"", "end"} and line.strip()[:1] != "!" and not line.startswith(heads)
    ]


def _apply(session: CommandLine, text: str) -> Iterator[tuple[str, int]]:
    """Type lines in configuration mode; give those that are wrong, and at which column."""
    mode, section = session.mode, session.section
    session.mode, session.section = "config", ""
    for line in _lines(text):
        if not line.startswith(" "):
            session.mode, session.section = "config", ""
        if keep(session.switch.configuration, line):
            continue
        try:
            configure(session, line.strip())
        except Invalid as odd:
            yield line, odd.column + len(line) - len(line.lstrip())
        except (Ambiguous, Incomplete):
            yield line, len(line)
    session.mode, session.section = mode, section


def _read(text: str) -> Configuration:
    """Read a configuration without asking whether a switch would take it."""
    return Configuration(_lines(text))


def _changes(wanted: Configuration, present: Configuration, sign: str) -> list[str]:
    """List what is wanted and not present; the head of a section stands unsigned where it is present itself."""
    lines = []
    for top, below in wanted.sections.items():
        missing = [line for line in below if line not in present.sections.get(top, ())]
        if top not in present.sections:
            lines.append(f"{sign}{top}")
        elif missing:
            lines.append(top)
        lines += [f" {sign}{line}" for line in missing]
    return lines
