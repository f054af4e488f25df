"""A lab router with IOS-XR, typed at: operations that go on by themselves, its files and modes, any line at all."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.lab_terminal import AnyDesk, all_of, small

from swimctl.lab.cisco_xr.nodes import CARD_UP, STANDBY_READY, STANDBY_UP
from swimctl.lab.cisco_xr.spec import HARDWARE, RouterSpec
from swimctl.lab.effects import Down, Syslog
from swimctl.lab.images import make_image

NAME, OTHER = "asr9k-golden-x64-7.5.2-v1", "ncs5500-golden-x-7.5.2-v1"
PROMPT = re.compile(r"RP/0/RS?P0/CPU0:desk(\([\w-]+\))?#|(?:XML>)?")


class Desk(AnyDesk):
    """A router with an image on it that is newer than what it runs."""

    def __init__(self, folder: Path, *faults: str, model: str = "ASR-9901", **spec: Any) -> None:
        fields = small(*faults, **spec)
        super().__init__(folder, RouterSpec("desk", hardware=HARDWARE[model], number="FOX28010001", **fields))

    def put(self, name: str = NAME) -> None:
        """Copy an image onto the disk."""
        self.upload(f"{name}.iso", make_image(self.folder, f"{name}.iso", 60_000).read_bytes(), "harddisk:/")

    def told(self, seconds: float) -> list[str]:
        """Wait, and give what the installer told meanwhile."""
        return [event.text for event in self.wait(seconds) if isinstance(event, Syslog)]

    def add(self, name: str = NAME) -> str:
        """Add an image, and give the last thing that was told of it."""
        self.put(name)
        assert "in the background" in self.type(f"install add source harddisk:/ {name}.iso")
        return self.told(130)[-1]

    def restart(self, after: float = 120) -> None:
        """Sit through a reload."""
        assert any(isinstance(event, Down) for event in self.wait(after + self.spec.boot_time))
        self.wait(STANDBY_READY)
        self.log_in()


def test_what_is_added_is_activated_and_goes_with_a_reload_unless_it_is_committed(tmp_path: Path) -> None:
    desk = Desk(tmp_path, model="ASR-9006-AC-V2")
    assert desk.add().endswith("Install operation 25 finished successfully")
    assert f"    {NAME}\n" in desk.type("show install inactive summary")
    out = desk.type("install activate id 25", "yes")
    assert all_of(["operation 26 started by admin", NAME, "reload the sdr, continue?", "[yes/no]:[yes] yes"], out)
    assert "operation 26 is 30% complete" in desk.type("show install request")
    assert "operation 26 is still in progress" in desk.type("install commit")
    assert desk.told(90)[0].endswith("Install operation 26 finished successfully")
    assert "pending reload" in desk.type("show install request")
    desk.restart()
    assert set(desk.switch.runs.values()) == {"7.5.2"}
    assert (desk.switch.stays, desk.switch.uncommitted) == ("7.3.2", True)
    assert "version=7.3.2" in desk.type("show install committed")
    desk.type("admin hw-module location all reload", "yes")
    desk.restart()
    assert set(desk.switch.runs.values()) == {desk.switch.stays} == {"7.3.2"}
    assert NAME in desk.type("show install inactive")
    desk.type(f"install activate {NAME} noprompt")
    desk.restart()
    desk.type("install commit")
    desk.wait(10)
    desk.type("reload", "")
    desk.restart()
    assert set(desk.switch.runs.values()) == {desk.switch.stays} == {"7.5.2"}


@pytest.mark.parametrize("answer", ["no", "n"])
def test_no_is_an_answer(tmp_path: Path, answer: str) -> None:
    desk = Desk(tmp_path)
    desk.add()
    assert "Install operation 26 aborted" in desk.type("install activate id 25", answer)
    assert "acknowledged" not in desk.type("admin hw-module location all reload", answer)
    desk.wait(900)
    assert not any(isinstance(event, Down) for event in desk.events)
    assert "No install operation in progress" in desk.type("show install request")


@pytest.mark.parametrize(
    ("faults", "name", "words"),
    [
        (["install-fails"], NAME, "exception is hit"),
        (["install-fails:no-space"], NAME, "No space left"),
        (["corrupt-copy"], NAME, "corrupt"),
        ([], OTHER, "not for this platform"),
    ],
)
def test_an_operation_that_fails_says_why_in_its_log(tmp_path: Path, faults: list[str], name: str, words: str) -> None:
    desk = Desk(tmp_path, *faults)
    assert desk.add(name).endswith("Install operation 25 aborted")
    log = desk.type("show install log 25")
    assert all_of([f"install add source harddisk:/ {name}.iso", "ERROR! ", words, "operation 25 aborted"], log)
    assert "No inactive package(s)" in desk.type("show install inactive summary")


def test_nothing_is_what_a_file_that_is_not_there_gives(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.type("install add source harddisk:/ nothing.iso")
    assert desk.told(130)[-1].endswith("aborted")
    assert "No such file" in desk.type("show md5 file /harddisk:/nothing.iso")
    assert "No such file" in desk.type("delete harddisk:/nothing.iso")


def test_the_other_processor_and_the_card_come_later(tmp_path: Path) -> None:
    desk = Desk(tmp_path, model="ASR-9006-AC-V2")
    desk.type("admin hw-module location all reload", "yes")
    desk.wait(10 + desk.spec.boot_time)
    desk.log_in()
    assert "has no valid partner" in desk.type("show redundancy")
    assert "LC" not in desk.type("show install active")
    desk.wait(STANDBY_UP)
    assert "0/RSP1/CPU0 is not ready" in desk.type("show redundancy")
    desk.wait(max(CARD_UP, STANDBY_READY))
    assert "0/RSP1/CPU0 is ready" in desk.type("show redundancy")
    assert "Node 0/0/CPU0 [LC]" in desk.type("show install active")


def test_a_configuration_counts_once_it_is_committed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.lines("configure terminal", "hostname other")
    assert "desk" in desk.session.prompt
    desk.type("end", "cancel")
    assert desk.session.prompt.endswith(":desk(config)#")
    desk.lines("interface TenGigE0/0/0/2", "description to nowhere", "commit", "end")
    assert desk.session.prompt.endswith(":other#")
    assert all_of(["interface TenGigE0/0/0/2", " description to nowhere", "end"], desk.type("show running-config"))
    assert "Invalid input" in desk.lines("configure", "nonsense", "abort")


def test_who_may_only_look_installs_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path, users={"admin": ("admin", 15), "guest": ("guest", 1)})
    desk.log_in("guest", "guest")
    for line in ("install commit", "admin show platform", "configure", "delete harddisk:/nvgen_bkup.log"):
        assert "not authorized" in desk.type(line)
    assert re.search(r"pkg-mgmt  : READ$", desk.type("show user tasks"), re.MULTILINE)


WORDS = [
    "show", "version", "install", "active", "inactive", "committed", "summary", "log", "25", "request", "platform",
    "redundancy", "inventory", "all", "filesystem", "location", "dir", "harddisk:", "harddisk:/", "md5", "file",
    f"/harddisk:/{NAME}.iso", "delete", "/noprompt", "add", "source", f"{NAME}.iso", "activate", "id", "noprompt",
    "commit", "remove", "admin", "hw-module", "reload", "configure", "interface", "hostname", "Te0/0/0/1", "no",
    "end", "exit", "abort", "do", "terminal", "length", "0", "|", "include", "user", "tasks", "yes", "no", "[", '"',
]  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    lines=st.lists(st.one_of(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), st.text(max_size=30))),
    answers=st.lists(st.sampled_from(["", "yes", "no", "y", "?"]), max_size=2),
)
def test_any_line_is_answered_and_leaves_a_prompt(lines: list[str], answers: list[str]) -> None:
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desk.put()
        for line in lines:
            desk.say(line, answers)
            desk.wait(200)
            if not desk.switch.reachable:
                desk.wait(desk.spec.boot_time)
            if desk.session.done or any(isinstance(event, Down) for event in desk.events):
                desk.events.clear()
                desk.log_in()
            assert PROMPT.fullmatch(desk.session.prompt.replace(desk.switch.hostname, "desk"))
