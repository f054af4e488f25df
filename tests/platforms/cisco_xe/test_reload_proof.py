"""The `reload` of a Cisco IOS device: what each end of it means, and what the log tells of one that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from swimctl.errors import StepFailed
from swimctl.platforms.base import Trace
from swimctl.platforms.cisco_xe.reading import Reading
from swimctl.platforms.cisco_xe.reload import reload, trace_reload
from swimctl.platforms.terminal import Answer, matching
from swimctl.sessions.session import Reply

MARK = "*May  5 02:11:00.1: %SYS-5-CONFIG_I: Configured from console by netops on vty0 (192.0.2.9)"
RELOAD = "*May  5 02:12:00.1: %SYS-5-RELOAD: Reload requested by netops on vty0. Reload Reason: Reload Command."
OTHER = "*May  5 02:12:00.1: %LINK-3-UPDOWN: Interface Te1/1/1, changed state to down"


class Switch(Reading):
    """A device that says this to `reload`, and has this in its log."""

    def __init__(self, reply: Reply | None = None, log: str = "") -> None:
        self.limits: Any = SimpleNamespace(activate=1800)
        self._said, self._logged = reply, log

    def converse(self, command: str, answers: Sequence[Answer], seconds: float, *, closing: object = None) -> Reply:
        assert (command, seconds, closing) == ("reload", 1800, None)
        self.answers = answers
        assert self._said is not None
        return self._said

    def log(self) -> str:
        return self._logged


@pytest.mark.parametrize("text", ["", "Proceed with reload? [confirm]\n", "Boot variable either does not exist or"])
def test_a_session_that_ends_is_no_answer(text: str) -> None:
    sent = reload(Switch(Reply(text, dropped=True)))
    assert (sent.outcome.operation, sent.outcome.succeeded, sent.dropped) == ("reload", None, True)


def test_a_device_that_asked_to_proceed_reloads() -> None:
    sent = reload(Switch(Reply("Proceed with reload? [confirm]\n")))
    outcome = sent.outcome
    assert (outcome.operation, outcome.succeeded, outcome.reload_announced) == ("reload", True, True)
    assert not sent.dropped


def test_a_boot_variable_that_is_too_small_is_a_failure_though_the_device_asked() -> None:
    text = "Boot variable either does not exist or BUFFER IS TOO SMALL\nProceed with reload? [confirm]\n"
    with pytest.raises(StepFailed, match=r"'reload' asked 'Boot variable either .*, and was answered no"):
        reload(Switch(Reply(text)))


def test_a_device_that_did_not_ask_is_quoted_by_the_end_of_what_it_said() -> None:
    said = " ".join(f"word{number}" for number in range(40))
    with pytest.raises(StepFailed) as failed:
        reload(Switch(Reply(f"\n{said}\n")))
    assert str(failed.value) == f"'reload' did not ask to proceed but said {said[-120:]!r}"


@pytest.mark.parametrize(
    ("question", "typed", "one_key"),
    [
        ("Proceed with reload? [confirm]", "", False),
        ("System configuration has been modified. Save? [yes/no]: ", "yes", False),
        ("Boot variable either does not exist or buffer is too small. Continue? [confirm]", "n", True),
        ("Reload the whole stack? [confirm]", None, False),
    ],
)
def test_each_known_question_has_its_answer_and_no_other_has_one(
    question: str, typed: str | None, one_key: bool
) -> None:
    switch = Switch(Reply("", dropped=True))
    reload(switch)
    known = matching(question, switch.answers)
    assert (None if known is None else known.reply) == typed
    assert known is None or known.one_key is one_key


@pytest.mark.parametrize(
    ("log", "mark", "trace"),
    [
        (f"{MARK}\n{OTHER}\n{RELOAD}\n", MARK, Trace(received=True, finished=False)),
        (f"{MARK}\n{OTHER}\n", MARK, Trace(received=False, finished=False)),
        (f"{RELOAD}\n{MARK}\n", MARK, Trace(received=False, finished=False)),
        (f"{MARK}\n", MARK, Trace(received=False, finished=False)),
        (f"{OTHER}\n{RELOAD}\n", MARK, Trace(None, None)),
        (f"{MARK}\n{RELOAD}\n", None, Trace(None, None)),
        ("", MARK, Trace(None, None)),
    ],
)
def test_the_log_tells_of_a_reload_only_behind_a_mark_that_it_still_holds(
    log: str, mark: str | None, trace: Trace
) -> None:
    assert trace_reload(Switch(log=log), mark) == trace
