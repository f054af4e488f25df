"""All forms of each platform: those of the lab, and those that only parsers know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module

from platforms.contract import parser_of, platform
from platforms.material import CAPTURES, read
from support_matrix import supported

from swimctl.lab.forms import Form, Output, Outputs
from swimctl.platforms import PLATFORM_NAMES

LAB: dict[str, Outputs] = {name: import_module(f"swimctl.lab.{name}.forms").OUTPUTS for name in PLATFORM_NAMES}


@cache
def seen(name: str) -> Outputs:
    """Return the outputs of a platform that the lab does not print in forms."""
    found: Outputs = import_module(f"forms.{name}").SEEN
    return found


@cache
def outputs(name: str) -> Outputs:
    """Return all outputs of a platform, those of the lab first, with all the captures that show a form."""
    further: dict[Form[object], tuple[str, ...]] = import_module(f"forms.{name}").FURTHER
    own = tuple(
        Output(
            each.command,
            each.part,
            tuple(replace(form, sources=form.sources + further.get(form, ())) for form in each.forms),
        )
        for each in LAB.get(name, ())
    )
    return own + seen(name)


def of_lab(name: str, each: Output[object]) -> bool:
    """Return whether the lab prints the forms of an output."""
    return each not in seen(name)


@cache
def on_the_way(name: str) -> dict[str, str]:
    """Return the commands that decide after the point of no return, by the parser that reads each."""
    own, found = platform(name), {}
    for where, support in supported():
        if where == name:
            for evidence in support.evidence.values():
                for command in re.findall(r"`([^`]+)`", f"{evidence.first} {evidence.second}"):
                    if own.knows(command):
                        found.setdefault(parser_of(own.commands.find(command)), command)
    return found


def is_on_the_way(name: str, each: Output[object]) -> bool:
    """Return whether an output decides after the point of no return."""
    own = platform(name)
    return own.knows(each.command) and parser_of(own.commands.find(each.command)) in on_the_way(name)


def is_capture(source: str) -> bool:
    """Return whether it is a path below captures, and not words for a document."""
    return " " not in source


def text_of(source: str) -> str:
    """Read a capture; of a dialogue, what follows the command."""
    text = read(CAPTURES / f"{source}.txt").replace("\r\n", "\n")
    return text.partition("\n")[2] if source.startswith("transcripts/") else text


def to_place(name: str) -> Iterator[tuple[str, str]]:
    """Yield every capture of an output on the way to a commit, with the command that it answers."""
    own, wanted = platform(name), on_the_way(name)
    for source in (name, f"more/{name}"):
        for path in sorted((CAPTURES / source).glob("*/*.txt")):
            command = own.cases.command_of(path.parent.name)
            if own.knows(command):
                asked = wanted.get(parser_of(own.commands.find(command)), "")
                # The parser of `install commit` reads other installations too, which say nothing of a commit.
                here = f"{source}/{path.parent.name}/{path.stem}"
                told = asked.startswith(("show ", "more ")) or (asked and command.startswith(asked))
                if told and f"{here}.txt" not in own.refused:
                    yield asked, here


PLATFORMS = tuple(PLATFORM_NAMES)
