"""A lab Nexus, typed at: its installer, its files and modes, and that no line takes it down."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.lab_terminal import AnyDesk, all_of, small

from swimctl.errors import UsageError
from swimctl.lab.cisco_nxos.device import REPLAY, STANDBY_UP
from swimctl.lab.cisco_nxos.spec import HARDWARE, NexusSpec
from swimctl.lab.images import make_image

OLD, NEW = "nxos.9.3.5.bin", "nxos64-cs.10.3.4a.M.bin"
PROMPT = re.compile(r"desk(\([\w-]+\))?# ")


class Desk(AnyDesk):
    """A Nexus with an image on it that is newer than what it runs."""

    def __init__(self, folder: Path, *faults: str, model: str = "N9K-C93180YC-FX", **spec: Any) -> None:
        fields = small(*faults, **spec)
        super().__init__(folder, NexusSpec("desk", hardware=HARDWARE[model], number="FDO27010001", **fields))

    def put(self, name: str = NEW, size: int = 60_000) -> None:
        """Copy an image onto flash."""
        self.upload(name, make_image(self.folder, name, size).read_bytes(), "bootflash:")

    def install(self, name: str = NEW) -> str:
        """Install an image and sit through the reload."""
        out = self.type(f"install all nxos bootflash:{name}", "y")
        self.wait(10 + self.spec.boot_time + max(REPLAY, STANDBY_UP) + 1)
        if self.switch.reachable:
            self.log_in()
        return out


def test_an_installation_asks_once_sets_the_boot_variable_and_reloads(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put()
    told = desk.install()
    assert all_of(
        ["compatibility check first", "SUCCESS", "default upgrade is not hitless", "10.3(4a)", "(y/n)?  [n] y",
         "Setting boot variables.", "Module 1:", "switch will reboot in 10 seconds."], told,
    )  # fmt: skip
    assert desk.switch.runs == {"1": "10.3(4a)"}
    assert desk.switch.stays == "10.3(4a)"
    assert "NXOS: version 10.3(4a) [Maintenance Release]" in desk.type("show version")
    assert desk.type("show boot").count(f"NXOS variable = bootflash:/{NEW}") == 2


def test_no_is_an_answer_and_return_is_no(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put()
    for answer in ("n", ""):
        assert "cancelled" in desk.type(f"install all nxos bootflash:{NEW}", answer)
    desk.wait(900)
    assert desk.events == []
    assert desk.switch.stays == "9.3(5)"


@pytest.mark.parametrize(
    ("fault", "name", "words"),
    [
        ("busy-install", NEW, "Another install procedure may be in progress. (0x401E0007)"),
        ("install-fails", NEW, "Pre-upgrade check failed. Return code"),
        ("corrupt-copy", NEW, "Pre-upgrade check failed. Return code"),
        ("", "nothing.bin", "No such file or directory"),
    ],
)
def test_what_the_installer_refuses_it_refuses_in_its_check_too(
    tmp_path: Path, fault: str, name: str, words: str
) -> None:
    desk = Desk(tmp_path, *[fault] * bool(fault))
    desk.put()
    for command in (f"show install all impact nxos bootflash:{name}", f"install all nxos bootflash:{name}"):
        assert words in desk.type(command)
        assert "Finishing" not in desk.out


def test_an_image_of_other_hardware_is_not_booted(tmp_path: Path) -> None:
    desk = Desk(tmp_path, model="N9K-C9372PX")
    desk.put()
    assert "Pre-upgrade check failed" in desk.type(f"show install all impact nxos bootflash:{NEW}")
    assert "ERROR" in desk.lines("configure terminal", f"boot nxos bootflash:{NEW}", "end")
    assert desk.switch.configuration == desk.switch.startup


def test_an_installation_that_fails_at_a_module_leaves_the_boot_variable_set(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "install-fails:activate")
    desk.put()
    assert "Install has failed." in desk.install()
    assert desk.switch.runs == {"1": "9.3(5)"}
    assert desk.switch.stays == "10.3(4a)"
    assert desk.events == []


def test_two_supervisors_get_the_image_and_one_comes_later(tmp_path: Path) -> None:
    desk = Desk(tmp_path, model="N9K-C9504", supervisors=2)
    desk.put()
    assert "Syncing image" in desk.type(f"install all nxos bootflash:{NEW}", "y")
    desk.wait(10 + desk.spec.boot_time + 1)
    desk.log_in()
    assert re.search(r"^28 .*powered-up$", desk.type("show module"), re.MULTILINE)
    assert "Initializing" in desk.type("show system redundancy status")
    assert "blocked" in desk.type("configure terminal")
    desk.wait(STANDBY_UP)
    assert re.search(r"^28 .*ha-standby$", desk.type("show module"), re.MULTILINE)
    assert desk.switch.runs == {"27": "10.3(4a)", "28": "10.3(4a)"}
    assert NEW in desk.type("dir bootflash://sup-standby/")


def test_without_an_image_to_boot_it_stays_at_its_loader(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put()
    desk.lines("configure terminal", f"boot nxos bootflash:/{NEW}", "end", "copy running-config startup-config")
    desk.type(f"delete bootflash:{NEW} no-prompt")
    desk.type("reload", "y")
    desk.wait(5000)
    assert not desk.switch.reachable


def test_files(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put()
    assert re.search(
        rf" 60000 +[A-Z][a-z]{{2}} \d\d [\d:]+ \d{{4}}  {re.escape(NEW)}$", desk.type("dir bootflash:"), re.MULTILINE
    )
    assert re.fullmatch(r"[0-9a-f]{128}\n", desk.type(f"show file bootflash:{NEW} sha512sum"))
    assert re.fullmatch(r"[0-9a-f]{32}\n", desk.type(f"show file bootflash:/{NEW} md5sum"))
    assert "not allowed" in desk.type(f"delete bootflash:{OLD} no-prompt")
    assert desk.type(f"delete bootflash:{NEW} no-prompt") == ""
    for command in (f"dir bootflash:{NEW}", f"delete bootflash:{NEW} no-prompt", "dir usb1:"):
        assert desk.type(command) == "No such file or directory\n"


def test_what_may_not_come_in(tmp_path: Path) -> None:
    desk = Desk(tmp_path, scp_server=False, users={"guest": ("guest", 1), "admin": ("admin", 15)})
    with pytest.raises(ValueError, match="bootflash"):
        desk.put()
    desk.lines("configure terminal", "feature scp-server", "end")
    desk.put()
    desk.log_in("guest", "guest")
    for line in ("configure terminal", f"install all nxos bootflash:{NEW}", "reload"):
        assert desk.type(line) == "% Permission denied for the role\n"


def test_a_spec_that_is_no_switch_is_refused(tmp_path: Path) -> None:
    for wrong in ({"version": "seven"}, {"supervisors": 2}):
        with pytest.raises(UsageError, match="no N9K-C93180YC-FX of release"):
            Desk(tmp_path, **wrong)


def test_lines_may_be_short_and_wrong(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert "NXOS: version" in desk.type("sh ver | no-more")
    assert desk.type("sh ver | inc NXOS:") == "  NXOS: version 9.3(5)\n"
    assert "% Invalid command at '^' marker." in desk.type("show vpc")
    assert "% Ambiguous command" in desk.type("show in")
    assert "% Incomplete command" in desk.type("show")
    desk.lines("conf t", "int eth1/7", "description spare", "show clock", "exit", "exit")
    assert desk.session.prompt == "desk# "
    assert "interface Ethernet1/7\n  description spare\n" in desk.type("show running-config")
    assert "unsaved" in desk.type("reload", "n")


WORDS = st.sampled_from(
    f"show version install all impact nxos bootflash: bootflash:{NEW} bootflash://sup-standby/ dir delete no-prompt "
    "file md5sum boot vpc configure terminal length 0 no interface Ethernet1/1 feature hostname copy reload | include "
    "no-more running-config startup-config end exit ip route summary vrf lldp neighbors incompatibility ? s".split()
)
ODD = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=30)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    lines=st.lists(
        st.tuples(
            st.lists(WORDS | ODD, max_size=6).map(" ".join),
            st.lists(st.sampled_from(["y", "n", ""]), max_size=2),
        ),
        max_size=12,
    )
)
def test_any_line_is_answered(lines: list[tuple[str, list[str]]]) -> None:
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder), model="N9K-C9504", supervisors=2, vpc=7)
        desk.put(size=5000)
        for line, answers in lines:
            if desk.session.done:
                desk.log_in()
            desk.say(line, answers)
            assert desk.session.prompt.endswith("# "), line
        desk.wait(3600)
        desk.log_in()
        assert "NXOS: version" in desk.type("show version")
