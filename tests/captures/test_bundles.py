"""What `device capture` gathers: all that an upgrade would ask, whatever fails, without what belongs to the site."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fleets.every import FLEETS
from support.upgrades import lab_folder

from swimctl.captures import bundle
from swimctl.captures.bundle import bundled, read_bundles
from swimctl.captures.recording import Capture, Recorded, Recording
from swimctl.cli import main
from swimctl.errors import DeadlineExceeded, LoginFailed, SessionLost, UnexpectedPrompt, UsageError
from swimctl.lab.fleet import LabFleet
from swimctl.platforms import PLATFORM_NAMES, commands_of, terminal_of
from swimctl.platforms.cisco_xe.models import parse_hardware_oper
from swimctl.sessions.session import Session

VERSION = (
    "Cisco IOS XE Software, Version 17.09.05\n"
    "hall-7 uptime is 3 weeks, 1 day, 4 hours, 9 minutes\n"
    "cisco C9407R (X86) processor with 1338842K/6147K bytes of memory.\nProcessor board ID FLB27010AA1\n"
    "Configuration register is 0x102\n"
)
ONE = Capture(
    (Recorded("show clock", "*12:00:01.000 UTC Sat Mar 9 2024\n"),), complete=True, known=frozenset({"hall-7"})
)


class Line:
    """A terminal of which some commands fail; notes what it is asked."""

    def __init__(self, answers: dict[str, str | Exception], asked: list[str]) -> None:
        self.hostname = "hall-7"
        self.closed = False
        self._answers = answers
        self._asked = asked

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        assert deadline > 0
        assert not self.closed
        assert not quiet
        self._asked.append(command)
        answer = self._answers[command]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        self.closed = True


def recording(answers: dict[str, str | Exception], logins: list[Exception | None]) -> tuple[Recording, list[str]]:
    """Make a recording whose logins go well, or fail as the list says."""
    asked: list[str] = []

    def connect() -> Any:
        asked.append("login")
        problem = logins.pop(0) if logins else None
        if problem:
            raise problem
        return Line(answers, asked)

    return Recording(connect), asked


def test_a_command_is_given_once_and_its_answer_kept() -> None:
    made, asked = recording({"show version": VERSION}, [])
    assert made.run("show version", 9) == made.run("show version", 9) == VERSION
    assert asked == ["login", "show version"]
    assert made.kept == (Recorded("show version", VERSION),)
    assert made.hostname == "hall-7"


@pytest.mark.parametrize("error", [DeadlineExceeded("late"), UnexpectedPrompt("asked"), SessionLost("gone")])
def test_a_command_that_ends_its_session_is_told_and_the_next_gets_another(error: Exception) -> None:
    made, asked = recording({"show inventory": error, "show version": VERSION}, [])
    for _ in range(2):
        with pytest.raises(type(error)):
            made.run("show inventory", 9)
    assert made.run("show version", 9) == VERSION
    assert asked == ["login", "show inventory", "login", "show version"]
    assert [(each.command, each.failure) for each in made.kept] == [
        ("show inventory", str(error)),
        ("show version", ""),
    ]


def test_a_refused_login_is_not_tried_again_and_a_device_that_ends_every_session_is_left_alone() -> None:
    made, asked = recording({}, [LoginFailed("no")])
    for error in (LoginFailed, SessionLost, SessionLost):
        with pytest.raises(error):
            made.run(f"show {error.__name__} {len(asked)} {len(made.kept)}", 9)
    assert asked == ["login"]
    gone: dict[str, str | Exception] = {f"show {number}": SessionLost("gone") for number in range(20)}
    made, asked = recording(gone, [])
    for command in gone:
        with pytest.raises(SessionLost):
            made.run(command, 9)
    assert asked.count("login") == 5
    assert len(made.kept) == 20


def test_what_may_ask_something_is_not_given() -> None:
    made, asked = recording({}, [])
    with pytest.raises(UnexpectedPrompt, match="was not sent"):
        made.converse("reload", (), 9)
    assert asked == []


def test_a_bundle_is_its_owners_alone_and_has_a_file_a_command(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    capture = Capture(
        (
            Recorded("show version", VERSION),
            Recorded("show inventory", "", "'show inventory' on hall-7 did not end within 60s"),
            Recorded(
                "show running-config",
                "hostname hall-7\nusername anna-b secret 9 xyz\nversion 17.9\nend\n",
                private=True,
            ),
            Recorded("show logging", "Mar 9: Login by anna-b\n"),
            Recorded("show clock", "something else\n"),
            Recorded("show boot", "% Invalid input detected at '^' marker.\n"),
            Recorded("dir flash:anna-b.cfg", "anna-b\n"),
        ),
        complete=False,
        known=frozenset({"hall-7", "sw1"}),
    )
    assert bundled({"sw1": ("cisco_xe", capture)}, out) == [out]
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in out.iterdir()} == {0o600}
    whole = "".join(each.read_text() for each in sorted(out.iterdir()))
    assert not [word for word in ("hall-7", "FLB27010AA1", "anna-b", "secret 9", "xyz", "Login by") if word in whole]
    index = json.loads((out / "index.json").read_text())
    assert (index["platform"], index["release"], index["model"], index["complete"]) == (
        "cisco_xe",
        "17.09.05",
        "C9407R",
        False,
    )
    rows = index["commands"]
    assert [(row["parsed"], row["refused"], row["file"] is None) for row in rows] == [
        (True, False, False), (False, False, True), (None, False, True), (None, False, True), (False, False, False),
        (False, True, False), (False, False, False),
    ]  # fmt: skip
    assert "did not end within 60s" in rows[1]["reason"]
    assert rows[2]["reason"].endswith("only this is read: version 17.9, end")
    assert rows[6]["command"] != "dir flash:anna-b.cfg"
    assert sorted(each.name for each in out.iterdir()) == sorted(
        ["index.json", *(row["file"] for row in rows if row["file"])]
    )


def test_an_output_says_after_it_was_replaced_what_it_said_before(tmp_path: Path) -> None:
    bundled({"hall-7": ("cisco_xe", Capture((Recorded("show version", VERSION),), complete=True))}, tmp_path / "out")
    read = read_bundles(tmp_path / "out")[0]["commands"][0]
    before = commands_of("cisco_xe").parse("show version", VERSION)
    assert (read["facts"]["version"], read["facts"]["model"], read["facts"]["uptime"]) == (
        before.version, before.model, before.uptime,
    )  # fmt: skip
    assert read["facts"]["hostname"] != before.hostname


def test_the_same_name_of_two_devices_becomes_the_same(tmp_path: Path) -> None:
    both = {name: ("cisco_xe", Capture((Recorded("show version", VERSION),), complete=True)) for name in ("one", "two")}
    folders = bundled(both, tmp_path / "out")
    assert [each.name for each in folders] == ["1-cisco_xe", "2-cisco_xe"]
    texts = [(each / "01-show-version.txt").read_text() for each in folders]
    assert texts[0] == texts[1] != VERSION
    bundled({"one": both["one"]}, tmp_path / "later")
    assert (tmp_path / "later" / "01-show-version.txt").read_text() not in {VERSION, texts[0]}


def test_a_folder_that_is_not_empty_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for out in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(UsageError, match="there already"):
            bundled({"hall-7": ("cisco_xe", ONE)}, out)
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert bundled({"hall-7": ("cisco_xe", ONE)}, empty) == [empty]


def test_there_is_never_half_a_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    really: Callable[[Path, str], None] = bundle._private

    def full(path: Path, text: str) -> None:
        if path.name == "index.json":
            raise OSError(28, "No space left on device")
        really(path, text)

    monkeypatch.setattr(bundle, "_private", full)
    with pytest.raises(UsageError, match="No space left on device; name another folder"):
        bundled({"hall-7": ("cisco_xe", ONE)}, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "index", ["", "[]", "{}", '{"platform": "cisco_xe", "commands": [{"command": "show clock", "file": "../x"}]}',
              '{"platform": "cisco_xe", "commands": [{"command": "show clock", "file": "gone.txt"}]}'],
)  # fmt: skip
def test_what_is_no_bundle_is_refused(tmp_path: Path, index: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="is not a bundle"):
        read_bundles(tmp_path)
    (tmp_path / "index.json").write_text(index)
    assert main(["parse", str(tmp_path)]) == 2
    assert "cannot be read: " in capsys.readouterr().err


# What a device may tell by NETCONF, with all that a site has in it.
_HARDWARE = (
    '<rpc-reply xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><data><device-hardware-data '
    'xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-device-hardware-oper"><device-hardware><device-inventory>'
    "<hw-type>hw-type-chassis</hw-type><serial-number>FLB27010AA1</serial-number><sn>990012345678</sn>"
    "<field-id>17</field-id></device-inventory><device-system-data><current-time>2027-02-11T03:20:50+01:00"
    "</current-time><boot-time>2027-02-11T03:11:50+01:00</boot-time><software-version>Cisco IOS Software, Version "
    "17.15.3, RELEASE SOFTWARE (fc2)</software-version><host-name>hall-7</host-name><user-name>anna-b</user-name>"
    "<password>it&amp;is-quiet</password><address>198.51.100.17</address><netmask>255.255.255.0</netmask>"
    "<contact>Berta &lt;night desk&gt;</contact><last-reboot-reason>Reload Command</last-reboot-reason>"
    "<reason-severity>normal</reason-severity></device-system-data></device-hardware></device-hardware-data></data>"
    "</rpc-reply>\n"
)
_MODEL = "Cisco-IOS-XE-device-hardware-oper"


class Way:
    """A way to models that gives one reply, or none and says why; notes what it is asked."""

    def __init__(self, reply: str | None, told: Callable[[str], None]) -> None:
        self.reply = reply
        self.asked: list[str] = []
        self._told = told

    def read(self, model: str, subtree: str, parse: Callable[[str], Any]) -> Any:
        assert subtree
        self.asked.append(model)
        if self.reply is None:
            self._told("no models are read: NETCONF: refused; only the printed output decides")
            return None
        return parse(self.reply)


def recorded_model(reply: str | None) -> tuple[Any, Recording, Way]:
    made = Recording(lambda: pytest.fail("no terminal is asked"))
    way = Way(reply, made.told)
    made.beside(way)
    assert made.netconf is not None
    found = [made.netconf.read(_MODEL, "<x/>", parse_hardware_oper) for _ in range(2)]
    assert found[0] == found[1]
    assert way.asked == [_MODEL]
    return found[0], made, way


def test_a_model_is_asked_once_and_what_it_says_after_it_was_replaced_is_what_it_said_before(tmp_path: Path) -> None:
    found, made, _ = recorded_model(_HARDWARE)
    assert found.version == "17.15.3"
    capture = Capture(made.kept, complete=True, known=frozenset({"hall-7"}))
    bundled({"hall-7": ("cisco_xe", capture)}, tmp_path / "out")
    (row,) = read_bundles(tmp_path / "out")[0]["commands"]
    assert (row["command"], row["parsed"]) == (f"netconf {_MODEL}", True)
    assert (row["facts"]["version"], row["facts"]["reason"]) == (found.version, found.reason)
    text = (tmp_path / "out" / row["file"]).read_text()
    own = ("FLB27010AA1", "990012345678", "hall-7", "anna-b", "is-quiet", "198.51.100.17", "Berta", "night desk")
    assert not [word for word in own if word in text]
    stays = ("255.255.255.0", "<field-id>17<", "&amp;", "&lt;", "&gt;", "<hw-type>hw-type-chassis<", "Reload Command")
    assert not [word for word in stays if word not in text]


def test_a_device_that_does_not_offer_its_models_is_whole_without_them(tmp_path: Path) -> None:
    found, made, _ = recorded_model(None)
    assert found is None
    bundled({"hall-7": ("cisco_xe", Capture(made.kept, complete=True))}, tmp_path / "out")
    (row,) = read_bundles(tmp_path / "out")[0]["commands"]
    assert (row["parsed"], row["file"], "NETCONF: refused" in row["reason"]) == (None, None, True)
    assert main(["parse", str(tmp_path / "out")]) == 0


@pytest.mark.parametrize("reply", ["", "~~", "<rpc-reply/>", _HARDWARE.partition("<boot-time>")[0]])
def test_a_model_that_does_not_read_is_kept_and_told(tmp_path: Path, reply: str) -> None:
    found, made, _ = recorded_model(reply)
    assert found is None
    bundled({"hall-7": ("cisco_xe", Capture(made.kept, complete=True))}, tmp_path / "out")
    (row,) = read_bundles(tmp_path / "out")[0]["commands"]
    assert row["parsed"] is False
    assert row["file"] is not None
    assert f"cannot read the output of '{_MODEL}'" in row["reason"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, LabFleet]]:
    folder = tmp_path_factory.mktemp("captures")
    fleet = [
        fleet.make(
            f"{name.replace('_', '-')}-7", version=fleet.old, **({"netconf": True} if name == "cisco_xe" else {})
        )
        for name, fleet in FLEETS.items()
    ]
    with lab_folder(folder, ssh=False, fleet=fleet) as running:
        yield folder, running


def platform_of(name: str) -> str:
    """Return the platform of a lab device by its name."""
    return next(each for each in PLATFORM_NAMES if name.replace("-", "_").startswith(each))


def swimctl(folder: Path, *words: str) -> int:
    return main(["--config", str(folder / "config.yaml"), *words])


@pytest.mark.prove
@pytest.mark.xdist_group("captures")
def test_of_every_platform_all_that_an_upgrade_asks_is_gathered_and_says_nothing_of_the_site(
    lab: tuple[Path, LabFleet], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, fleet = lab
    out = folder / "every"
    assert swimctl(folder, "device", "capture", "--all", "--out", str(out)) == 0
    capsys.readouterr()
    assert main(["parse", str(out)]) == 0
    read = json.loads(capsys.readouterr().out)["bundles"]
    assert len(read) == len(FLEETS)
    whole = "".join(path.read_text() for path in out.rglob("*.*") if path.is_file()).casefold()
    for number, spec in enumerate(fleet.specs):
        own = platform_of(spec.name)
        given = set(fleet.commands(spec.name)) - {"", "enable", "********", *terminal_of(own).setup}
        rows = read_bundles(out / f"{number + 1}-{own}")[0]["commands"]
        models = [row["parsed"] for row in rows if row["command"].startswith("netconf ")]
        assert len(rows) - len(models) == len(given)
        offers = getattr(spec, "netconf", False)
        assert models == ([] if own != "cisco_xe" else [True if offers else None] * 2), spec.name
        assert spec.name not in whole
        serials = {getattr(spec, "number", ""), *(member.serial for member in getattr(spec, "members", ()))}
        assert not [each for each in serials if each and each.casefold() in whole]
    assert "192.0.2." not in whole
    assert all(row["parsed"] is not False or row["refused"] for one in read for row in one["commands"])


@pytest.mark.xdist_group("captures")
def test_what_could_not_be_read_is_told_and_the_rest_is_there(
    lab: tuple[Path, LabFleet], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = lab
    really = Session.run

    def bent(self: Session, command: str, deadline: float, *, quiet: bool = False) -> str:
        if command == "show version" and self.hostname.startswith("cisco-nxos"):
            return "hall-9 is a new kind of switch\n"
        if command == "show inventory" and self.hostname.startswith("cisco-nxos"):
            self.close()
            raise DeadlineExceeded("'show inventory' on cisco-nxos-7 did not end within 60s")
        return really(self, command, deadline, quiet=quiet)

    monkeypatch.setattr(Session, "run", bent)
    out = folder / "bent"
    assert swimctl(folder, "--json", "device", "capture", "cisco-nxos-7", "--out", str(out)) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["failed"] == {}
    rows = {row["command"]: row for row in said["bundles"][0]["commands"]}
    assert "cannot read the output of 'show version'" in rows["show version"]["reason"]
    assert "did not end within 60s" in rows["show inventory"]["reason"]
    assert set(commands_of("cisco_nxos").ASKED) <= set(rows)
    assert sum(row["parsed"] is True for row in rows.values()) > 6
    assert main(["parse", str(out)]) == 2


@pytest.mark.xdist_group("captures")
def test_a_device_that_does_not_answer_is_told_beside_the_others(
    lab: tuple[Path, LabFleet], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = lab
    hosts = folder / "inventory" / "hosts.yaml"
    kept = hosts.read_text()
    port = str(lab[1].address("cisco-xr-7")[1])
    hosts.write_text(kept.replace(port, "1"))
    try:
        out = folder / "silent"
        assert swimctl(folder, "device", "capture", "cisco-xr-7", "arista-eos-7", "--out", str(out)) == 1
    finally:
        hosts.write_text(kept)
    assert "cisco-xr-7 could not be asked" in capsys.readouterr().err
    assert read_bundles(out)[0]["platform"] == "arista_eos"


def test_a_folder_that_is_there_is_refused_before_a_device_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.txt").write_text("kept")
    assert main(["device", "capture", "sw1", "--out", str(tmp_path / "mine")]) == UsageError.exit_code
    said = capsys.readouterr().err
    assert "is there already, and not empty" in said
    assert "reading sw1" not in said
