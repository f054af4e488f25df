"""Devices that boot by their boot variable: what the driver leaves set, wherever its session or the power goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from platforms.cisco_ios.lab_driver import ARCHIVE, NEW, NEW_FILE, OLD, OLD_FILE, ROUTER, BundleDesk, IosDesk

from swimctl.errors import SessionLost, StepFailed, UnexpectedPrompt
from swimctl.platforms.facts import Placement

OLD_LINE = f"boot system flash:/{OLD_FILE}"
BOTH = f"boot system flash:/{NEW_FILE};flash:/{OLD_FILE}"
TOO_SMALL = "Boot variable either does not exist or buffer is too small\nKeep it? [confirm]"


@pytest.mark.parametrize("spelling", ["", "flash:{}", "flash flash:{}", "flash {}", "switch all flash:{}"])
def test_it_goes_to_the_new_image_and_back_in_its_own_spelling(tmp_path: Path, spelling: str) -> None:
    desk = IosDesk(tmp_path, spelling=spelling)
    image, before = desk.image(), desk.driver().snapshot("now")
    kept = desk.boots
    assert desk.driver().installed(image).placement is Placement.ABSENT
    assert desk.driver().activate(image).outcome.succeeded
    assert desk.driver().installed(image).placement is Placement.NEXT
    desk.restart()
    assert dict(desk.switch.runs) == {"1": NEW}
    assert desk.driver().installed(image).placement is Placement.COMMITTED
    assert desk.boots == [kept[0].replace(OLD_FILE, NEW_FILE) + ";" + kept[0].split()[-1]]
    assert desk.driver().back(before).outcome.succeeded
    desk.restart()
    assert (dict(desk.switch.runs), desk.boots) == ({"1": OLD}, kept)


def test_a_router_has_a_line_for_each_image(tmp_path: Path) -> None:
    desk = IosDesk(tmp_path, ROUTER, version="15.7(3)M5")
    image, before = desk.image("c1900-universalk9-mz.SPA.157-3.M8.bin", "15.7(3)M8"), desk.driver().snapshot("now")
    kept = desk.boots
    assert desk.driver().activate(image).outcome.succeeded
    desk.restart()
    assert dict(desk.switch.runs) == {"1": "15.7(3)M8"}
    assert desk.boots == [f"boot system flash0:{image.filename}", *kept]
    assert desk.driver().back(before).outcome.succeeded
    desk.restart()
    assert (dict(desk.switch.runs), desk.boots) == ({"1": "15.7(3)M5"}, kept)


class Hall(BundleDesk):
    """A Catalyst in bundle mode that names two images, of which the second is not there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, config=("boot system flash:none.bin",))
        self.kept = self.boots
        self.before = self.driver().snapshot("now")
        self.new = self.image("cat9k_iosxe.17.12.04.SPA.bin", "17.12.4")

    def activate(self) -> list[str]:
        """Activate; give the lines of it that came."""
        driver, self.typed = self.driver(), []
        driver.activate(self.new)
        return self.typed


def test_old_lines_go_one_by_one_and_come_back_behind_the_new_one(tmp_path: Path) -> None:
    desk = Hall(tmp_path)
    assert desk.activate()[3:] == [
        "configure terminal",
        *(f"no {line}" for line in desk.kept),
        "boot system flash:cat9k_iosxe.17.12.04.SPA.bin",
        *desk.kept,
        "end",
        "write memory",
        "show boot",
        "reload",
    ]


@pytest.mark.parametrize("power", [False, True], ids=["session", "power"])
@pytest.mark.parametrize("cut", range(1, 14))
def test_an_accident_at_any_line_leaves_a_device_that_boots_and_can_be_put_back(
    tmp_path: Path, cut: int, power: bool
) -> None:
    desk = Hall(tmp_path)
    driver, desk.typed, desk.cut, desk.power = desk.driver(), [], cut, power
    with pytest.raises(SessionLost):
        driver.activate(desk.new)
    desk.cut = 0
    assert desk.switch.stays in {"17.06.05", "17.12.04"}
    if power:
        desk.wait(400)
        assert dict(desk.switch.runs) == {"1": desk.switch.stays}
    else:
        desk.activate()
        assert desk.switch.startup.boot_paths[:2] == [
            f"flash:{desk.new.filename}",
            "flash:cat9k_iosxe.17.06.05.SPA.bin",
        ]
        desk.type("reload cancel")
    if desk.driver().running().version == "17.06.05":
        desk.driver().put_back(desk.before, "\n".join(desk.boots))
        assert (desk.boots, desk.switch.unsaved) == (desk.kept, False)
        assert desk.driver().installed(desk.new).placement is Placement.ABSENT


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ({"deaf": ("boot system",)}, f"the boot variable reads {OLD_FILE} after {NEW_FILE}, {OLD_FILE} was set"),
        ({"swaps": {BOTH: ("", "")}, "asks": {"reload": TOO_SMALL.splitlines()[0] + " [confirm]"}}, "answered no"),
        ({"swaps": {"write memory": ("[OK]", "startup-config file open failed")}}, "'write memory' did not say [OK]"),
    ],
)
def test_what_is_refused_or_does_not_read_back_is_put_back(tmp_path: Path, trouble: dict[str, Any], words: str) -> None:
    desk = IosDesk(tmp_path)
    image, driver = desk.image(), desk.driver()
    for name, value in trouble.items():
        setattr(desk, name, value)
    sent = driver.activate(image)
    assert sent.outcome.succeeded is False
    assert words in (sent.outcome.reason or "")
    assert desk.boots == [OLD_LINE]
    assert desk.switch.scheduled_reload is None


def test_a_way_back_that_does_not_read_back_is_not_reloaded_into(tmp_path: Path) -> None:
    desk = IosDesk(tmp_path)
    image, before = desk.image(), desk.driver().snapshot("now")
    desk.driver().activate(image)
    desk.restart()
    driver = desk.driver()
    desk.swaps = {"show boot": ("BOOT path-list", "~~~")}
    sent = driver.back(before)
    assert (sent.dropped, sent.outcome.succeeded) == (False, False)
    assert "cannot read the output of 'show boot'" in (sent.outcome.reason or "")
    assert "reload" not in desk.typed[desk.typed.index("configure terminal", -8) :]
    assert desk.boots == [BOTH]


def test_a_conversion_that_says_nothing_that_reads_may_be_at_work_and_can_be_put_back_later(tmp_path: Path) -> None:
    desk = BundleDesk(tmp_path)
    image, before = desk.image("cat9k_iosxe.17.12.04.SPA.bin", "17.12.4"), desk.driver(convert=True).snapshot("now")
    old, driver = desk.boots, desk.driver(convert=True)
    desk.deaf = ("install add",)
    sent = driver.activate(image)
    assert (sent.dropped, sent.outcome.succeeded) == (False, None)
    assert "cannot read the output of" in (sent.outcome.reason or "")
    assert desk.boots[0] == "boot system flash:packages.conf"
    assert desk.driver(convert=True).installed(image).placement is Placement.NEXT
    assert driver.left == "\n".join(desk.boots)
    assert "boot lines put back" in desk.driver(convert=True).put_back(before, driver.left)
    assert desk.boots == old


def test_a_question_that_nobody_knows_ends_it_and_the_lines_are_put_back_in_the_next_session(tmp_path: Path) -> None:
    desk = IosDesk(tmp_path)
    image, before, driver = desk.image(), desk.driver().snapshot("now"), desk.driver()
    desk.asks = {"reload": "Do you like it? [yes/no]: "}
    with pytest.raises(UnexpectedPrompt):
        driver.activate(image)
    assert desk.boots == [BOTH]
    assert driver.left == BOTH
    told = f"the next boot starts {OLD_FILE} again, as before: boot lines put back"
    assert desk.driver().put_back(before, BOTH) == told
    assert desk.boots == [OLD_LINE]
    assert desk.driver().put_back(before, BOTH) == ""


def test_a_line_that_a_lost_session_may_have_brought_is_left_from_here_whatever_comes_of_the_next_one(
    tmp_path: Path,
) -> None:
    desk = IosDesk(tmp_path)
    image, before = desk.image(), desk.driver().snapshot("now")
    first = desk.driver()
    show = first._read.show

    def lost(command: str) -> str:
        text = str(show(command))
        if command == BOTH:
            raise SessionLost("the line is gone")
        return text

    first._read.show = lost
    with pytest.raises(SessionLost):
        first.activate(image)
    second = desk.driver()
    assert (first.left, second._setting.lines(), desk.boots) == (BOTH, (BOTH,), [OLD_LINE])
    desk.asks = {"reload": TOO_SMALL.splitlines()[0] + " [confirm]"}
    assert second.activate(image).outcome.succeeded is False
    assert (second.left, desk.boots) == (None, [BOTH]), "it saved what stood there, and put nothing back"
    desk.asks = {}
    assert "boot lines put back" in desk.driver().put_back(before, first.left)
    assert desk.boots == [OLD_LINE]


@pytest.mark.parametrize("arrived", [True, False])
@pytest.mark.parametrize("place", range(5))
def test_a_session_that_ends_between_several_lines_leaves_what_can_be_put_back_whether_the_line_arrived_or_not(
    tmp_path: Path, place: int, arrived: bool
) -> None:
    desk = Hall(tmp_path)
    first = desk.driver()
    lines = first._setting.commands(tuple(desk.kept), desk.new.filename)[1:-2]
    assert len(lines) == 2 * len(desk.kept) + 1 == 5
    show = first._read.show

    def lost(command: str) -> str:
        if command != lines[place]:
            return str(show(command))
        if arrived:
            show(command)
        raise SessionLost("the line is gone")

    first._read.show = lost
    with pytest.raises(SessionLost):
        first.activate(desk.new)
    stands, left = desk.driver()._setting.lines(), first.left or ""
    told = desk.driver().put_back(desk.before, left)
    assert (told != "") is (stands != tuple(desk.kept))
    assert desk.driver()._setting.lines() == tuple(desk.kept)
    for line in ("configure terminal", "no boot system", "boot system flash:another.bin", "end"):
        desk.type(line)
    assert desk.driver().put_back(desk.before, left) == "", "that is somebody else's"


@pytest.mark.parametrize("refused", [False, True])
def test_a_session_that_ends_where_no_line_is_left_leaves_what_can_be_put_back(tmp_path: Path, refused: bool) -> None:
    """The only line is gone, and nothing stands in its place: by that the device boots whatever file comes first."""
    desk = IosDesk(tmp_path, ROUTER, version="15.7(3)M5")
    image, before = desk.image("c1900-universalk9-mz.SPA.157-3.M8.bin", "15.7(3)M8"), desk.driver().snapshot("now")
    kept, first = desk.boots, desk.driver()
    show = first._read.show

    def lost(command: str) -> str:
        if refused and command.startswith("boot system"):
            return "% Configuration mode is locked by process '292' user 'anna'"
        text = str(show(command))
        if command == ("end" if refused else f"no {kept[0]}"):
            raise SessionLost("the line is gone")
        return text

    first._read.show = lost
    with pytest.raises(SessionLost):
        first.activate(image)
    assert desk.driver()._setting.lines() == ()
    assert "boot lines put back" in desk.driver().put_back(before, first.left or "")
    assert desk.driver()._setting.lines() == tuple(kept)


@pytest.mark.parametrize("shown", ["flash:/{}", "flash0:{}", "flash0 {}", "flash {}", "{}"])
def test_lines_that_the_device_spells_otherwise_are_ours_all_the_same(tmp_path: Path, shown: str) -> None:
    desk = IosDesk(tmp_path)
    image, before = desk.image(), desk.driver().snapshot("now")
    driver = desk.driver()
    desk.asks = {"reload": "Do you like it? [yes/no]: "}
    with pytest.raises(UnexpectedPrompt):
        driver.activate(image)
    again = desk.driver()
    again._setting.lines = lambda: tuple(f"boot system {shown.format(file)}" for file in (NEW_FILE, OLD_FILE))
    again._setting.set = lambda *_: None
    assert again.put_back(before, driver.left or "").endswith("as before: boot lines put back")
    again._setting.lines = lambda: tuple(f"boot system {shown.format(file)}" for file in (OLD_FILE, NEW_FILE))
    assert again.put_back(before, driver.left or "") == "", "in another order it is another setting"


@pytest.mark.parametrize("theirs", [BOTH, f"boot system flash:/another.bin;flash:/{OLD_FILE}"])
def test_lines_that_another_program_has_set_meanwhile_stay(tmp_path: Path, theirs: str) -> None:
    """Ours is refused before its first line is in force, and what stands then is another's: even the same lines."""
    desk = IosDesk(tmp_path)
    image, before = desk.image(), desk.driver().snapshot("now")
    driver = desk.driver()
    show = driver._read.show

    def refused(command: str) -> str:
        if command == BOTH:
            desk.type(theirs)
            return "% Configuration mode is locked by process '292' user 'anna'"
        return str(show(command))

    driver._read.show = refused
    sent = driver.activate(image)
    assert sent.outcome.succeeded is False
    assert f"so they stay: {theirs}" in (sent.outcome.reason or "")
    assert desk.driver()._setting.lines() == (theirs,)
    assert driver.left == ""
    assert desk.driver().put_back(before, f"boot system flash:/{NEW_FILE}") == ""
    assert desk.driver()._setting.lines() == (theirs,)


def test_the_log_tells_whether_the_reload_came(tmp_path: Path) -> None:
    desk = IosDesk(tmp_path)
    image, driver = desk.image(), desk.driver()
    mark = driver.log_mark()
    assert driver.trace("activate", mark).received is False
    assert driver.activate(image).outcome.succeeded
    trace = desk.driver().trace("activate", mark)
    assert (trace.received, trace.finished) == (True, False)
    assert desk.driver().trace("activate", "gone").received is None


def test_no_way_back_without_the_old_image(tmp_path: Path) -> None:
    desk = IosDesk(tmp_path, members=2)
    before = desk.driver().snapshot("now")
    desk.switch.flash(2).delete(OLD_FILE)
    sent = desk.driver().back(before)
    assert sent.outcome.reason == f"{OLD_FILE} is not on flash2:; nothing was changed"
    assert not any(line.startswith(("configure", "reload", "write")) for line in desk.typed)


def test_a_boot_variable_that_names_another_than_what_runs_is_no_commit(tmp_path: Path) -> None:
    desk = IosDesk(tmp_path)
    image = desk.image()
    desk.driver().activate(image)
    desk.restart()
    desk.lines("configure terminal", OLD_LINE, "end", "write memory")
    assert desk.driver().installed(image).placement is Placement.UNCOMMITTED
    assert desk.driver().commit().outcome.succeeded
    assert desk.driver().installed(image).placement is Placement.COMMITTED
    assert desk.boots == [BOTH]


def test_every_member_gets_the_image_and_proves_it(tmp_path: Path) -> None:
    desk = IosDesk(tmp_path, members=3)
    image = desk.image()
    desk.upload(NEW_FILE, b"something else", "flash2:/")
    assert desk.driver().spread(image) == f"{NEW_FILE} on flash2:, flash3: too, each verified by its md5"
    assert {desk.switch.flash(n).get(NEW_FILE).digests["md5"] for n in (1, 2, 3)} == {image.md5}
    desk.typed = []
    assert desk.driver().spread(image)
    assert not any(line.startswith("copy") for line in desk.typed)


def test_a_member_whose_copy_stays_wrong_is_named_and_cleaned(tmp_path: Path) -> None:
    desk = IosDesk(tmp_path, members=3)
    image = desk.image()
    desk.swaps = {f"verify /md5 flash3:{NEW_FILE}": (image.md5, "0" * 32)}
    with pytest.raises(StepFailed, match="on flash3: is still wrong after a copy from flash:"):
        desk.driver().spread(image)
    assert desk.switch.flash(3).get(NEW_FILE) is None
    assert desk.switch.flash(2).get(NEW_FILE) is not None


def test_an_image_that_is_not_on_a_member_leaves_that_member_behind(tmp_path: Path) -> None:
    desk = IosDesk(tmp_path, members=2)
    image = desk.image()
    assert desk.driver().activate(image).outcome.succeeded
    desk.restart()
    assert desk.driver().running().members == {"1": NEW, "2": OLD}
    assert desk.driver().unready() == "member 2 Version Mismatch"


def test_an_archive_is_unpacked_on_all_members_and_the_old_image_stays(tmp_path: Path) -> None:
    desk = IosDesk(tmp_path, members=2)
    image = desk.image(ARCHIVE)
    boots = f"{NEW_FILE.removesuffix('.bin')}/{NEW_FILE}"
    assert desk.driver().spread(image) == f"{ARCHIVE} unpacked on flash:, flash2:"
    assert desk.boots == [f"boot system switch all flash:/{OLD_FILE}"]
    assert desk.driver().spread(image) == f"{ARCHIVE} was unpacked already on flash:, flash2:"
    assert desk.driver().activate(image).outcome.succeeded
    assert desk.boots == [f"boot system switch all flash:/{boots};flash:/{OLD_FILE}"]
    desk.restart()
    assert dict(desk.switch.runs) == {"1": NEW, "2": NEW}
    assert desk.driver().installed(image).placement is Placement.COMMITTED
    assert all(desk.switch.flash(member).get(OLD_FILE) for member in (1, 2))


def test_an_archive_that_does_not_unpack_activates_nothing(tmp_path: Path) -> None:
    desk = IosDesk(tmp_path)
    image = desk.image("c3750e-universalk9-tar.152-7.E7.tar")
    with pytest.raises(StepFailed, match="ERROR: Image is not a valid IOS image archive"):
        desk.driver().spread(image)
    assert desk.boots == [OLD_LINE]


@pytest.mark.parametrize("refused", [False, True])
@pytest.mark.parametrize("members", [1, 2])
def test_what_boots_next_is_kept_by_its_lines_where_it_cannot_be_read_back(
    tmp_path: Path, members: int, refused: bool
) -> None:
    desk = IosDesk(tmp_path, members=members, spelling="switch all flash:{}" if members > 1 else "")
    assert desk.driver().activate(desk.image()).outcome.succeeded
    desk.restart()
    lines, driver = desk.boots, desk.driver()
    desk.swaps["show boot"] = ("BOOT", "\n% Authorization failed.\n" if refused else "~~~")
    assert driver.commit().outcome.succeeded
    assert desk.boots == lines
    assert desk.typed[-1] == "write memory"


def test_other_lines_are_not_kept_where_they_cannot_be_read_back(tmp_path: Path) -> None:
    desk = IosDesk(tmp_path)
    lines, driver = desk.boots, desk.driver()
    driver._runs = f"flash:/{NEW_FILE}"
    desk.swaps["show boot"] = ("BOOT", "~~~")
    outcome = driver.commit().outcome
    assert (outcome.succeeded, desk.boots) == (False, lines)
    assert "'show boot'" in outcome.reason
