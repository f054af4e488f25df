"""A lab Juniper typed at: its words for mistakes, filters, modes and rights; whatever is typed, an answer."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from platforms.juniper_junos.scripted_device import IMAGE, desk, put

PROMPT = re.compile(r"\n\{master:0\}(\[edit\])?\n\w+@hall-9[>#] |root@hall-9:RE:0% ")
TEXT = (
    "show version brief detail all-members virtual-chassis status system uptime storage reboot alarms commit chassis "
    "hardware fpc routing-engine interfaces terse lldp neighbors route summary configuration log messages cli "
    "authorization interactive-commands snapshot slice alternate recovery media internal "
    "file list checksum md5 sha1 sha-256 delete /var/tmp /var/tmp/none.tgz "
    "fpc1:/var/tmp fpc9:/x request software validate add rollback member 0 1 7 no-copy unlink jinstall in 5 clear set "
    "screen-length screen-width complete-on-space off configure run commit check and-quit exit quit top host-name x | "
    'match except count last find no-more display xml ( [ " ? sh ver conf cleanup dry-run'
)
ODD = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=40)
WORD = st.sampled_from(TEXT.split())
LINES = st.one_of(st.lists(WORD, max_size=6).map(" ".join), st.lists(WORD | ODD, max_size=5).map(" ".join))
ANSWERS = st.lists(st.sampled_from(["yes", "no", "", "y"]), max_size=2)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(lines=st.lists(st.tuples(LINES, ANSWERS), max_size=12))
def test_any_line_is_answered(lines: list[tuple[str, list[str]]]) -> None:
    with TemporaryDirectory() as folder:
        at = desk(Path(folder), models=("ex3400-48p", "ex3400-24p"))
        for line, answers in lines:
            if at.terminal.done:
                at.log_in()
            at.type(line, answers)
            assert "Traceback" not in at.out
            assert at.terminal.done or PROMPT.fullmatch(at.terminal.prompt), (line, at.terminal.prompt)
        at.wait(3600)
        assert at.device.reachable
        assert set(at.device.runs.values()) == {"20.4R3.8"}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("shw version", "^\nunknown command.\n"),
        ("show vershun", "^\nsyntax error, expecting <command>.\n"),
        ("show", "^\nsyntax error, expecting <command>.\n"),
        ("show c", "^\n'c' is ambiguous.\n"),
        ("sh ver | match ^junos:", "Junos: 20.4R3.8\n"),
        ('show version | match "Junos:|Model" | except Junos | count', "Count: 1 lines\n"),
        ("show version | wrong x", "^\nsyntax error, expecting <command>.\n"),
        ("file list /etc", "/etc: No such file or directory\n"),
        ("file checksum md5 /var/tmp/x", "md5: /var/tmp/x: No such file or directory\n"),
        ("request system software delete jinstall", "error: package 'jinstall' is not installed\n"),
        ("request system software rollback", "rollback aborted\n"),
        ("show log nothing", "error: could not resolve file nothing\n"),
        ("clear system reboot", "No shutdown/reboot scheduled.\n"),
    ],
)
def test_mistakes_and_filters(tmp_path: Path, line: str, words: str) -> None:
    assert desk(tmp_path).type(line).endswith(words)


def test_the_mark_stands_below_the_character(tmp_path: Path) -> None:
    at = desk(tmp_path)
    mark, _, said = at.type("show vershun").partition("^")
    assert len(mark) == len("admin@hall-9> show ")
    assert said == "\nsyntax error, expecting <command>.\n"


def test_a_reboot_that_was_planned_starts_what_waits(tmp_path: Path) -> None:
    at = desk(tmp_path)
    wanted = put(at, tmp_path, IMAGE)
    assert "Shutdown at Tue Mar  4 05:16:07 2031." in at.type("request system reboot in 10", ["yes"])
    assert at.type("show system reboot") == "reboot requested by admin at Tue Mar  4 05:16:07 2031\n"
    assert "'pending' set will be" in at.type(f"request system software add /var/tmp/{wanted.filename}")
    assert "already an install pending" in at.type(f"request system software add /var/tmp/{wanted.filename}")
    at.wait(1200)
    assert at.device.runs == {"fpc0": "22.2R1.9"}
    at.log_in()
    assert "Junos version '20.4R3.8' will become active" in at.type("request system software rollback")
    assert "'pending' set has been removed" in at.type("request system software rollback")
    assert at.device.stays == "22.2R1.9"


def test_configuration_mode(tmp_path: Path) -> None:
    at = desk(tmp_path)
    at.type("configure")
    for line in ("set system host-name hall-1", "run show system reboot", "commit and-quit"):
        at.type(line)
    assert at.terminal.prompt == "\n{master:0}\nadmin@hall-1> "
    at.type("configure")
    at.type("delete system host-name")
    assert "not committed" in at.type("exit")
    at.type("configure")
    assert at.type("show") == ""  # what was deleted is not committed, and not lost
    at.type("rollback")
    at.type("quit")
    assert "/* set system host-name hall-1 */" in at.type("show configuration")


def test_rights_and_the_shell_of_root(tmp_path: Path) -> None:
    at = desk(tmp_path, users={"guest": ("guest", 1), "root": ("toor", 15), "admin": ("admin", 15)})
    at.log_in("guest", "guest")
    assert "class 'read-only'" in at.type("show cli authorization")
    assert at.type("request system reboot").endswith("unknown command.\n")
    at.log_in("root", "toor")
    assert at.type("show version") == "show: Command not found.\n"
    at.type("cli")
    assert "Junos: 20.4R3.8" in at.type("show version")
