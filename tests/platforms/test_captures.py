"""Every parser on what real devices printed. The captures lie beside the repository and are no part of it."""

from __future__ import annotations

import contextlib
import json
from functools import cache
from pathlib import Path

import pytest
from platforms.capture_counts import Count
from platforms.comparing import Captured
from platforms.contract import Platform, names, platform
from platforms.material import CAPTURES, read

from swimctl.errors import CommandRefused, NotFound, SwimctlError, UnparsableOutput
from swimctl.platforms import commands_of

_FOREIGN = "the platform is none of swimctl's"
# Captures of other people's, later found, lie in folders of their own.
SOURCES = sorted(
    str(path.relative_to(CAPTURES))
    for path in [*CAPTURES.glob("*"), *CAPTURES.glob("more/*")]
    if path.is_dir() and path.name not in {"transcripts", "more"}
)


@cache
def owner(source: str) -> Platform | None:
    """Return the platform that reads a folder of captures, None where none does."""
    with contextlib.suppress(NotFound):
        return platform(commands_of(Path(source).name).__name__.split(".")[-2])
    return None


def folders(source: str, *, known: bool) -> list[str]:
    """Return the commands of a source that a parser reads, or those that none does."""
    own = owner(source)
    here = [path.name for path in sorted((CAPTURES / source).iterdir())]
    return [each for each in here if (own is not None and own.knows(own.cases.command_of(each))) is known]


READ = [(source, folder) for source in SOURCES for folder in folders(source, known=True)]


def misread(own: Platform, name: str, command: str, text: str, path: Path) -> str:
    """Return what is wrong with how a capture is read; empty where nothing is."""
    captured = own.captured
    try:
        facts = own.commands.parse(command, text)
    except (UnparsableOutput, CommandRefused) as error:
        return "" if name in own.refused else f"{name}: {error}"
    if name in own.refused:
        return f"{name}: it is read as {facts}, though {own.refused[name]}"
    kept = path.with_suffix(".json")
    if not kept.exists():
        return ""
    differs = difference(captured, path.parent.name, facts, kept.read_text())
    known = captured.wrong.get(name)
    if known is None:
        return f"{name}: {differs}" if differs else ""
    if kept.read_text().splitlines()[known.number - 1].strip(" ,") != known.line:
        return f"{name}: line {known.number} of its parse is not {known.line!r}"
    return "" if differs else f"{name}: the parse that is said to be wrong agrees"


def difference(captured: Captured, folder: str, facts: object, kept: str) -> str:
    """Return where facts and a source's parse differ, or that they cannot be compared; empty where they agree."""
    try:
        pairs = list(captured.comparers[folder](facts, json.loads(kept)))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        return f"its parse does not compare: {error!r}"
    return next((f"{ours!r}, but its source {theirs!r}" for ours, theirs in pairs if ours != theirs), "")


def test_the_captures_are_counted(count: Count) -> None:
    """What no parser reads is skipped, by name."""
    for source in SOURCES:
        own = owner(source)
        why = "no parser reads the command" if own else _FOREIGN
        for folder in folders(source, known=False):
            for _ in (CAPTURES / source / folder).glob("*.txt"):
                count(source, folder, "skipped", why)
    assert READ


@pytest.mark.parametrize(("source", "folder"), READ)
def test_captures(source: str, folder: str, count: Count) -> None:
    own = owner(source)
    assert own is not None
    wrong = []
    for path in sorted((CAPTURES / source / folder).glob("*.txt")):
        name = str(path.relative_to(CAPTURES))
        found = misread(own, name, own.cases.command_of(folder), read(path), path)
        why = own.refused.get(name, "")
        count(source, folder, "failed" if found else "refused" if why else "parsed", found or why)
        wrong += [found] if found else []
    assert wrong == []


@pytest.mark.parametrize("name", names())
def test_every_folder_of_captures_is_compared(name: str, count: Count) -> None:  # noqa: ARG001 - it skips without captures
    kept = {(source, folder) for source, folder in READ if any((CAPTURES / source / folder).glob("*.json"))}
    wanted = {folder for source, folder in kept if owner(source) is platform(name)}
    assert wanted <= set(platform(name).captured.comparers)


@pytest.mark.parametrize("source", SOURCES)
def test_transcripts(source: str, count: Count) -> None:
    """The name of a transcript tells how it ended."""
    own = owner(source)
    wrong = []
    for path in sorted((CAPTURES / "transcripts" / source).glob("*.txt")):
        name = str(path.relative_to(CAPTURES))
        command = own.captured.transcripts(path.stem) if own else None
        if own is None or command is None:
            count(source, "transcripts", "skipped", "no parser reads this dialogue" if own else _FOREIGN)
            continue
        found = ended_otherwise(own.captured, own, name, command, read(path).partition("\n")[2])
        why = own.captured.refused.get(name, "")
        count(source, "transcripts", "failed" if found else "refused" if why else "parsed", found or why)
        wrong += [found] if found else []
    assert wrong == []


def ended_otherwise(captured: Captured, own: Platform, name: str, command: str, dialogue: str) -> str:
    """Return where the facts of a dialogue differ from its name; empty where they do not."""
    for text in captured.forms(dialogue):
        try:
            facts = own.commands.parse(command, text)
        except (UnparsableOutput, CommandRefused) as error:
            if name in captured.refused:
                continue
            return f"{name}: {error}"
        pairs = captured.ended(Path(name).stem, facts)
        different = next(((ours, theirs) for ours, theirs in pairs if ours != theirs), None)
        if different or name in captured.refused:
            return f"{name}: {facts} ({different})"
    return ""


def asked(own: Platform, folder: str, file: str) -> frozenset[str]:
    """Return the commands that another system's output is tried as: those of its own name, and what is always asked."""
    typed = own.cases.command_of(folder)
    # NX-OS says `interface` where the others say `interfaces`.
    words = [each for each in (typed, typed.replace("interfaces", "interface")) if own.knows(each)]
    named = {own.typed(own.commands.find(each)) for each in words}
    alike = folder in own.captured.shared or file in own.captured.nothing
    return own.captured.asked - named if alike else own.captured.asked | named


@pytest.mark.prove
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("name", names())
def test_another_systems_output_is_never_read_as_ours(name: str, source: str) -> None:
    own = platform(name)
    if owner(source) in own.kin():
        pytest.skip("its own")
    theirs = owner(source)
    for path in sorted((CAPTURES / source).glob("*/*.txt")):
        if theirs is not None and str(path.relative_to(CAPTURES)) in theirs.refused:
            continue  # what it is, its own system cannot tell either
        text = read(path)
        for command in asked(own, path.parent.name, f"{source}/{path.parent.name}/{path.name}"):
            with pytest.raises(SwimctlError):
                pytest.fail(f"{command} reads {path} as {own.commands.parse(command, text)}")
