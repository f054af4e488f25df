"""Commands as people type them, and `swimctl parse`."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from platforms.material import FOLDERS, sample

from swimctl import platforms
from swimctl.cli import main
from swimctl.errors import NotFound
from swimctl.platforms.cisco_xe.commands import find


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("show version", "show version"),
        ("sh ver", "show version"),
        ("SHOW VERSION", "show version"),
        ("show version | include uptime", "show version"),
        ("sh sw", "show switch"),
        ("sh sw de", "show switch detail"),
        ("dir", "dir"),
        ("dir flash-2:", "dir"),
        ("dir bootflash:/core", "dir"),
        ("verify /sha512 flash:a.bin", "verify"),
        ("sh inst sum", "show install summary"),
        ("show install inactive", "show install inactive"),
        ("install remove inactive", "install remove"),
        ("install remove file flash:a.bin", "install remove"),
        ("install add file flash:a.bin activate commit", "install"),
        ("install commit", "install"),
        ("show boot", "show boot"),
        ("show bootvar", "show bootvar"),
        ("show boot system", "show boot system"),
        ("show redundancy", "show redundancy"),
        ("sh red st", "show redundancy states"),
        ("sh cdp nei", "show cdp neighbors"),
        ("sh cdp nei det", "show cdp neighbors detail"),
        ("sh lldp nei", "show lldp neighbors"),
        ("sh ip int br", "show ip interface brief"),
        ("show ip route summary", "show ip route summary"),
        ("show ip route vrf Mgmt-vrf summary", "show ip route vrf * summary"),
        ("sh int status", "show interfaces status"),
        ("wr mem", "write memory"),
        ("copy run start", "copy running-config startup-config"),
    ],
)
def test_commands_as_typed(typed: str, words: str) -> None:
    assert find(typed).words == words


@pytest.mark.parametrize("typed", ["", "show", "show foo", "show version foo", "configure terminal", "show install"])
def test_unknown_commands_are_refused_with_the_known(typed: str) -> None:
    with pytest.raises(NotFound, match=r"no parser reads it; known: .*show version"):
        find(typed)


def test_an_abbreviation_that_could_mean_several() -> None:
    with pytest.raises(NotFound, match=r"may be one of several; known: show platform, show privilege"):
        find("sh p")


def test_parse_by_platform_and_command() -> None:
    assert platforms.parse("ios", "sh priv", sample("show_privilege/fifteen")) == 15


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["parse", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_cli_prints_the_facts(capsys: pytest.CaptureFixture[str]) -> None:
    file = str(FOLDERS / "cisco_xe" / "samples" / "show_switch" / "odd_states.txt")
    code, out, err = run(capsys, "--platform", "cisco_ios", "sh switch", file)
    assert (code, err) == (0, "")
    assert json.loads(out)[2] == {
        "number": 3,
        "role": "Member",
        "state": "V-Mismatch",
        "mac": "0011.22aa.0300",
        "priority": 1,
        "active": False,
    }


def test_cli_reads_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    raw = sample("show_install_summary/waiting_for_commit").encode() + b"\xff\xfe"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw.replace(b"\xff\xfe", b""))))
    code, out, _ = run(capsys, "--platform", "cisco_xe", "show install summary")
    assert code == 0
    assert json.loads(out)["packages"][0] == {
        "members": ["1", "2"],
        "kind": "IMG",
        "state": "U",
        "name": "17.12.01a.0.118",
    }


def test_cli_names_the_first_odd_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text(sample("show_switch/odd_states") + " 11 what is this\n")
    code, out, err = run(capsys, "--platform", "cisco_xe", "show switch", str(file))
    assert (code, out) == (2, "")
    assert "first odd line: '11 what is this'" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--platform", "cisco_xe", "show foo", "x"), "no parser reads it; known: copy running-config"),
        (("--platform", "vax", "show version", "x"), "platform 'vax' is not known; known: "),
        (("--platform", "cisco_xe", "show version", "/no/such/file"), "cannot read '/no/such/file': No such file"),
        (("--platform", "cisco_xe", "show version", "/"), "cannot read '/': "),
        (("show version", "x"), "--platform"),
    ],
)
def test_cli_mistakes_are_one_line(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


def test_cli_device_refusal_is_a_wrong_input(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text("% CDP is not enabled\n")
    code, _, err = run(capsys, "--platform", "cisco_xe", "show cdp neighbors", str(file))
    assert code == 2
    assert "the device answered '% CDP is not enabled'" in err
