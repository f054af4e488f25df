"""A lab Arista, typed at: what it boots, its files and modes, its partner, and that no line takes it down."""

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
from swimctl.lab.arista_eos.device import BY_FPGA, PEER_UP
from swimctl.lab.arista_eos.spec import HARDWARE, AristaSpec
from swimctl.lab.images import make_image

OLD, NEW = "EOS-4.28.3M.swi", "EOS-4.31.6M.swi"


class Desk(AnyDesk):
    """An Arista with an image on it that is newer than what it runs."""

    def __init__(self, folder: Path, *faults: str, model: str = "DCS-7050SX3-48YC8", **spec: Any) -> None:
        fields = small(*faults, **spec)
        super().__init__(folder, AristaSpec("desk", hardware=HARDWARE[model], number="JPE24000001", **fields))

    def put(self, name: str = NEW, size: int = 60_000) -> None:
        """Copy an image onto flash."""
        self.upload(name, make_image(self.folder, name, size).read_bytes(), "/mnt/flash/")

    def boot(self, name: str = NEW) -> str:
        """Name an image in configuration mode."""
        return self.lines("configure", f"boot system flash:{name}", "end")


@pytest.mark.parametrize("how", ["boot system", "install source"])
def test_a_reload_boots_what_boot_config_names_whatever_was_saved(tmp_path: Path, how: str) -> None:
    desk = Desk(tmp_path)
    desk.put()
    if how == "boot system":
        assert desk.boot() == ""
    else:
        assert desk.type(f"install source flash:{NEW}").endswith(
            "Committing changes... done.\nInstallation succeeded.\n"
        )
    assert (desk.switch.runs, desk.switch.stays) == ({"1": "4.28.3M"}, "4.31.6M")
    assert f"Software image: flash:/{NEW}\n" in desk.type("show boot-config")
    assert "The system is going down for reboot NOW!" in desk.type("reload now")
    desk.restart()
    assert desk.switch.runs == {"1": "4.31.6M"}
    assert "Software image version: 4.31.6M\n" in desk.type("show version")
    assert "Reload requested by the user." in desk.type("show reload cause")


@pytest.mark.parametrize(
    ("answers", "goes", "saved"),
    [
        (("no", ""), True, False),
        (("y", "y"), True, True),
        (("diff", "cancel"), False, False),
        (("no", "n"), False, False),
    ],
)
def test_a_reload_asks_about_what_is_not_saved(
    tmp_path: Path, answers: tuple[str, ...], goes: bool, saved: bool
) -> None:
    desk = Desk(tmp_path)
    desk.lines("configure", "interface Ethernet7", "description spare", "end")
    out = desk.type("reload", *answers)
    assert out.startswith("System configuration has been modified. Save? [yes/no/cancel/diff]:")
    assert ("Proceed with reload? [confirm]" in out) is ("cancel" not in answers)
    assert (desk.switch.startup == desk.switch.configuration) is saved
    desk.wait(3)
    assert desk.switch.reachable is not goes


def test_what_cannot_be_booted_leaves_it_at_the_prompt_of_its_loader(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.upload(NEW, b"no image", "flash:")
    desk.switch.flash(1).delete(OLD)
    assert "No such file or directory" in desk.lines("configure", f"boot system flash:{OLD}", "end")
    desk.type("reload now")
    desk.wait(5000)
    assert not desk.switch.reachable


def test_the_installer_looks_into_the_file_and_boot_system_does_not(tmp_path: Path) -> None:
    desk = Desk(tmp_path, model="DCS-7050SX3-48YC8")
    desk.upload("EOS64-4.31.6M.swi", make_image(tmp_path, "EOS64-4.31.6M.swi", 5000).read_bytes(), "flash:")
    assert "Incompatible" in desk.type("install source flash:EOS64-4.31.6M.swi")
    assert desk.boot("EOS64-4.31.6M.swi") == ""
    assert desk.switch.stays == ""


@pytest.mark.parametrize("fault", ["busy-install", "install-fails"])
def test_a_boot_config_that_cannot_be_written_stays(tmp_path: Path, fault: str) -> None:
    desk = Desk(tmp_path, fault)
    desk.put()
    assert "% Error writing flash:/boot-config" in desk.boot()
    assert "% Error writing flash:/boot-config" in desk.type(f"install source flash:{NEW}")
    assert desk.switch.stays == "4.28.3M"


def test_a_new_release_may_reload_it_once_more(tmp_path: Path) -> None:
    desk = Desk(tmp_path, fpga=20)
    desk.put()
    desk.boot()
    desk.type("reload now")
    desk.wait(2 + 300 + 20 + 300 + 1)
    desk.log_in()
    assert desk.switch.booted_at == pytest.approx(desk.at - 301, abs=30)
    assert BY_FPGA in desk.type("show reload cause")
    desk.wait(5000)
    assert desk.switch.reachable


def test_a_partner_comes_late_and_the_ports_wait_for_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, mlag="hall", reload_delay=200)
    assert all_of(["domain-id", "hall", "Active", "Connected", "Active-full", " 4\n"], desk.type("show mlag"))
    assert "Ports errdisabled               :               False" in desk.type("show mlag detail")
    desk.type("reload now")
    desk.wait(2 + 300)
    desk.log_in()
    assert "Connecting" in desk.type("show mlag")
    desk.wait(PEER_UP + 1)
    assert all_of(["Connected", "Disabled  ", " 4\n"], desk.type("show mlag"))
    assert desk.type("show interfaces status").count("errdisabled") == 4
    desk.wait(200 - PEER_UP)
    assert "errdisabled" not in desk.type("show interfaces status")


def test_files(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put()
    assert re.search(rf"-rwx +60000 .* {re.escape(NEW)}$", desk.type("dir flash:"), re.MULTILINE)
    assert re.search(r"= [0-9a-f]{128}\n$", desk.type(f"verify /sha512 flash:/{NEW}"))
    assert re.search(r"= [0-9a-f]{32}\n$", desk.type(f"verify /md5 flash:{NEW}"))
    assert desk.type(f"delete flash:{NEW}") == ""
    for command in (f"dir flash:{NEW}", f"delete flash:{NEW}", "dir usb1:", f"verify /md5 flash:{NEW}"):
        assert "No such file or directory" in desk.type(command)
    assert "No files in directory" in desk.type("dir flash:/debug/")


def test_lines_may_be_short_and_wrong(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.type("sh ver | inc Software") == "Software image version: 4.28.3M\n"
    assert desk.type("terminal length 0") == "Pagination disabled.\n"
    assert desk.type("show vxlan") == "% Invalid input (at token 1: 'vxlan')\n"
    assert desk.type("show version | xml").startswith("% Invalid input")
    assert desk.type("show i") == "% Ambiguous command\n"
    assert desk.type("show") == "% Incomplete command\n"
    desk.lines("conf", "interface Ethernet7", "description spare", "show clock")
    assert desk.session.prompt == "desk(config-if-Et7)#"
    desk.lines("exit", "exit")
    assert "interface Ethernet7\n   description spare\n!\n" in desk.type("show running-config")
    assert desk.type("show running-config").endswith("end\n")


def test_without_privilege_it_says_what_is_lacking(tmp_path: Path) -> None:
    desk = Desk(tmp_path, users={"admin": ("admin", 15), "guest": ("guest", 1)})
    desk.log_in("guest", "guest")
    assert desk.session.prompt == "desk>"
    assert desk.type("configure") == "% Invalid input (privileged mode required)\n"
    assert desk.type("configur x y") == "% Invalid input (at token 0: 'configur')\n"
    desk.type("enable", "enable")
    assert desk.session.prompt == "desk#"


def test_a_spec_that_is_no_switch_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no release of EOS"):
        Desk(tmp_path, version="seven")


WORDS = st.sampled_from(
    f"show version inventory boot-config mlag detail reload cause now dir flash: flash:{NEW} /mnt/flash/ delete verify "
    "/md5 /sha512 boot system install source configure terminal length 0 no interface Ethernet1 description hostname "
    "copy running-config startup-config write memory | include json no-more end exit do enable disable logout ? sh ip "
    "route summary brief lldp neighbors vlan 10 mlag configuration logging monitor".split()
)
ODD = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=30)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    lines=st.lists(
        st.tuples(
            st.lists(WORDS | ODD, max_size=6).map(" ".join),
            st.lists(st.sampled_from(["y", "n", "", "yes", "cancel"]), max_size=3),
        ),
        max_size=12,
    )
)
def test_any_line_is_answered(lines: list[tuple[str, list[str]]]) -> None:
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder), mlag="hall")
        desk.put(size=5000)
        for line, answers in lines:
            if desk.session.done:
                desk.log_in()
            desk.say(line, answers)
            assert desk.session.prompt.rstrip()[-1] in "#>$", line
        desk.wait(3600)
        # It is down only where it was told to boot what cannot be booted.
        assert desk.switch.reachable or not desk.switch.stays
        if desk.switch.reachable:
            desk.log_in()
            assert "Software image version: 4." in desk.type("show version")
