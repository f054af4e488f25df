"""Whatever ends a job, or keeps a device from it, says what to do next: held for every place that builds one."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.source import PACKAGE, code, in_one_worker

from swimctl import errors
from swimctl.advice import advice, says_next, with_next
from swimctl.errors import SwimctlError
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.requests.looks import Checked, check_devices
from swimctl.steps.first_look import FirstLook

DEVICE = Device(1, "hall-7", "cisco_xe", "192.0.2.7")
ERRORS = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, SwimctlError)]


@cache
def all_calls() -> dict[str, list[tuple[str, ast.Call]]]:
    """Return the calls in swimctl by name, with their places."""
    found = defaultdict(list)
    for file, node in code():
        if isinstance(node, ast.Call):
            called = node.func
            own = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            found[own].append((f"{file}:{node.lineno}", node))
    return found


def calls(name: str) -> list[tuple[str, ast.Call]]:
    """Return every call of that name in swimctl, with its place."""
    return all_calls()[name]


def given_to(call: ast.Call, name: str, place: int) -> ast.expr | None:
    """Return an argument of a call."""
    named = [each.value for each in call.keywords if each.arg == name]
    if any(isinstance(each, ast.Starred) for each in call.args):
        return named[0] if named else call.args[-1]
    return named[0] if named else call.args[place] if len(call.args) > place else None


def is_empty(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and not str(value.value or "").strip())


@in_one_worker
def test_every_rule_of_the_readiness_check_says_what_to_do() -> None:
    # A copy of another one, with secrets masked, is made of all its fields.
    built = [each for each in calls("Finding") if not any(word.arg is None for word in each[1].keywords)]
    assert len(built) > 60
    assert [where for where, call in built if is_empty(given_to(call, "next_command", 4))] == []
    # The rule that is told in words made elsewhere.
    rooms = [(where, call) for where, call in calls("free_space") if "readiness.py" in where or "flash" in where]
    assert rooms
    assert [where for where, call in rooms if is_empty(given_to(call, "next_command", 4))] == []


@in_one_worker
def test_a_job_fails_in_two_places_and_both_say_what_to_do() -> None:
    moves = [where for where, call in calls("move") if "JobStatus.FAILED" in ast.unparse(call)]
    assert [where.partition(":")[0] for where in moves] == ["engine/jobs.py"]
    masked = [ast.unparse(call) for where, call in calls("text") if where.startswith("engine/jobs.py")]
    assert any("with_next(error, cause, job.device_name)" in each for each in masked)
    waiting = list(calls("fail_waiting"))
    assert len(waiting) == 4
    for where, call in waiting:
        error = given_to(call, "error", 1)
        assert error is not None, where
        said = ast.unparse(error)
        assert "next: " in said or said == "why", where  # each `why` is made beside it, below
    whole = (PACKAGE / "engine" / "batches.py").read_text(encoding="utf-8")
    made = [line.strip() for line in whole.splitlines() if line.strip().startswith("why = ")]
    assert len(made) == 3
    assert all("next: " in line or "with_next(" in line or "please report it" in line for line in made)


@pytest.mark.parametrize("error", ERRORS, ids=lambda one: one.code)
def test_every_error_has_something_to_do(error: type[SwimctlError]) -> None:
    said = advice(error, "hall-7")
    assert said.strip()
    assert "{" not in said
    assert "`" in said


@given(st.text(), st.sampled_from(ERRORS))
def test_no_message_ends_a_job_without_a_next(message: str, error: type[SwimctlError]) -> None:
    ended = with_next(message, error, "hall-7")
    assert says_next(ended)
    assert ended.startswith(message)
    assert with_next(ended, error, "hall-7") == ended


@pytest.mark.parametrize(
    "said",
    [
        "it broke; next: `show version` on the device",
        "it broke; next, on its console: `show version`",
        "it broke, then `swimctl retry`",
        "swimctl failed: KeyError: 'x'; please report it",
    ],
)
def test_what_says_it_already_is_left_as_it_is(said: str) -> None:
    assert with_next(said, errors.StepFailed, "hall-7") == said


@pytest.mark.parametrize("said", ["the next boot starts flash:a.bin", "next", "it is next: ", "`show version` failed"])
def test_the_word_alone_is_not_what_to_do(said: str) -> None:
    assert not says_next(said)


class Failing:
    """A checker that fails in one way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def check(self, device: Device, image: Image | None, options: JobOptions) -> FirstLook:
        assert (device, image) == (DEVICE, None)
        assert options
        raise self._error


def checked(error: Exception) -> Checked:
    (answer,) = check_devices(Failing(error), [(DEVICE, None)], JobOptions(), 1)
    return answer


@pytest.mark.parametrize(
    "error",
    [errors.Unreachable("away"), errors.LoginFailed("no"), errors.SessionLost("gone"), errors.ConfigError("odd")],
    ids=lambda one: one.code,
)
def test_a_device_that_could_not_be_asked_says_what_to_do(error: SwimctlError) -> None:
    answer = checked(error)
    assert answer.document()["next"]
    assert "swimctl retry" not in answer.document()["next"], "there is no batch yet"
    assert not answer.defect


def test_a_defect_of_swimctl_is_not_called_a_device_that_could_not_be_asked() -> None:
    answer = checked(KeyError("x"))
    assert answer.defect
    assert answer.document()["next"] == "please report it, with --verbose"


def test_a_rule_that_does_not_hold_names_its_next() -> None:
    answer = Checked(DEVICE, (Finding("room", ok=False, seen="1", needed="2", next_command="`delete`"),))
    (finding,) = answer.document()["findings"]
    assert (finding["rule"], finding["next"]) == ("room", "`delete`")
