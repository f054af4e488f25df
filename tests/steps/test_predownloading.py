"""Access points of a controller of paper: each that was joined has the image, or nothing is activated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from steps.test_distribution import job as distributed
from support.scripted_steps import IMAGE, LOST, NEW, OLD, PaperClock, PaperDriver, Scripted, runs, said, stands

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, DeadlineExceeded, StepFailed, UnparsableOutput, Unreachable
from swimctl.models import ImageKind, JobOptions, Outcome, Step
from swimctl.platforms.base import Sent
from swimctl.platforms.facts import AccessPoint, Loading, Placement, Running
from swimctl.steps.activation import Activation
from swimctl.steps.base import JobContext, StepResult
from swimctl.steps.distribution import Distribution
from swimctl.steps.ending import outcome_of_failure

ABSENT, ADDED = stands(Placement.ABSENT), stands(Placement.ADDED)
DEADLINE, IDLE = Settings().deadlines.predownload, 900.0
ON: dict[str, Any] = {"access_points": {"predownload": True}}


class Controlling(PaperDriver):
    """A driver of a controller whose access points load what was added."""

    predownloads = True

    def predownload(self) -> Sent:
        return cast("Sent", self._answer("predownload"))

    def access_points(self, image: Any) -> tuple[AccessPoint, ...]:
        assert image
        return cast("tuple[AccessPoint, ...]", self._answer("access_points"))


def points(**loading: Loading) -> tuple[AccessPoint, ...]:
    return tuple(AccessPoint(name, each, f"says {each}") for name, each in loading.items())


def running(clock: PaperClock) -> Running:
    return runs(OLD, OLD, uptime=30 * 86_400 + int(clock.seconds))


HAS, LOADS, FAILED, CANNOT, NOT = Loading.HAS, Loading.LOADS, Loading.FAILED, Loading.CANNOT, Loading.NOT
FRESH, LOADING, WHOLE = points(a=NOT, b=NOT), points(a=HAS, b=LOADS), points(a=HAS, b=HAS)


def job(folder: Path, *looks: Any, settings: dict[str, Any] | None = None, **script: Any) -> Scripted:
    given = Settings.model_validate({**ON, **(settings or {})})
    return with_steps(
        distributed(
            folder,
            **{
                "kind": Controlling,
                "settings": given,
                "running": [running],
                "installed": [ABSENT, ADDED],
                "predownload": [said(None)],
                "access_points": [FRESH, *looks],
                **script,
            },
        ),
        "distribution",
        "activation",
    )


def with_steps(one: Scripted, *kinds: str) -> Scripted:
    """Have the job go through these steps."""
    context = one.context
    one.context = replace(context, job=replace(context.job, steps=tuple(map(Step, kinds))))
    return one


def run(one: Scripted, context: JobContext | None = None) -> str:
    """Distribute, and let the time of each pause go by."""
    parts = Distribution().in_parts(context or one.context)
    while True:
        try:
            one.clock.sleep(next(parts).seconds)
        except StopIteration as end:
            return cast("StepResult", end.value).message


def fails(one: Scripted) -> tuple[Outcome, str]:
    with pytest.raises(StepFailed) as failed:
        run(one)
    outcome, told = outcome_of_failure(one.context, failed.value)
    return outcome, f"{failed.value}; {told}"


def order(one: Scripted) -> list[str]:
    return [each for each in one.driver.asked if each in {"save", "add", "predownload", "activate"}]


def test_all_load_it_behind_the_add_and_nothing_is_activated(tmp_path: Path) -> None:
    one = job(tmp_path, LOADING, LOADING, WHOLE)
    assert run(one).endswith("its hash verified by the device; 2 access points have it")
    assert order(one) == ["save", "add", "predownload"]
    assert one.told("access points") == [
        "1 of 2 access points have the image, 1 loading",
        "2 access points have it",
    ]
    assert 120 <= one.waited < 240


@pytest.mark.parametrize(
    ("fields", "changes"),
    [
        ({"settings": {"access_points": {"predownload": False}}}, {}),
        ({"options": JobOptions(activate=False)}, {}),
        ({}, {"kind": ImageKind.PATCH}),
    ],
)
def test_where_nobody_wants_it_nothing_is_added_by_day(
    tmp_path: Path, fields: dict[str, Any], changes: dict[str, Any]
) -> None:
    one = job(tmp_path, **fields)
    assert "access point" not in run(one, replace(one.context, image=replace(one.context.image, **changes)))
    assert order(one) == []


def test_a_workflow_that_activates_nothing_adds_nothing(tmp_path: Path) -> None:
    one = with_steps(job(tmp_path), "readiness", "distribution")
    assert "access point" not in run(one)
    assert order(one) == []


def test_another_device_has_none(tmp_path: Path) -> None:
    one = with_steps(distributed(tmp_path, settings=Settings.model_validate(ON)), "distribution", "activation")
    assert "access point" not in run(one)
    assert order(one) == []


def test_where_none_is_joined_there_is_nothing_to_wait_for(tmp_path: Path) -> None:
    one = job(tmp_path, access_points=[()])
    assert "no access point is joined" in run(one)
    assert order(one) == ["save", "add"]


def test_one_that_cannot_load_it_is_named_when_all_others_have_it(tmp_path: Path) -> None:
    outcome, text = fails(job(tmp_path, points(a=LOADS, b=CANNOT), points(a=HAS, b=CANNOT)))
    assert outcome is Outcome.UNTOUCHED
    assert "1 of 2 access points do not have 17.12.04: b (says unable)" in text
    assert "nothing was activated, and the image stays added" in text
    assert "next: `show ap image` on sw1, then `swimctl retry`" in text


@pytest.mark.parametrize(
    ("look", "patience", "named"),
    [
        (FRESH, IDLE, "2 of 2 access points do not have 17.12.04: a (says not loading), b"),
        (points(a=HAS), IDLE, "b (not joined any more)"),
        (points(a=HAS, b=NOT, c=HAS), IDLE, "1 of 2 access points do not have 17.12.04: b"),
        # It tries again, and so may any that loads.
        (points(a=HAS, b=FAILED), DEADLINE, "b (says failed, may try again)"),
        (LOADING, DEADLINE, "b (says loading)"),
    ],
)
def test_the_end_of_the_wait_is_never_a_success(
    tmp_path: Path, look: tuple[AccessPoint, ...], patience: float, named: str
) -> None:
    one = job(tmp_path, look)
    outcome, text = fails(one)
    assert outcome is Outcome.UNTOUCHED
    assert named in text
    assert patience <= one.waited < patience + 120
    assert order(one) == ["save", "add", "predownload"]


def test_it_may_only_be_told(tmp_path: Path) -> None:
    warn = {"access_points": {"predownload": True, "incomplete": "warn"}}
    one = job(tmp_path, points(a=HAS, b=CANNOT), settings=warn)
    assert run(one).endswith("b (says unable); they load it when they join again")


@pytest.mark.parametrize(
    "odd",
    [
        UnparsableOutput("show ap image", "~~"),
        Unreachable("sw1 does not answer"),
        DeadlineExceeded("'show ap image' did not end within 60s"),
        LOST,
    ],
)
def test_a_look_that_cannot_be_read_is_no_evidence(tmp_path: Path, odd: Exception) -> None:
    one = job(tmp_path, LOADING, odd, WHOLE)
    assert run(one).endswith("2 access points have it")
    silent = job(tmp_path, odd)
    assert "the last look cannot be read" in fails(silent)[1]
    assert order(silent) == ["save", "add", "predownload"]


def test_a_look_in_which_its_model_cannot_be_read_is_no_evidence_either(tmp_path: Path) -> None:
    odd = [UnparsableOutput("show version", "~~")]

    class Forgetful(Controlling):
        @property
        def predownloads(self) -> bool:  # type: ignore[override] # as the driver has it
            if self.times("predownload") and odd:
                raise odd.pop()
            return True

    assert run(job(tmp_path, WHOLE, kind=Forgetful)).endswith("2 access points have it")


def test_a_controller_that_refuses_the_command_stays_as_it_is(tmp_path: Path) -> None:
    refused = CommandRefused("'ap image predownload': the device answered '% Invalid input detected'")
    outcome, text = fails(job(tmp_path, predownload=[refused]))
    assert outcome is Outcome.UNTOUCHED
    assert "'ap image predownload' failed" in text
    assert "nothing was activated" in text


def test_a_session_that_is_lost_at_the_command_is_one_more_look(tmp_path: Path) -> None:
    """Where some load it, it came; where none does, a second command harms nobody."""
    came = job(tmp_path, LOADING, WHOLE, predownload=[said(None, dropped=True)], installed=[ABSENT, ADDED])
    assert "2 access points have it" in run(came)
    assert came.driver.times("predownload") == 1
    lost = job(tmp_path, FRESH, WHOLE, predownload=[said(None, dropped=True), said(None)], installed=[ABSENT, ADDED])
    assert "2 access points have it" in run(lost)
    assert (lost.driver.times("predownload"), lost.driver.times("add")) == (2, 1)


def test_all_that_were_joined_at_the_command_count_in_a_resume(tmp_path: Path) -> None:
    one = job(tmp_path, access_points=[points(a=HAS)], memory={"access points": ["a", "b"], "add sent": {}})
    assert "b (not joined any more)" in fails(one)[1]


def test_the_configuration_is_saved_once_more_before_the_activation(tmp_path: Path) -> None:
    """Hours may lie between, in which somebody changed it."""
    one = job(tmp_path, WHOLE)
    run(one)

    def booted(clock: PaperClock) -> Running:
        return runs(NEW, NEW, uptime=120) if one.driver.times("activate") else running(clock)

    one.driver._script["running"] = [booted]
    Activation().run(one.context)
    assert order(one) == ["save", "add", "predownload", "save", "activate"]
    assert IMAGE.version in one.told("added")[0]
