"""What runs is told without `show version`: by `show redundancy` and `show install summary`, where both agree."""

from __future__ import annotations

import pytest
from platforms.cisco_xe.scripted_device import (
    CHASSIS,
    DEVICE,
    IMAGE,
    INSTALL,
    PAIR,
    REFUSED,
    STACK,
    UNAUTHORIZED,
    VERSION,
    driver,
)
from platforms.material import sample
from platforms.scripted_device import Paper, changed

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.models import JobOptions
from swimctl.platforms.cisco_ios.choice import cisco
from swimctl.platforms.cisco_xe.support import SUPPORT, SUPPORT_IN_SERVICE
from swimctl.platforms.facts import Placement

REDUNDANCY = "show redundancy"
GARBAGE = "~~~ 0x7f3a core dumped ~~~\n"
DAY = 24 * 3600 + 3 * 3600 + 43 * 60
RELEASE, NAME = "17.9.5", "17.09.05.0.6411"


def spoilt(answers: dict[str, str], version: str = GARBAGE) -> dict[str, str]:
    """Make a device whose `show version` cannot be read; the members of a stack have a line of redundancy too."""
    alone = sample("show_redundancy/alone").replace("17.9.4a", RELEASE)
    return {REDUNDANCY: alone, **answers, VERSION: version}


@pytest.mark.parametrize("version", [GARBAGE, "\n", UNAUTHORIZED, STACK[VERSION][:60]])
@pytest.mark.parametrize(
    ("answers", "members"),
    [(STACK, {"1": "17.09.05", "2": "17.09.05"}), (CHASSIS, {"R0": RELEASE, "R1": RELEASE}),
     (PAIR, {"1": "17.09.05", "2": "17.09.05"})],
    ids=["stack", "chassis", "pair"],
)  # fmt: skip
def test_what_runs_and_since_when_is_told_without_it(
    answers: dict[str, str], members: dict[str, str], version: str
) -> None:
    running = driver(spoilt(answers, version))[0].running()
    assert (running.version, running.members, running.doubt) == (RELEASE, members, "")
    assert running.uptime == DAY


def test_what_is_uncommitted_is_what_runs_and_what_the_timer_takes_back() -> None:
    answers = changed(
        spoilt(STACK),
        (INSTALL, f"IMG   C    {NAME}", f"IMG   C    {NAME}\nIMG   U    17.12.04.0.4331"),
        (INSTALL, "timer: inactive", "timer: active , time before rollback - 01:12:44"),
        (REDUNDANCY, RELEASE, "17.12.4"),
        (REDUNDANCY, "1 day, 3 hours, 43 minutes", "4 minutes"),
    )
    switch = driver(answers)[0]
    running = switch.running()
    assert (running.members, running.uptime) == ({"1": "17.12.04", "2": "17.12.04"}, 240)
    assert switch.installed(IMAGE).placement is Placement.UNCOMMITTED
    assert switch.installed(IMAGE).abort_timer == 72 * 60 + 44
    assert switch.unready() is None


@pytest.mark.parametrize(
    ("command", "words", "others"),
    [
        (REDUNDANCY, f"Version {RELEASE},", "Version 17.12.4,"),  # another release than the packages
        (REDUNDANCY, f"Version {RELEASE},", "Version ,"),
        (REDUNDANCY, "BOOT = bootflash:packages.conf;", "BOOT = bootflash:cat9k_iosxe.17.09.05.SPA.bin;"),
        (REDUNDANCY, "(CAT9K_IOSXE)", "(CAT3K_CAA-UNIVERSALK9-M)"),
        (REDUNDANCY, "Current Software state = ACTIVE", "Current Software state = AC"),
        (INSTALL, f"IMG   C    {NAME}", f"IMG   I    {NAME}"),
        (INSTALL, f"IMG   C    {NAME}", "No packages"),
        (INSTALL, "[ Switch 1 2 ]", "~~~"),
    ],
)
def test_where_the_two_do_not_agree_or_show_no_packages_nothing_is_told(command: str, words: str, others: str) -> None:
    answers = changed(spoilt(STACK), (command, words, others))
    with pytest.raises(UnparsableOutput, match=VERSION):
        driver(answers)[0].running()
    with pytest.raises(UnparsableOutput, match=VERSION):
        cisco(Paper(answers), Settings(), JobOptions())


@pytest.mark.parametrize("answer", [REFUSED, UNAUTHORIZED, "\n"])
def test_a_device_without_it_is_refused_in_the_words_of_show_version(answer: str) -> None:
    with pytest.raises(CommandRefused, match=VERSION):
        driver({**spoilt(STACK, UNAUTHORIZED), REDUNDANCY: answer})[0].running()


def test_a_time_that_is_not_told_is_left_open() -> None:
    answers = changed(spoilt(STACK), (REDUNDANCY, "system uptime = 1 day, 3 hours, 43 minutes", "system uptime = ?"))
    assert driver(answers)[0].running().uptime is None


def test_it_is_still_a_device_in_install_mode() -> None:
    assert cisco(Paper(spoilt(STACK)), Settings(), JobOptions()).support is SUPPORT


@pytest.mark.parametrize("answers", [CHASSIS, PAIR], ids=["chassis", "pair"])
def test_an_upgrade_in_service_is_told_by_its_own_driver(answers: dict[str, str]) -> None:
    over = {**spoilt(answers), "show issu state detail": sample("show_issu_state_detail/taken_over")}
    made = cisco(Paper(over), Settings(), JobOptions(issu=True))
    assert made.support is SUPPORT_IN_SERVICE
    assert len(made.running().members) == 2
    head, peer, rest = over[REDUNDANCY].partition("Peer Processor Information")
    mixed = {**over, REDUNDANCY: head + peer + rest.replace(RELEASE, "17.12.4")}
    with pytest.raises(UnparsableOutput, match=VERSION):
        cisco(Paper(mixed), Settings(), JobOptions(issu=True))


def test_the_checks_before_an_upgrade_refuse_it_all_the_same() -> None:
    with pytest.raises(UnparsableOutput, match=VERSION):
        driver(spoilt(STACK))[0].check(DEVICE, IMAGE, cleanup=False)
