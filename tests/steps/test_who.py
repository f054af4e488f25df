"""Who answers, at every moment of a job: another device at the address, one that does not say, one with new parts."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest
from support.after_reload import COMMITTED, UNCOMMITTED, after_reload, back, committed_once_sent, keeping
from support.scripted_steps import (
    AFTER,
    BEFORE,
    NAME,
    NEW,
    OLD,
    OLD_RUNS,
    TARGET_RUNS,
    Scripted,
    activated,
    runs,
    stands,
)

from swimctl.errors import (
    CommandRefused,
    DeadlineExceeded,
    DeviceUnknown,
    OtherDevice,
    TransferFailed,
    Unidentified,
    UnparsableOutput,
)
from swimctl.models import Outcome
from swimctl.platforms.facts import Placement
from swimctl.steps import PostChecks
from swimctl.steps.activation import Activation
from swimctl.steps.distribution import Distribution
from swimctl.steps.ending import COPY, outcome_of_failure
from swimctl.steps.readiness import ReadinessCheck
from swimctl.steps.who import Who, host_name

OTHER = ("FOC9Z", "FOC8Z")
CHANGES = {"save", "add", "activate", "commit", "back", "restore"}
GARBLED = UnparsableOutput("show inventory", "~~")


def ends_unknown(job: Scripted, error: OtherDevice) -> None:
    """Assert that the other device got nothing, and that its serial number, ours, and what is next are told."""
    assert not CHANGES & set(job.driver.asked)
    for word in ("FOC9Z", "FOC1A", "192.0.2.1:22", "next: "):
        assert word in str(error)
    assert outcome_of_failure(job.context, error)[0] is Outcome.UNKNOWN


@pytest.mark.parametrize("now", [TARGET_RUNS, OLD_RUNS], ids=["the target", "the old release"])
def test_another_device_after_the_reload_is_neither_upgraded_nor_taken_back(now: Any) -> None:
    job = Scripted(
        installed=[stands(Placement.ADDED)],
        running=[OLD_RUNS, OLD_RUNS, now],
        serials=[("FOC1A",), OTHER],
        ports=[False, True],
        ends=[True],
    )
    with pytest.raises(OtherDevice) as caught:
        Activation().run(job.context)
    assert job.driver.times("activate") == 1
    job.driver.asked.clear()
    ends_unknown(job, caught.value)


@pytest.mark.parametrize("step", [Distribution(), Activation(), ReadinessCheck()], ids=lambda step: step.kind)
def test_another_device_before_the_activation_is_sent_nothing(step: Any) -> None:
    job = Scripted(serials=[OTHER], running=[OLD_RUNS])
    with pytest.raises(OtherDevice) as caught:
        step.run(job.context)
    ends_unknown(job, caught.value)
    assert job.driver.asked == ["serials"]


@pytest.mark.parametrize("now", [TARGET_RUNS, OLD_RUNS], ids=["the target", "the old release"])
def test_another_device_during_the_post_checks_is_not_committed_and_not_taken_back(now: Any) -> None:
    job = after_reload(serials=[OTHER], running=[now])
    with pytest.raises(OtherDevice) as caught:
        PostChecks().run(job.context)
    ends_unknown(job, caught.value)


def test_another_device_at_the_commit_is_not_committed() -> None:
    job = after_reload(serials=[("FOC1A",), OTHER])
    with pytest.raises(OtherDevice) as caught:
        PostChecks().run(job.context)
    ends_unknown(job, caught.value)


@pytest.mark.parametrize(("name", "told"), [("sw1", "sw1"), ("", "not read")])
def test_another_device_is_told_with_what_both_are_called_and_what_is_to_be_done(name: str, told: str) -> None:
    job = Scripted(before=replace(BEFORE, hostname=name), serials=[OTHER], names=["sw9"])
    with pytest.raises(OtherDevice) as caught, job.context.driver():
        raise AssertionError
    assert str(caught.value) == (
        "another device answers at 192.0.2.1:22: serial number FOC9Z (host name sw9), needed FOC1A (host name "
        f"{told}); nothing more was sent to it; next: check the console of sw1; give one of the "
        "two devices another address, or correct the inventory; then `swimctl retry`"
    )


def test_another_device_on_the_way_back_is_not_taken_back() -> None:
    job = after_reload(serials=[("FOC1A",), OTHER], running=[runs(NEW, OLD)])
    with pytest.raises(OtherDevice) as caught:
        PostChecks().run(job.context)
    ends_unknown(job, caught.value)


def test_another_device_behind_the_way_back_proves_nothing() -> None:
    job = back(running=[runs(NEW, OLD)])
    job.driver._script["serials"] = [lambda _clock: OTHER if job.sent("abort") else ("FOC1A",)]
    with pytest.raises(OtherDevice) as caught:
        PostChecks().run(job.context)
    assert outcome_of_failure(job.context, caught.value)[0] is Outcome.UNKNOWN
    assert job.driver.times("back") == 1


@pytest.mark.parametrize("memory", [activated(), {**activated(), "commit sent": activated()["activate sent"]}])
def test_another_device_at_the_resume_is_sent_nothing(memory: dict[str, Any]) -> None:
    job = Scripted(memory=memory, serials=[OTHER], running=[OLD_RUNS])
    with pytest.raises(OtherDevice) as caught:
        Activation().run(job.context)
    ends_unknown(job, caught.value)


def test_another_device_in_the_look_after_the_soak_is_ill() -> None:
    job = after_reload(serials=[OTHER], installed=[COMMITTED])
    with pytest.raises(OtherDevice):
        job.through(PostChecks().look_again(job.context))


def test_another_device_while_a_failure_is_looked_into_leaves_it_unknown() -> None:
    job = after_reload(serials=[OTHER], running=[OLD_RUNS])
    outcome, told = outcome_of_failure(job.context, CommandRefused("'install commit': no"))
    assert outcome is Outcome.UNKNOWN
    assert "another device answers" in told
    assert not CHANGES & set(job.driver.asked)


def test_another_device_at_the_end_of_a_failed_copy_is_not_said_to_be_silent() -> None:
    """The copy broke off as the address went to another one: that one answers, and proves nothing."""
    job = Scripted(memory={COPY: {"seconds": 0.0, "uptime": 900, "restarted_at": None}}, serials=[OTHER])
    outcome, told = outcome_of_failure(job.context, TransferFailed("the copy broke off"))
    assert outcome is Outcome.UNKNOWN
    assert told.startswith("it could not be asked after the copy: another device answers at 192.0.2.1:22: serial ")
    assert job.driver.asked == ["serials"]


def test_another_member_that_leads_is_the_same_device() -> None:
    job = keeping(serials=[("FOC2B",)])
    assert PostChecks().run(job.context).message.endswith("all is as before")


def test_a_new_card_is_told_and_no_fault() -> None:
    job = keeping(snapshot=[replace(AFTER, serials=("FOC1A", "FOC3C"))])
    message = PostChecks().run(job.context).message
    assert "serial numbers that are gone: FOC2B" in message
    assert "new serial numbers: FOC3C" in message
    assert not job.sent("abort")


@pytest.mark.parametrize("answer", [GARBLED, CommandRefused("'show inventory': not for you"), ()])
def test_serial_numbers_that_do_not_read_after_the_reload_cost_no_upgrade(answer: Any) -> None:
    job = keeping(serials=[answer])
    assert PostChecks().run(job.context).message.endswith("all is as before")
    assert len(job.told("who")) == 1
    assert f"by its host name {NAME}" in job.told("who")[0]
    assert not job.sent("abort")


def test_a_device_that_hangs_at_the_question_is_asked_it_once() -> None:
    job = keeping(serials=[DeadlineExceeded("'show inventory' did not end within 120s")])
    assert PostChecks().run(job.context).message.endswith("all is as before")
    assert job.driver.times("serials") == 1


@pytest.mark.parametrize("answer", [GARBLED, ()])
def test_what_tells_neither_serial_number_nor_host_name_is_neither_kept_nor_taken_back(answer: Any) -> None:
    job = after_reload(serials=[answer], names=["Switch"], running=[OLD_RUNS])
    with pytest.raises(
        DeviceUnknown, match="not committed, and did not go back: nothing of it can be read: who answers"
    ):
        PostChecks().run(job.context)
    assert not CHANGES & set(job.driver.asked)


def test_what_tells_neither_while_it_boots_is_asked_again() -> None:
    job = after_reload(serials=[GARBLED, GARBLED, ("FOC1A",)], names=["Router", "Router", NAME])
    job.driver._script["installed"] = [committed_once_sent(job)]
    assert PostChecks().run(job.context).message.endswith("all is as before")


@pytest.mark.parametrize("answer", [GARBLED, ()])
def test_before_the_activation_nothing_is_sent_to_what_does_not_say_who_it_is(answer: Any) -> None:
    job = Scripted(serials=[answer], running=[OLD_RUNS], names=["sw2"])
    with pytest.raises(Unidentified) as caught:
        Activation().run(job.context)
    assert "another device" not in str(caught.value)
    assert not CHANGES & set(job.driver.asked)
    assert outcome_of_failure(job.context, caught.value)[0] is Outcome.UNKNOWN


@pytest.mark.parametrize("answer", [GARBLED, DeadlineExceeded("'show inventory' did not end within 120s"), ()])
def test_before_the_activation_its_host_name_says_who_it_is_where_no_serial_number_reads(answer: Any) -> None:
    job = Scripted(
        serials=[answer],
        installed=[stands(Placement.ADDED)],
        running=[OLD_RUNS, OLD_RUNS, TARGET_RUNS],
        ports=[False, True],
        ends=[True],
    )
    Activation().run(job.context)
    assert job.driver.times("activate") == 1
    assert f"by its host name {NAME}" in job.told("who")[0]


def test_a_device_without_serial_numbers_is_known_by_its_name() -> None:
    virtual = replace(BEFORE, serials=())
    job = after_reload(before=virtual)
    job.driver._script["installed"] = [lambda _clock: COMMITTED if job.sent("commit") else UNCOMMITTED]
    assert PostChecks().run(job.context).message.endswith("all is as before")
    other = Scripted(before=virtual, names=["sw2"], running=[OLD_RUNS])
    with pytest.raises(Unidentified, match="it has no serial number; its host name is sw2, and sw1 had sw1"):
        Activation().run(other.context)
    assert other.driver.asked == []


def test_a_baseline_of_an_earlier_swimctl_asks_nobody() -> None:
    job = after_reload(before=replace(BEFORE, serials=(), hostname=""), serials=[OTHER], names=["sw2"])
    job.driver._script["installed"] = [committed_once_sent(job)]
    assert PostChecks().run(job.context).message.endswith("all is as before")
    assert job.driver.times("serials") == 0


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("hall-7", "hall-7"),
        ("anna@hall-7", "hall-7"),
        ("RP/0/RP0/CPU0:hall-7", "hall-7"),
        ("RP/0/RP1/CPU0:hall-7", "hall-7"),
    ],
)
def test_the_host_name_is_the_same_whoever_logs_in_and_whichever_processor_answers(prompt: str, name: str) -> None:
    assert host_name(prompt) == name


@pytest.mark.parametrize(
    ("before", "serials", "hostname", "proof"),
    [
        (None, [], "sw9", ""),
        (replace(BEFORE, serials=(), hostname=""), [], "sw9", ""),
        (replace(BEFORE, hostname=NAME), [BEFORE.serials], NAME, ""),
        (replace(BEFORE, hostname=NAME), [BEFORE.serials], "renamed", ""),
        (replace(BEFORE, serials=(), hostname=NAME), [], NAME, ""),
        (replace(BEFORE, hostname=NAME), [()], NAME, f"by its host name {NAME}, as it gives no serial number"),
        (replace(BEFORE, hostname=NAME), [GARBLED], NAME, f"by its host name {NAME}, as its serial numbers cannot"),
    ],
)
def test_by_what_else_than_a_serial_number_it_is_known_is_told_and_mostly_that_is_nothing(
    before: Any, serials: list[Any], hostname: str, proof: str
) -> None:
    job = Scripted(serials=serials)
    job.record.memory["baseline"] = None if before is None else asdict(before)
    said = Who().ask(job.record.recall, job.driver, hostname, job.context.target)
    assert said.startswith(proof)
    assert bool(said) is bool(proof)
