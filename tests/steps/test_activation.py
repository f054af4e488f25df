"""The activation on a device of paper: sent once whatever becomes of its answer, and never called nothing."""

from __future__ import annotations

from typing import Any

import pytest
from support.scripted_steps import LOST, NEW, OLD, PaperClock, PaperContext, Scripted, activated, runs, said, stands

from swimctl.errors import CommandRefused, DeviceUnknown, StepFailed, UnparsableOutput, Unreachable
from swimctl.models import Outcome
from swimctl.platforms.arista_eos.driver import SUPPORT as EOS
from swimctl.platforms.base import Trace
from swimctl.platforms.facts import Placement
from swimctl.platforms.juniper_junos.driver import SUPPORT as JUNOS
from swimctl.steps.activation import Activation
from swimctl.steps.ending import outcome_of_failure

GARBLED = UnparsableOutput("show install summary", "~~")
REFUSED = CommandRefused("'install': the device answered 'Command authorization failed.'")
ABSENT, ADDED, NEXT = stands(Placement.ABSENT), stands(Placement.ADDED), stands(Placement.NEXT)
UP = 30 * 86_400


def ready(*, reloads: bool = True, **script: Any) -> Scripted:
    """Make a device that runs the old release; it reloads into the new one once it was told to."""
    job = Scripted(**{"installed": [ABSENT, ADDED], **script})

    def running(clock: PaperClock) -> Any:
        if reloads and job.driver.times("activate"):
            return runs(NEW, NEW, uptime=120)
        return runs(OLD, OLD, uptime=UP + int(clock.seconds))

    if "running" not in script:
        job.driver._script["running"] = [running]
    return job


def ends(job: Scripted, error: type[Exception] = StepFailed) -> tuple[Outcome, str]:
    with pytest.raises(error) as failed:
        Activation().run(job.context)
    outcome, told = outcome_of_failure(job.context, failed.value)  # type: ignore[arg-type] # swimctl's own
    text = f"{failed.value}; {told}"
    assert "next" in text
    assert "``" not in text
    assert "next: ;" not in text
    return outcome, text


def test_a_device_that_does_as_it_is_told() -> None:
    job = ready()
    assert Activation().run(job.context).message == f"reloaded and up with {NEW} (as wanted)"
    assert (job.driver.times("add"), job.driver.times("activate")) == (1, 1)
    assert job.record.memory["activate sent"]["armed"] == 3600


def test_the_session_of_the_activation_is_ended_before_its_reload_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job, ended = ready(), list[list[str]]()
    listening = PaperContext.listening
    monkeypatch.setattr(PaperContext, "part", lambda _: ended.append([*job.driver.asked]))

    def looked(context: PaperContext) -> bool:
        assert ended, "a shared session would be killed by the reload"
        assert "activate" in ended[0]
        return listening(context)

    monkeypatch.setattr(PaperContext, "listening", looked)
    Activation().run(job.context)
    assert ended


def test_an_activation_that_is_refused_is_not_waited_for() -> None:
    job = ready(activate=[REFUSED], reloads=False)
    outcome, text = ends(job)
    assert outcome is Outcome.UNTOUCHED
    assert "'install activate' failed: 'install': the device answered 'Command authorization failed.'" in text
    assert "goes back" not in text
    assert job.waited < 60


def test_an_activation_whose_answer_does_not_read_is_waited_for_and_not_sent_twice() -> None:
    job = ready(activate=[GARBLED])
    assert "up with" in Activation().run(job.context).message
    assert job.driver.times("activate") == 1


def test_an_activation_whose_answer_does_not_read_and_that_does_nothing_is_not_called_an_answer() -> None:
    job = ready(activate=[GARBLED], reloads=False)
    outcome, text = ends(job)
    assert "did not reload" in text
    assert "seen: the activation gave an answer that cannot be read" in text
    assert outcome is Outcome.UNTOUCHED  # the device was asked
    assert job.driver.times("activate") == 1


def test_a_boot_that_an_unread_activation_named_is_taken_back() -> None:
    job = ready(activate=[GARBLED], reloads=False, support=EOS, unpacks=False, armed=None,
                installed=[NEXT, ABSENT], restore=["the next boot starts flash:old.swi again, as before"])  # fmt: skip
    outcome, _ = ends(job)
    assert outcome is Outcome.UNTOUCHED
    assert job.told("restored") == ["the next boot starts flash:old.swi again, as before"]


def test_a_device_that_lies_about_its_activation_is_found_out() -> None:
    job = ready(activate=[said(True)], reloads=False)
    _, text = ends(job)
    assert "seen: the activation said that it succeeded" in text


def test_a_device_that_dies_in_its_activation_is_unknown_and_its_timer_is_named() -> None:
    job = ready(ports=[False], logins=[None, Unreachable("no SSH session to sw1")])
    outcome, text = ends(job, DeviceUnknown)
    assert outcome is Outcome.UNKNOWN
    assert "did not come back" in text
    assert "goes back to 17.06.05 by itself at 2031-05-04" in text


def test_an_activation_that_never_came_is_sent_once_more() -> None:
    never = Trace(received=False, finished=None)
    job = ready(activate=[said(None, dropped=True), said(None, dropped=True)], trace=[never])
    sends = iter([runs(OLD, OLD, uptime=UP)])

    def running(_clock: PaperClock) -> Any:
        return runs(NEW, NEW, uptime=60) if job.driver.times("activate") > 1 else next(sends, runs(OLD, OLD, uptime=UP))

    job.driver._script["running"] = [running]
    job.driver._script["activate"] = [LOST, said(None, dropped=True)]
    Activation().run(job.context)
    assert job.driver.times("activate") == 2
    assert "activate sent again" in job.record.memory


@pytest.mark.parametrize(("installed", "words"), [(GARBLED, "cannot read whether"), (ABSENT, "no longer added")])
def test_what_is_not_proved_to_be_there_is_not_activated_a_second_time(installed: Any, words: str) -> None:
    never = Trace(received=False, finished=None)
    job = ready(memory=activated(), reloads=False, installed=[installed], trace=[never])
    outcome, text = ends(job)
    assert words in text
    assert job.driver.times("activate") == 0
    assert outcome is (Outcome.UNTOUCHED if installed is ABSENT else Outcome.UNKNOWN)


# Adding.


def test_an_add_that_is_refused_changes_nothing() -> None:
    outcome, text = ends(ready(add=[REFUSED], installed=[ABSENT]))
    assert outcome is Outcome.UNTOUCHED
    assert "'install add' failed" in text


def test_an_add_whose_answer_does_not_read_is_taken_back_where_a_reload_would_start_it() -> None:
    job = ready(add=[GARBLED], support=JUNOS, armed=None, installed=[ABSENT, NEXT, ABSENT], restore=["rolled back"],
                trace=[Trace(received=True, finished=True)])  # fmt: skip
    outcome, text = ends(job)
    assert outcome is Outcome.UNTOUCHED
    assert "cannot read the output" in text
    assert job.told("restored") == ["rolled back"]
    assert job.driver.times("activate") == 0


def test_an_add_that_says_success_and_shows_nothing_may_wait_unseen() -> None:
    outcome, text = ends(ready(support=JUNOS, armed=None, installed=[ABSENT]))
    assert outcome is Outcome.UNKNOWN
    assert "its next reload may start 17.12.04" in text


def test_a_device_that_is_away_after_an_add_is_not_untouched() -> None:
    job = ready(add=[GARBLED], installed=[ABSENT])
    job.logins[:] = [None, Unreachable("no SSH session to sw1")]
    outcome, text = ends(job)
    assert outcome is Outcome.UNKNOWN
    assert "it could not be asked what its next reload starts" in text
