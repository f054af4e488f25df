"""What stays of a prompt: names, clocks, counters, blanks, modes; and what is none."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from swimctl.platforms import PLATFORM_NAMES, prompts, terminal_of
from swimctl.platforms.terminal import body, stand


@dataclass(frozen=True)
class Kind:
    """Prompts of one kind: two that came one after the other, later ones, and what must not be taken for one."""

    first: str
    again: str
    known: str
    later: tuple[str, ...]
    never: tuple[str, ...] = ("sw9#", "1 all sessions are logged", "######")


KINDS = {
    "a name": Kind("sw1#", "sw1#", "sw1", ("sw1>", "sw1(config)#", "sw1(maint-mode)#", "sw1(maint-mode)(config)#")),
    "a node and a name": Kind("RP/0/RP0/CPU0:10-core#", "RP/0/RP0/CPU0:10-core#", "RP/0/RP0/CPU0:10-core", ()),
    "a clock of EOS": Kind(
        "sw3.17:00:07#", "sw3.17:00:14#", "sw3.…:…:…#", ("sw3.00:00:00#", "sw3.9:5:12(config)#", "sw3(config-s-x)#")
    ),
    "a clock that stood still": Kind("sw3 17:00#", "sw3 17:00#", "sw3 …:…#", ("sw3 18:59#", "sw3 18:59(config)#")),
    "twelve hours": Kind(
        "sw1 11:59:58 AM#", "sw1 11:59:59 AM#", "sw1 …:…:… …#", ("sw1 12:00:00 PM#", "sw1  1:07:00 pm>")
    ),
    "a clock before the name": Kind("[17:00:14] sw1#", "[17:00:15] sw1#", "[…:…:…] sw1#", ("[03:04:05] sw1>",)),
    "a date too": Kind(
        "Sun Nov 29 23:59:59 UTC sw1#", "Sun Nov 29 23:59:59 UTC sw1#", "… … … …:…:… UTC sw1#",
        ("Mon Nov 30 00:00:00 UTC sw1#", "Tue Dec  1 00:00:00 UTC sw1(config)#"),
    ),
    "a date of numbers": Kind(
        "2031-05-04T17:00:14 sw1#", "2031-05-04T17:00:15 sw1#", "…-…-04T…:…:… sw1#", ("2031-12-04T17:00:15 sw1#",)
    ),
    "a counter behind the sign": Kind("sw1#9", "sw1#10", "sw1#…", ("sw1#11", "sw1>12", "sw1(config)#13")),
    "a counter in brackets": Kind("sw1 [9]#", "sw1 [10]#", "sw1 […]#", ("sw1 [11]>", "sw1(config-if)#")),
    "blanks": Kind("hall 7 sw1#", "hall 7 sw1#", "hall 7 sw1#", ("hall 7 sw1>", "hall 7 sw1(config)#", "sw1(config)#")),
    "an arrow": Kind("-> sw1#", "-> sw1#", "-> sw1#", ("-> sw1>",)),
    "a user, a clock and a name": Kind(
        "17:00:14 anna@hall-7>", "17:00:15 anna@hall-7>", "…:…:… anna@hall-7#", ("18:00:00 anna@hall-7#",)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_what_stays_is_known_and_known_again_in_any_mode(name: str) -> None:
    kind = KINDS[name]
    assert prompts.stays(kind.first, kind.again) == kind.known
    for line in (kind.first, kind.again, *kind.later):
        assert prompts.pattern(kind.known).fullmatch(line), line
    for line in kind.never:
        assert not prompts.pattern(kind.known).fullmatch(line), line


@pytest.mark.parametrize("platform", PLATFORM_NAMES)
@pytest.mark.parametrize("name", KINDS)
def test_a_command_ends_at_it_and_its_output_is_without_it(name: str, platform: str) -> None:
    kind, terminal = KINDS[name], terminal_of(platform)
    for line in (kind.again, *kind.later):
        text = f"show clock\r\n12:00:00.123 UTC\r\n{line}"
        where = stand(text, kind.known, terminal, "show clock")
        assert (where.prompt, where.sure, where.odd) == ("#" if "#" in line else ">", True, False), line
        assert body(text, "show clock", kind.known, terminal) == "12:00:00.123 UTC"
        # One that came late, from before the command.
        assert body(f"\r\n{kind.first}{text}", "show clock", kind.known, terminal) == "12:00:00.123 UTC"


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("NOTICE#", "sw1#"),
        ("keep out #", "sw1#"),
        ("alpha#", "beta#"),
        ("sw1#", "sw2b#"),
        ("12#", "13#"),
        ("17:00:14>", "17:00:15>"),
        ("sw1", "sw1"),
        ("", ""),
        ("#####", "#####"),
        ("x" * 200 + "#", "x" * 200 + "#"),
    ],
)
def test_what_is_not_the_same_prompt_stays_none(first: str, again: str) -> None:
    assert prompts.stays(first, again) is None


@pytest.mark.parametrize("word", ["Password>", "PASSCODE>", "token#", "login>"])
def test_one_word_that_asks_is_no_name(word: str) -> None:
    assert not prompts.is_plain(word)


@pytest.mark.parametrize("platform", PLATFORM_NAMES)
def test_a_clock_without_colons_is_learned_when_it_moves(platform: str) -> None:
    known = prompts.stays("sw1-170014#", "sw1-170014#")
    assert known == "sw1-170014"
    where = stand("show clock\n12:00\nsw1-170015#", known, terminal_of(platform), "show clock")
    assert (where.prompt, where.sure, where.odd, where.learned) == ("#", False, True, "sw1-…#")
    assert where.learned is not None
    later = stand("show clock\n12:00\nsw1-180000>", where.learned, terminal_of(platform), "show clock")
    assert (later.prompt, later.sure, later.odd) == (">", True, False)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        # scrapli's pull request 324; ansible-collections/cisco.ios 716 and 729, where the device cuts it.
        ("sw2(maint-mode)(config)#", "sw2"),
        ("switch(maint-mod(config)#", "switch"),
        ("sw2(maint-mode)#", "sw2"),
        ("sw2(maint-mode)(config-if)# ", "sw2"),
        ("hall-7(config-profile)#", "hall-7"),
        ("edge-1-with-a-lon(maint-mod(config-if-ra#", "edge-1-with-a-long-name"),
    ],
)
@pytest.mark.parametrize("platform", PLATFORM_NAMES)
def test_a_configuration_prompt_in_maintenance_mode_is_a_prompt(line: str, name: str, platform: str) -> None:
    assert stand(f"configure terminal\n{line}", name, terminal_of(platform)).prompt == "#"
    assert prompts.stays(line, line) == line.partition("(")[0]


@pytest.mark.parametrize(
    ("known", "words"), [("sw1", "sw1"), ("hall 7 sw1#", "hall sw1"), ("[…:…] anna@hall-7#", "anna@hall-7")]
)
def test_the_name_is_among_the_words_that_stay(known: str, words: str) -> None:
    assert prompts.name_in(known) == words
