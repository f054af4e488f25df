"""Whatever terminals, releases and tools do to an output: its facts are the same, or it is refused; never other facts.

What is known to be refused, or to be other free text, stands in a platform's `bent.py`, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from platforms.bent_outputs import HARMLESS, TWISTS, comparable
from platforms.contract import Platform, names, parser_of, platform
from platforms.material import CAPTURES, read
from platforms.test_captures import READ, owner

from swimctl.errors import SwimctlError

# Longer outputs show nothing that shorter ones do not, and take most of the time.
_LONGEST = 8_000


def outputs(own: Platform, *, every: bool) -> Iterator[tuple[str, str, str]]:
    """Yield the name, the command and the text of a sample of each parser; or of all and all captures."""
    for name in own.samples if every else own.one_of_each:
        yield (name, *own.of(name))
    for source, folder in READ if every else ():
        if owner(source) is not own:
            continue
        for path in sorted((CAPTURES / source / folder).glob("*.txt")):
            name = str(path.relative_to(CAPTURES))
            text = read(path)
            if name not in own.refused and len(text) < _LONGEST:
                yield name, own.cases.command_of(folder), text


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.prove)], ids=["one of each", "every"])
@pytest.mark.parametrize("twist", TWISTS)
@pytest.mark.parametrize("name", names())
def test_a_twisted_output_says_the_same(name: str, twist: str, every: bool) -> None:
    own = platform(name)
    fold = twist == "other case"
    faults: dict[str, str] = {}
    for output, command, text in outputs(own, every=every):
        parser = parser_of(own.commands.find(command))
        try:
            facts = comparable(own.commands.parse(command, text), own.cases, fold=fold)
        except SwimctlError:
            continue  # test_captures says so
        for twisted in TWISTS[twist](text, command, own.cases):
            found = own.answer(command, twisted)
            if isinstance(found, type):
                if twist in HARMLESS:
                    faults.setdefault(f"{parser}: refused: {twist}", f"{output}\n{twisted}")
            elif comparable(found, own.cases, fold=fold) != facts:
                faults.setdefault(f"{parser}: other: {twist}", f"{output}\n{found}\n{facts}\n{twisted}")
    known = {each for each in own.bent if each.endswith(f": {twist}")}
    new = {fault: where for fault, where in faults.items() if fault not in known}
    assert not new, "\n\n".join(f"{fault}\n{where}" for fault, where in new.items())
    if every and CAPTURES.is_dir():
        assert known <= set(faults), "listed in bent.py, and not seen any more"
