"""A lab device of classic IOS at a desk: what a reload starts, on which member; and no line makes it raise."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.lab_terminal import AnyDesk, all_of

from swimctl.errors import UsageError
from swimctl.lab.cisco_ios.spec import IosMember, IosSpec
from swimctl.lab.faults import parse_fault
from swimctl.lab.images import make_image

OLD, NEW = "15.2(7)E4", "15.2(7)E7"
OLD_FILE, NEW_FILE = "c2960x-universalk9-mz.152-7.E4.bin", "c2960x-universalk9-mz.152-7.E7.bin"
SWITCH, ROUTER = "WS-C2960X-24TS-L", "CISCO1921/K9"


def spec(*faults: str, model: str = SWITCH, members: int = 1, **fields: Any) -> IosSpec:
    given = tuple(IosMember(model, f"FOC2701{n:03d}K", f"0c75.bd88.00{n:02x}") for n in range(1, members + 1))
    return IosSpec("desk", given, boot_seconds=300, faults=tuple(parse_fault(text) for text in faults), **fields)


def desk_with(folder: Path, *flashes: str, **fields: Any) -> AnyDesk:
    """Make a device with the new image on some flashes."""
    desk = AnyDesk(folder, spec(*fields.pop("faults", ()), **fields))
    data = make_image(folder, NEW_FILE, 60_000).read_bytes()
    for flash in flashes:
        desk.upload(NEW_FILE, data, flash)
    return desk


def restarted(desk: AnyDesk, *lines: str) -> dict[str, str]:
    """Configure, save and reload; tell what runs then."""
    desk.lines("configure terminal", *lines, "end", "write memory")
    desk.type("reload", "")
    desk.restart()
    return dict(desk.switch.runs)


def test_the_last_boot_line_of_a_switch_counts_alone_and_may_be_a_list(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, "flash:/")
    desk.lines(
        "configure terminal", "boot system flash:/none.bin", f"boot system flash:/{NEW_FILE};flash:/{OLD_FILE}", "end"
    )
    assert f"BOOT path-list      : flash:/{NEW_FILE};flash:/{OLD_FILE}\n" in desk.type("show boot")
    assert desk.type("show running-config | include boot system").count("\n") == 1
    assert restarted(desk) == {"1": NEW}
    assert restarted(desk, f"boot system flash:/none.bin;flash:/{OLD_FILE}") == {"1": OLD}


def test_only_switch_all_reaches_the_other_members_and_each_boots_from_its_own_flash(tmp_path: Path) -> None:
    desk = desk_with(tmp_path, "flash:/", "flash2:/", members=3)
    assert restarted(desk, f"boot system flash:/{NEW_FILE}") == {"1": NEW, "2": OLD, "3": OLD}
    assert desk.type("show switch").count("Version Mismatch") == 2
    assert restarted(desk, f"boot system switch all flash:/{NEW_FILE}") == {"1": NEW, "2": NEW, "3": OLD}
    assert desk.type(f"copy flash:{NEW_FILE} flash3:{NEW_FILE}", "").endswith("bytes/sec)\n")
    assert restarted(desk) == {"1": NEW, "2": NEW, "3": NEW}


def test_a_router_has_several_boot_lines_and_tells_those_that_were_saved(tmp_path: Path) -> None:
    desk = AnyDesk(tmp_path, spec(model=ROUTER, version="15.7(3)M5"))
    old = "flash0:c1900-universalk9-mz.SPA.157-3.M5.bin"
    desk.lines("configure terminal", "boot system flash0:other.bin", "end")
    assert f"BOOT variable = {old},1;\n" in desk.type("show bootvar")
    desk.type("write memory")
    assert f"BOOT variable = {old},1;flash0:other.bin,1;\n" in desk.type("show boot")
    for line in ("show switch", "archive download-sw flash:x.tar"):
        assert "% Invalid input" in desk.type(line)


@pytest.mark.parametrize(
    ("fault", "runs", "reachable"),
    [("boots-old-image", OLD, True), ("never-returns", NEW, False), ("does-nothing", OLD, True)],
)
def test_the_faults_of_an_activation_strike_the_reload(tmp_path: Path, fault: str, runs: str, reachable: bool) -> None:
    desk = desk_with(tmp_path, "flash:/", faults=[fault])
    desk.lines("configure terminal", f"boot system flash:/{NEW_FILE};flash:/{OLD_FILE}", "end", "write memory")
    desk.type("reload", "")
    desk.wait(5000)
    assert (dict(desk.switch.runs), desk.switch.reachable) == ({"1": runs}, reachable)
    assert ("SYS-5-RELOAD" in str(desk.events)) is (fault != "does-nothing")


def test_an_archive_replaces_what_runs_unless_it_is_told_not_to(tmp_path: Path) -> None:
    archive = make_image(tmp_path, "c2960x-universalk9-tar.152-7.E7.tar", 60_000)
    folder = NEW_FILE.removesuffix(".bin")
    for options, kept in (("/leave-old-sw /no-set-boot ", True), ("", False)):
        desk = AnyDesk(tmp_path, spec(members=2))
        desk.upload(archive.name, archive.read_bytes())
        said = desk.type(f"archive download-sw {options}flash:{archive.name}")
        assert all_of(
            ("examining image...", f"installed in flash2:/{folder}\n", "All software images installed.\n"), said
        )
        assert all(desk.switch.flash(n).get(f"{folder}/{NEW_FILE}") for n in (1, 2))
        assert [desk.switch.flash(n).get(OLD_FILE) is not None for n in (1, 2)] == [kept, kept]
        assert (folder in desk.type("show boot")) is not kept
    assert "%Error opening" in desk.type("archive download-sw flash:none.tar")
    assert "ERROR: Image is not" in desk.type("archive download-sw flash:config.text")


@pytest.mark.parametrize("line", ["show install summary", "install commit", "show romvar", "verify /sha512 flash:x"])
def test_what_only_ios_xe_has_is_not_known(tmp_path: Path, line: str) -> None:
    assert "% Invalid input" in AnyDesk(tmp_path, spec()).type(line)


@pytest.mark.parametrize(
    "fields", [{"model": "C9300-24P"}, {"version": "17.06.05"}, {"members": 9}, {"model": ROUTER, "members": 2}]
)
def test_what_is_no_device_of_classic_ios_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        spec(**fields)


WORDS = ["show", "boot", "bootvar", "switch", "version", "archive", "download-sw", "/leave-old-sw", "flash:x.tar",
         "flash2:", "copy", "configure", "terminal", "boot system flash:x;flash:y", "boot system switch all", "no",
         "boot", "system", "end", "write", "memory", "reload", "verify", "/md5", "dir", "|", "include",
         "^boot"]  # fmt: skip
LINES = st.lists(st.sampled_from(WORDS) | st.text(max_size=12), max_size=6).map(" ".join)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    model=st.sampled_from([SWITCH, ROUTER]), lines=st.lists(LINES.filter(lambda line: "\n" not in line), max_size=10)
)
def test_any_line_is_answered(model: str, lines: list[str]) -> None:
    with TemporaryDirectory() as folder:
        desk = AnyDesk(Path(folder), spec(model=model))
        for line in lines:
            if desk.session.done:
                desk.log_in()
            desk.say(line, ["n"])
            assert "Traceback" not in desk.out
            assert re.fullmatch(r"desk(\([\w-]+\))?[#>]|\+>\(tcl\)#|", desk.session.prompt), (line, desk.session.prompt)
