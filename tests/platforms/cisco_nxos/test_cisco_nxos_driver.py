"""What the driver of NX-OS changes, and what it makes of each answer; on paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from platforms.cisco_nxos.scripted_device import (
    IMAGE,
    IMPACT,
    INSTALL,
    LACKS,
    SAMPLE,
    SAVE,
    SIZE,
    SWITCH,
    Terminal,
    driver,
)
from support.scripted_steps import DAY, Scripted

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, DeviceUnknown, StepFailed, UnparsableOutput
from swimctl.models import JobOptions, Outcome
from swimctl.platforms.cisco_nxos.driver import SUPPORT, CiscoNxos
from swimctl.platforms.driver import Adds, Cleans, CommitsImage, Driver, Rehearses, Returns, Traces
from swimctl.platforms.facts import Snapshot
from swimctl.platforms.terminal import Answer
from swimctl.sessions.session import Reply
from swimctl.steps.activation import Activation
from swimctl.steps.ending import outcome_of_failure

OLD, NEW = "bootflash:nxos.9.3.5.bin", f"bootflash:{IMAGE.filename}"
BACK = f"install all nxos {OLD}"
BOOT = "show boot"
SET = SWITCH[BOOT].replace("nxos.9.3.5.bin", IMAGE.filename)
BEFORE = Snapshot("now", "9.3(5)", 1, None, {"module 1": "ok"}, (), (), {}, boots=OLD)
UNKNOWN = "          ^\n% Invalid command at '^' marker.\n"
# It fails after it has set the boot variables.
HALF_WAY = (
    SAMPLE("install_all/disruptive").partition("Module 1:")[0]
    + "Module 1: Refreshing compact flash and upgrading bios/loader/bootrom.\n[#    ]   0% -- FAIL.\n"
    "Return code 0x4093000A (example).\n"
)


def test_it_is_a_driver_that_rehearses() -> None:
    made: Driver = driver({})[0]
    assert isinstance(made, Rehearses)
    assert isinstance(made, Returns)
    assert isinstance(made, CommitsImage)
    assert not isinstance(made, Adds | Cleans | Traces)


@pytest.mark.parametrize(
    ("sample", "dropped", "succeeded"),
    [
        ("disruptive", True, True),
        ("disruptive", False, True),
        ("cut_off", True, None),
        ("image_check_failed", False, False),
    ],
)
def test_an_installation_is_what_the_device_said(sample: str, dropped: bool, succeeded: bool | None) -> None:
    made, terminal = driver({**SWITCH, INSTALL: SAMPLE(f"install_all/{sample}")}, dropped=dropped)
    sent = made.activate(IMAGE)
    assert (sent.outcome.succeeded, sent.dropped) == (succeeded, dropped)
    assert terminal.asked.count(INSTALL) == 1


def test_a_session_that_ends_before_the_installer_speaks_tells_nothing() -> None:
    sent = driver({**SWITCH, INSTALL: ""}, dropped=True)[0].activate(IMAGE)
    assert (sent.outcome.succeeded, sent.dropped) == (None, True)


@pytest.mark.parametrize("way", ["activate", "back"])
def test_an_answer_that_does_not_read_is_no_verdict_and_nothing_is_set_under_an_installer_that_may_work(
    way: str,
) -> None:
    for said in ("~#", "Notice: the maintenance bay is sealed\n"):
        made, terminal = driver({**SWITCH, INSTALL: said, BACK: said, BOOT: SET})
        sent = made.activate(IMAGE) if way == "activate" else made.back(BEFORE)
        assert (sent.outcome.succeeded, sent.dropped) == (None, False)
        assert said.strip() in (sent.outcome.reason or "")
        assert not any(line.startswith(("configure", "boot", "copy")) for line in terminal.asked)


class Installer(Terminal):
    """A switch whose installer names the image for the next boot, prints what nobody reads, and never reloads."""

    said, takes, up = "~#", True, 0.0

    def converse(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        assert (command, deadline > 0, bool(answers), closing is not None) == (INSTALL, True, True, True)
        self.asked.append(command)
        self.answers = {**self.answers, BOOT: SET}
        return Reply(self.said)

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        if command == f"boot nxos {OLD}" and self.takes:
            self.answers = {**self.answers, BOOT: SWITCH[BOOT]}
        text = super().run(command, deadline, quiet=quiet)
        hours, seconds = divmod(int(self.up), 3600)
        since = f"uptime is 40 day(s), {hours} hour(s), 0 minute(s), {seconds} second(s)"
        return re.sub(r"uptime is .*", since, text) if command == "show version" else text


def activated_by(terminal: Installer) -> tuple[Outcome, str]:
    """Run the activation of a job in front of that switch; tell its outcome and its words."""
    image = replace(IMAGE, id=1)
    job = Scripted(image=image, before=replace(BEFORE, uptime=DAY), support=SUPPORT, unpacks=False, armed=None)

    def made(*_: object) -> CiscoNxos:
        terminal.up = job.clock.seconds
        return CiscoNxos(terminal, Settings(), JobOptions())

    context = replace(job.context, make_driver=made)
    with pytest.raises(StepFailed) as failed:
        Activation().run(context)
    outcome, told = outcome_of_failure(context, failed.value)
    return outcome, f"{failed.value}; {told}"


def test_what_an_unread_installation_left_set_is_taken_back_once_the_device_was_asked() -> None:
    terminal = Installer({**SWITCH, f"boot nxos {OLD}": ""})
    outcome, told = activated_by(terminal)
    assert outcome is Outcome.UNTOUCHED
    assert "did not reload" in told
    assert terminal.asked.count(INSTALL) == terminal.asked.count(f"boot nxos {OLD}") == 1
    assert terminal.answers[BOOT] == SWITCH[BOOT]


@pytest.mark.parametrize("refusal", ["", "ERROR: an installation is in progress\n"])
def test_what_cannot_be_taken_back_is_what_its_next_reload_starts(refusal: str) -> None:
    terminal = Installer({**SWITCH, f"boot nxos {OLD}": refusal})
    terminal.takes = False
    outcome, told = activated_by(terminal)
    assert outcome is Outcome.UNKNOWN
    assert "the next reload of sw1, whatever its cause, starts 10.3(4a)" in told
    assert "`show install all status`" in told
    assert "could not be asked" not in told


@pytest.mark.parametrize("boot", ["~#", "% Permission denied for the role\n"])
def test_a_failure_keeps_its_reason_where_what_boots_next_does_not_read(boot: str) -> None:
    sent = driver({**SWITCH, INSTALL: HALF_WAY, BOOT: boot})[0].activate(IMAGE)
    assert sent.outcome.succeeded is False
    assert "Return code 0x4093000A" in (sent.outcome.reason or "")
    assert "whether its next boot starts what runs is not known" in (sent.outcome.reason or "")


def test_an_installation_that_is_refused_says_the_devices_words() -> None:
    sent = driver({**SWITCH, INSTALL: "% Permission denied for the role\n"})[0].activate(IMAGE)
    assert sent.outcome.succeeded is False
    assert "Permission denied" in (sent.outcome.reason or "")


def test_what_a_failed_installation_set_is_taken_back() -> None:
    made, terminal = driver({**SWITCH, INSTALL: HALF_WAY, BOOT: [SET, SWITCH[BOOT]], f"boot nxos {OLD}": ""})
    sent = made.activate(IMAGE)
    assert sent.outcome.succeeded is False
    assert "Return code 0x4093000A" in (sent.outcome.reason or "")
    assert f"the boot variables named {NEW}, and name {OLD} again" in (sent.outcome.reason or "")
    assert terminal.asked[-5:] == ["configure terminal", f"boot nxos {OLD}", "end", SAVE, BOOT]


@pytest.mark.parametrize(
    ("boot", "answer", "why"),
    [([SET], "", "the next boot starts"), ([SET, SWITCH[BOOT]], "ERROR: no such image\n", "was refused: ERROR")],
)
def test_what_cannot_be_taken_back_is_for_a_person(boot: list[str], answer: str, why: str) -> None:
    paper = {**SWITCH, INSTALL: HALF_WAY, BOOT: list(boot), f"boot nxos {OLD}": answer}
    with pytest.raises(DeviceUnknown, match=why) as raised:
        driver(paper)[0].activate(IMAGE)
    assert "Return code 0x4093000A" in str(raised.value)
    with pytest.raises(DeviceUnknown, match=why):
        driver({**paper, BOOT: list(boot)})[0].restore(BEFORE)


def test_nothing_is_restored_where_nothing_was_left() -> None:
    made, terminal = driver(dict(SWITCH))
    assert made.restore(BEFORE) == ""
    assert terminal.asked == [BOOT]


def test_an_installation_that_runs_already_may_be_our_own() -> None:
    with pytest.raises(DeviceUnknown, match=r"Another install procedure.*`show install all status`"):
        driver({**SWITCH, INSTALL: SAMPLE("install_all/other_in_progress")})[0].activate(IMAGE)


def test_the_way_back_installs_the_file_from_before_if_it_is_there() -> None:
    made, terminal = driver({**SWITCH, BACK: SAMPLE("install_all/disruptive")}, dropped=True)
    assert made.back(BEFORE).outcome.succeeded is True
    assert terminal.asked == ["dir bootflash:", BACK]
    for boots in ("bootflash:nxos.9.3.1.bin", ""):
        made, terminal = driver(dict(SWITCH))
        sent = made.back(replace(BEFORE, boots=boots))
        assert sent.outcome.succeeded is False
        assert "not on the device any more" in (sent.outcome.reason or "")
        assert not any(line.startswith("install") for line in terminal.asked)


def test_a_commit_names_what_runs_for_the_next_boot() -> None:
    made, terminal = driver({**SWITCH, f"boot nxos {NEW}": "", BOOT: SET})
    assert made.commit_image(IMAGE).outcome.succeeded is True
    assert terminal.asked == ["configure terminal", f"boot nxos {NEW}", "end", SAVE, BOOT]
    refused = driver({**SWITCH, f"boot nxos {NEW}": ""})[0].commit_image(IMAGE).outcome
    assert (refused.succeeded, refused.reason) == (
        False,
        f"the next boot starts {OLD} on sup-1, {OLD} on sup-2, not {NEW}",
    )
    unsaved = (
        driver({**SWITCH, f"boot nxos {NEW}": "", SAVE: "Copy failed: disk is full\n"})[0].commit_image(IMAGE).outcome
    )
    assert (unsaved.succeeded, "disk is full" in (unsaved.reason or "")) == (False, True)


@pytest.mark.parametrize(
    ("changes", "rule", "seen"),
    [
        ({}, "", ""),
        ({LACKS: UNKNOWN}, "", ""),
        ({IMPACT: SAMPLE("install_all/other_in_progress")}, "installer's check", "Another install procedure"),
        ({IMPACT: SAMPLE("install_all/image_check_failed")}, "installer's check", "mismatched digest"),
        ({IMPACT: SAMPLE("show_install_all_impact/disruptive")}, "release in the file", "9.3(5)"),
        (
            {IMPACT: SWITCH[IMPACT].replace("27       yes      disr", "27        no      disr")},
            "bootable",
            "not module 27",
        ),
        ({LACKS: SAMPLE("show_incompatibility_nxos/two")}, "configuration that the image can use", "Take the delay"),
        ({LACKS: SAMPLE("show_incompatibility_nxos/two").replace("STRICT", "LOOSE")}, "", ""),
    ],
)
def test_the_installer_is_asked_what_it_would_do(changes: dict[str, str], rule: str, seen: str) -> None:
    refused = [each for each in driver({**SWITCH, **changes})[0].rehearse(IMAGE) if not each.ok]
    assert [each.rule for each in refused] == [rule] * bool(rule)
    assert all(seen in each.seen for each in refused)


@pytest.mark.parametrize(("sample", "refused"), [("non_disruptive", []), ("disruptive", ["impact"])])
def test_in_service_means_in_service_or_not_at_all(sample: str, refused: list[str]) -> None:
    told = SAMPLE(f"show_install_all_impact/{sample}").replace("9.3(5)", "10.3(4a)")
    calm = {f"{IMPACT} non-disruptive": told, f"{INSTALL} non-disruptive": SAMPLE("install_all/non_disruptive")}
    made, terminal = driver({**SWITCH, **calm}, issu=True)
    assert [each.rule for each in made.rehearse(IMAGE) if not each.ok] == refused
    outcome = made.activate(IMAGE).outcome
    assert (outcome.succeeded, outcome.reload_announced) == (True, False)
    assert not {IMPACT, INSTALL} & set(terminal.asked)


def test_the_way_back_of_an_upgrade_in_service_is_a_reload() -> None:
    made, terminal = driver({**SWITCH, BACK: SAMPLE("install_all/disruptive")}, dropped=True, issu=True)
    assert made.back(BEFORE).outcome.succeeded is True
    assert terminal.asked[-1] == BACK


def test_a_configuration_that_is_not_saved_stops() -> None:
    late = SAMPLE("copy_running-config_startup-config/timed_out")
    with pytest.raises(StepFailed, match="update aborted: timed out; the configuration was not saved"):
        driver({**SWITCH, SAVE: late})[0].save()


def test_a_hash_is_the_devices_own() -> None:
    command = f"show file {NEW} sha512sum"
    assert driver({command: SAMPLE("show_file/sha512")})[0].file_hash(IMAGE, "sha512").algorithm == "sha512"
    with pytest.raises(CommandRefused, match=r"Invalid command.*distribution.hash: md5"):
        driver({command: UNKNOWN})[0].file_hash(IMAGE, "sha512")


def test_a_file_that_the_device_keeps_is_not_removed() -> None:
    there = SWITCH["dir bootflash:"].replace("a file.txt", IMAGE.filename).replace("        100", f"{SIZE:>11}")
    paper = {"dir bootflash:": there, f"delete {NEW} no-prompt": "Overwriting/deleting this image is not allowed\n"}
    with pytest.raises(CommandRefused, match=r"still there.*not allowed"):
        driver(paper)[0].remove_file(IMAGE)
    driver({**paper, "dir bootflash:": SWITCH["dir bootflash:"]})[0].remove_file(IMAGE)


def test_a_configuration_without_its_heading_is_none() -> None:
    whole = "\n!Command: show running-config\n!Time: Sat Mar  9 18:56:04 2024\n\nversion 9.3(5) Bios:version 05.40\n"
    assert driver({"show running-config": whole})[0].configuration() == whole
    for cut in ("", "version 9.3(5)\n", "!Command: show running-config\n"):
        with pytest.raises(UnparsableOutput):
            driver({"show running-config": cut})[0].configuration()
