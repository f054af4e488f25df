"""What no record may show: known secrets, those that lines of configuration name, and both in pieces."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from swimctl.redaction import Pieces, Redaction

MASK = "********"
LOGGED = "%PARSER-5-CFGLOG_LOGGEDCMD: User:anna  logged command:"


def test_a_text_without_secrets_stays_as_it_is() -> None:
    text = "Password: \r\nsw1#show version | include password\n"
    assert Redaction(("g3heim",)).text(text) == text


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            f"{LOGGED}username bob privilege 15 secret 9 $9$abc/def",
            f"{LOGGED}username bob privilege 15 secret 9 {MASK}",
        ),
        (f"{LOGGED}username bob password plain", f"{LOGGED}username bob password {MASK}"),
        (f"{LOGGED}snmp-server community tr34sure RO", f"{LOGGED}snmp-server community {MASK} RO"),
        (
            f"{LOGGED}tacacs-server host 192.0.2.9 key 7 0822455D0A16",
            f"{LOGGED}tacacs-server host 192.0.2.9 key 7 {MASK}",
        ),
        (" enable secret 5 $1$abc", f" enable secret 5 {MASK}"),
        (" neighbor 192.0.2.1 password 7 0822455D0A16", f" neighbor 192.0.2.1 password 7 {MASK}"),
        (" ip ospf message-digest-key 1 md5 7 0822455D", f" ip ospf message-digest-key 1 {MASK} 7 0822455D"),
        (" password 7 0822455D0A16", f" password 7 {MASK}"),
        (
            "UI_CMDLINE_READ_LINE: command 'set system login user b encrypted-password \"$6$x y\" '",
            f"UI_CMDLINE_READ_LINE: command 'set system login user b encrypted-password {MASK} '",
        ),
        ("snmp-server community tr34sure group network-admin", f"snmp-server community {MASK} group network-admin"),
    ],
)
def test_what_a_line_of_configuration_names_a_secret_is_masked(line: str, shown: str) -> None:
    assert Redaction().text(f"above\n{line}\nbelow") == f"above\n{shown}\nbelow"


@pytest.mark.parametrize(
    "line",
    [
        "sw1 gives 'netops' no privilege: the enable secret is missing; set SWIMCTL_ENABLE_SECRET",
        "its password has expired",
        "Press any key to continue",
        "RSA key fingerprint is SHA256:abc",
        "username netops is not known",
    ],
)
def test_a_sentence_about_secrets_stays(line: str) -> None:
    assert Redaction().text(line) == line


def test_data_is_masked_in_every_text_and_keeps_its_shape() -> None:
    masks = Redaction(("g3heim",))
    assert masks.data({"g3heim": ["a g3heim", {"n": 1, "b": None, "t": ("g3heim",)}]}) == {
        "g3heim": [f"a {MASK}", {"n": 1, "b": None, "t": [MASK]}]
    }


def split(text: str, cuts: list[int]) -> list[str]:
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    return [text[begin:end] for begin, end in pairwise(places)]


@given(
    st.lists(st.text("ab1", min_size=1, max_size=4), max_size=3),
    st.text("ab1 \r\n", max_size=60),
    st.lists(st.integers(0, 60), max_size=8),
)
@example(["ab", "bX"], "abc", [2])
@example(["acc0unt", "acc0unt-and-more"], "acc0unt-and-more", [7])
def test_in_pieces_all_is_shown_as_it_is_in_one(secrets: list[str], text: str, cuts: list[int]) -> None:
    masks = Redaction(secrets)
    pieces = Pieces(masks)
    shown = "".join([*(pieces.add(piece) for piece in split(text, cuts)), pieces.end()])
    assert shown == masks.text(re.sub(r"\r*\n", "\n", text).replace("\r", "\n"))


@given(st.lists(st.integers(0, 120), max_size=8))
def test_a_line_of_configuration_in_pieces_is_masked_whole(cuts: list[int]) -> None:
    pieces = Pieces(Redaction())
    text = f"above\n{LOGGED}username bob secret 9 $9$abc/def\nbelow\n"
    shown = "".join([*(pieces.add(piece) for piece in split(text, cuts)), pieces.end()])
    assert shown == f"above\n{LOGGED}username bob secret 9 {MASK}\nbelow\n"


def test_what_cannot_become_a_secret_is_shown_at_once() -> None:
    pieces = Pieces(Redaction(("g3heim",)))
    assert pieces.add("sw1#") == "sw1#"
    assert pieces.add("sw1#sh") == "sw1#sh"
    assert not pieces.add("g3")
    assert pieces.add("x") == "g3x"
