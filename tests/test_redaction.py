"""What no record may show: known secrets, those that lines of configuration name, and both in pieces."""

from __future__ import annotations

import html
import json
import time
from itertools import pairwise
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.secret_lines import AROUND, ASKED, HASHED, PLAIN, STATEMENTS, TYPE_7

from swimctl.platforms.terminal import plain
from swimctl.sessions.redaction import Pieces, Redaction

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
        (" ip ospf message-digest-key 1 md5 7 0822455D", f" ip ospf message-digest-key 1 md5 7 {MASK}"),
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


@pytest.mark.parametrize("system", STATEMENTS)
@pytest.mark.parametrize("secret", [PLAIN, TYPE_7, HASHED])
@pytest.mark.parametrize("around", AROUND)
def test_no_secret_of_a_statement_gets_through(system: str, secret: str, around: str) -> None:
    lines = [around.format(statement.format(*[secret] * 2)) for statement in STATEMENTS[system]]
    shown = Redaction().text("\n".join(lines)).split("\n")
    assert len(shown) == len(lines)
    assert not [line for line in shown if secret in line or secret.rsplit("$", maxsplit=1)[-1] in line]


@pytest.mark.parametrize("asked", ASKED)
def test_nor_does_what_is_typed_where_a_password_is_asked_for(asked: str) -> None:
    line = asked.format(PLAIN)
    assert Redaction().text(line) == asked.format(MASK)
    assert PLAIN not in Redaction().text(f"did not end within 60s; last line: {line!r}; next: `swimctl retry`")


@pytest.mark.parametrize(
    "line",
    [
        "sw1 gives 'netops' no privilege: the enable secret is missing; set SWIMCTL_ENABLE_SECRET",
        "its password has expired",
        "Press any key to continue",
        "RSA key fingerprint is SHA256:abc",
        "username netops is not known",
        "% Password expired, contact your administrator",
        "'show version' on sw1 asked: 'Enter new password: '; it was refused and the session closed",
        "key chain CORE",
        "ssh: permission denied (publickey,password,keyboard-interactive)",
        "Error: password authentication failed for netops",
        "aaa authentication login default group tacacs+ local",
        "crypto key generate rsa modulus 2048",
        "service password-encryption",
        "Press RETURN or any key to get started.",
        "set the enable secret, or give the account privilege 15; next: `swimctl retry`",
        "*May  5 02:11:07.201: %SYS-5-CONFIG_I: Configured from console by netops on vty0 (192.0.2.7)",
        "*May  5 02:11:07.201: %PARSER-5-CFGLOG_LOGGEDCMD: User:netops  logged command:interface Vlan9",
        "the password of netops: was it changed? the key is in ~/.ssh",
        "verify /md5 (flash:cat9k.bin) = 0123456789abcdef0123456789abcdef",
        "MD5 of bootflash:nxos.bin is 0123456789abcdef0123456789abcdef",
        "copying to scp://netops@192.0.2.1/image.bin",
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
    st.text("ab1 \r\n\b", max_size=60),
    st.lists(st.integers(0, 60), max_size=8),
)
@example(["ab", "bX"], "abc", [2])
@example(["acc0unt", "acc0unt-and-more"], "acc0unt-and-more", [7])
def test_in_pieces_all_is_shown_as_it_is_in_one(secrets: list[str], text: str, cuts: list[int]) -> None:
    masks, text = Redaction(secrets), f"{text}.\n"
    pieces = Pieces(masks)
    shown = "".join([*(pieces.add(piece) for piece in split(text, cuts)), pieces.end()])
    assert shown == masks.text(plain(text))


@given(st.lists(st.integers(0, 120), max_size=8))
def test_a_line_of_configuration_in_pieces_is_masked_whole(cuts: list[int]) -> None:
    pieces = Pieces(Redaction())
    text = f"above\n{LOGGED}username bob secret 9 $9$abc/def\nbelow\n"
    shown = "".join([*(pieces.add(piece) for piece in split(text, cuts)), pieces.end()])
    assert shown == f"above\n{LOGGED}username bob secret 9 {MASK}\nbelow\n"


def test_where_the_device_waits_all_is_shown_but_the_beginning_of_a_secret() -> None:
    pieces = Pieces(Redaction(("g3heim",)))
    assert not pieces.add("sw1#")
    assert pieces.pause() == "sw1#"
    assert not pieces.add("sh g3")
    assert pieces.pause() == "sh "
    assert not pieces.add("x")
    assert pieces.pause() == "g3x"
    assert not pieces.add("g3he")
    assert pieces.end() == MASK


def test_a_named_secret_that_ends_like_another_begins_is_held_whole() -> None:
    pieces = Pieces(Redaction(("g3heim",)))
    pieces.add("enable secret foog3")
    assert pieces.pause() == "enable secret "
    assert pieces.add("heim and more\n") == f"{MASK}\n"


def test_a_secret_that_is_empty_has_nothing_to_mask() -> None:
    for text in (
        "copy ftp://anna:@192.0.2.1/x.bin flash:",
        "-----BEGIN RSA PRIVATE KEY----------END RSA PRIVATE KEY-----",
    ):
        assert Redaction().text(text) == text


@pytest.mark.parametrize(
    ("secret", "least"), [("abc4efg", 6), ("abc4ef", 6), ("abc4efghijkl", 8), ("abc4efghijklmnopqrst", 9)]
)
def test_a_piece_of_two_thirds_is_masked_wherever_it_begins_and_as_far_as_it_goes(secret: str, least: int) -> None:
    masks = Redaction((secret,))
    for begin in range(len(secret)):
        for end in range(begin + 1, len(secret) + 1):
            shown = masks.text(f"<{secret[begin:end]}>")
            assert shown == (f"<{MASK}>" if end - begin >= least else f"<{secret[begin:end]}>"), (begin, end)


def test_two_secrets_that_touch_are_one_mask_and_without_secrets_nothing_is_masked() -> None:
    assert Redaction(("g3heim", "Zq7kalt")).text("<g3heimZq7kalt>") == f"<{MASK}>"
    text = "\x1b[1mab\b c\x07 x\x1b[0m"
    assert Redaction().text(text) == Redaction().output(text) == text


@pytest.mark.parametrize(
    ("secret", "distinct"),
    [
        ("Zq7-geh", False),
        ("geheimes", False),
        ("20310505", False),
        ("abcdefg1", True),
        ("abcdefg-", True),
        ("2031-05-", True),
    ],
)
def test_what_an_output_may_say_by_chance_stays_in_it(secret: str, distinct: bool) -> None:
    assert Redaction((secret,)).output(f"up {secret} up") == f"up {MASK if distinct else secret} up"


@pytest.mark.parametrize("begun", range(1, 6))
def test_as_much_of_a_secret_as_may_be_one_is_held_and_masked_where_nothing_follows(begun: int) -> None:
    pieces = Pieces(Redaction(("g3heim", "not-this")))
    pieces.add(f"sh {'g3heim'[:begun]}")
    assert pieces.pause() == "sh "
    assert pieces.end() == ("g3"[:begun] if begun < 3 else MASK)
    assert pieces.end() == ""


KNOWN = 'Zq7+ge<heim>/\\ö"x'
WIDTH = 80


def typed_and_taken_back(secret: str) -> str:
    return "".join(f"{each}x\b" for each in secret)


def bold(secret: str) -> str:
    return "".join(f"\x1b[1m{each}\x1b[0m" for each in secret)


@pytest.mark.parametrize(
    "written",
    [
        KNOWN,
        *(
            f"{KNOWN[:cut]}{line_end}{KNOWN[cut:]}"
            for cut in (1, 7, 14)
            for line_end in ("\r\n", "\n", " \r\n", "\r\r\n")
        ),
        "\n".join(KNOWN),
        typed_and_taken_back(KNOWN),
        "not this" + "\b" * 8 + KNOWN,
        bold(KNOWN),
        "\x00".join(KNOWN),
        "\x07" + KNOWN + "\x07",
        json.dumps(KNOWN),
        repr(KNOWN),
        repr(KNOWN.encode()),
        html.escape(KNOWN),
        quote(KNOWN),
        quote(KNOWN, safe=""),
        f"scp://netops:{quote(KNOWN, safe='')}@192.0.2.1/image.bin",
        KNOWN[:-3],
        KNOWN[3:],
    ],
)
@pytest.mark.parametrize("size", [1, 3, WIDTH, 10_000])
def test_a_known_secret_is_masked_however_it_is_written_and_wherever_it_is_cut(written: str, size: int) -> None:
    masks = Redaction(("another-one", KNOWN))
    for before, behind in (("Password: ", "\r\nsw1#"), ("x" * (WIDTH - 9), "\n"), ("%AAA-3: tried '", "' of netops\n")):
        text = before + written + behind
        whole, pieces = masks.text(text), Pieces(masks)
        shown = "".join([*(pieces.add(text[at : at + size]) for at in range(0, len(text), size)), pieces.end()])
        for each in (whole, shown):
            condensed = "".join(plain(each).split())
            assert MASK in condensed
            assert not [at for at in range(len(KNOWN) - 8) if KNOWN[at : at + 8] in condensed]


def test_a_private_key_is_masked_to_its_end_in_all_lines() -> None:
    lines = ["MIIEpAIBAAKCAQEA7bq", "x1JRbVx6rWq", "Qq=="]
    text = "\n".join(["above", "-----BEGIN RSA PRIVATE KEY-----", *lines, "-----END RSA PRIVATE KEY-----", "below"])
    pieces = Pieces(Redaction())
    for shown in (Redaction().text(text), "".join([*map(pieces.add, text.splitlines(keepends=True)), pieces.end()])):
        assert not [line for line in lines if line in shown]
        assert shown.startswith("above\n")
        assert shown.endswith("\nbelow")


def test_an_output_is_without_the_secret_but_not_without_the_words_that_it_is_about() -> None:
    masks = Redaction(("lab", "17.9.4a", "GigabitEthernet", "Zq7-geheim"))
    text = "lab GigabitEthernet1/0/1 17.9.4a"
    assert masks.output(f"{text} Zq7-geheim") == f"{text} {MASK}"
    assert masks.text(text) == f"{MASK} {MASK}1/0/1 {MASK}"


UNITS = (
    *(
        "-",
        "x",
        "key",
        "key-",
        "key ",
        "password ",
        "password 7 ",
        "password=",
        "<key>",
        "<-",
        "://",
        "a://b:",
        "'",
        '"',
    ),
    *(
        "?token=",
        "username x ",
        "snmp-server host ",
        "1/1",
        "vrrp authentication ",
        "md5 ",
        "community {",
        "$9$a",
        " : ",
    ),
    *("-vauth=", "; enable secret", "command '", "sha-1-", "key 1 type value ", "level 1 ", "Zq7", "Zq7-gehei", "Z\n"),
    *("x\b", "\b", "\x1b["),
)


@pytest.mark.parametrize("unit", UNITS)
def test_whatever_a_device_repeats_costs_little(unit: str) -> None:
    masks = Redaction(("Zq7-geheim", "En4ble-geheim"))
    text = "key " + unit * (20_000 // len(unit))
    began, pieces = time.process_time(), Pieces(masks)
    masks.text(text)
    for at in range(0, len(text), 500):
        pieces.add(text[at : at + 500])
    pieces.end()
    assert time.process_time() - began < 5  # some hundredths of a second; what grows with the square takes minutes


def test_of_a_line_without_end_the_beginning_is_shown() -> None:
    pieces = Pieces(Redaction(("Zq7-geheim",)))
    shown = "".join([*(pieces.add("!" * 999) for _ in range(1_000)), pieces.add(" Zq7-geheim\nafter\n"), pieces.end()])
    assert shown == "!" * 20_000 + " … (the rest of this line is left out)\nafter\n"


def test_only_the_last_line_is_measured_however_many_stand_above_it() -> None:
    pieces = Pieces(Redaction(("Zq7-geheim",)))
    lines = f"{'x' * 79}\n" * 400
    assert pieces.add(f"{lines}sw1#") + pieces.end() == f"{lines}sw1#"
    pieces = Pieces(Redaction(("Zq7-geheim",)))
    shown = pieces.add(f"one\ntwo\n{'!' * 20_010}") + pieces.add("\n")
    assert shown == f"one\ntwo\n{'!' * 20_000} … (the rest of this line is left out)\n"


def test_a_line_that_is_just_not_too_long_is_shown_whole() -> None:
    pieces = Pieces(Redaction(("Zq7-geheim",)))
    shown = "".join([pieces.add("!" * 20_000), pieces.add("\n"), pieces.end()])
    assert shown == "!" * 20_000 + "\n"


def test_data_stays_data() -> None:
    given = {"password": "Zq7-geheim", "bootPassword": "", "secret": None, "enable-secret": ["x"], "user": "ana"}
    for indent in (None, 2):
        shown = json.loads(Redaction().text(json.dumps(given, indent=indent)))
        assert shown == {**given, "password": MASK}
