"""recheck, as it is typed and as it is sent."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from swimctl.cli import main, output
from swimctl.models import JobOptions
from swimctl.waiting import Waiting, WaitKind
from swimctl.waivers import HeldLook

Capture = pytest.CaptureFixture[str]
Place = Any  # of conftest.py
FOUND = [{"finding": "uplink Te1/1/1", "seen": "not back"}]
MORE = [*FOUND, {"finding": "routes", "seen": "fell from 9 to 1"}]
LOOK = HeldLook.of(FOUND).mark


@pytest.fixture
def held(place: Place) -> int:
    """Return a job that is held, in the process of this test."""
    (job,) = place.batch("sw1", options=JobOptions(on_failed_checks="hold"))
    runner = place.engine.runner
    assert place.store.claim(job.id, runner)
    place.store.record(job.id, "held", "not as before", {"found": FOUND})
    until = datetime.now(UTC) + timedelta(hours=1)
    place.store.say(job.id, runner, "waiting", Waiting(WaitKind.HELD, "1 uplinks lost", job.id, until, LOOK))
    return int(job.id)


def test_what_is_held_says_so_and_until_when(held: int, capsys: Capture) -> None:
    assert main(["status"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"held for `swimctl recheck {held}`: 1 uplinks lost" in shown
    assert main(["--json", "job", "show", str(held)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["waiting"]["kind"], told["waiting"]["job_id"]) == ("held", held)
    assert told["waiting"]["until"]
    assert told["waiting"]["look"] == LOOK
    assert told["batch"]["on_failed_checks"] == "hold"
    assert main(["job", "show", str(held)]) == 0
    assert f"swimctl recheck {held} --keep --look {LOOK} --reason" in capsys.readouterr().out


def test_a_recheck_says_what_happens_next(place: Place, held: int, capsys: Capture) -> None:
    assert main(["recheck", str(held)]) == 0
    assert capsys.readouterr().out == (
        f"job {held} on sw1: the device is looked at again; next: `swimctl status {held} --watch`\n"
    )
    assert main(["recheck", str(held), "--keep", "--look", LOOK, "--reason", "it is pulled"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("accepted: uplink Te1/1/1: seen not back (waived: it is pulled, by ")
    assert second.startswith(f"job {held} on sw1: the device is looked at again, and kept if nothing else is found")
    assert main(["--json", "recheck", str(held), "--back", "--reason", "enough"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "status": "success", "job_id": held, "device_hostname": "sw1", "answer": "back", "waived": [],
        "interrupted": False,
    }  # fmt: skip
    assert [place.store.recall(held, f"said {number}")["answer"] for number in (1, 2, 3)] == ["look", "keep", "back"]


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--keep", "--back", "--reason", "x"), 2, "give --keep or --back, not both"),
        (("--keep",), 2, "say why sw1 is kept as it is: --reason TEXT"),
        (
            ("--keep", "--reason", "x"),
            2,
            f"look {LOOK} found uplink Te1/1/1: not back; to accept exactly this: `swimctl",
        ),
        (
            ("--keep", "--look", "0a1b2c3d", "--reason", "x"),
            3,
            "0a1b2c3d is not the newest look at sw1, so nothing was",
        ),
        (("--look", LOOK), 2, "--look names what --keep accepts; give both"),
    ],
)
def test_what_makes_no_sense_is_refused(
    place: Place, held: int, capsys: Capture, options: tuple[str, ...], code: int, says: str
) -> None:
    assert main(["recheck", str(held), *options]) == code
    assert says in capsys.readouterr().err
    assert place.store.recall(held, "said 1") is None


def test_on_a_terminal_what_is_kept_is_shown_and_asked_for_and_so_is_what_a_newer_look_found(
    place: Place, held: int, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def confirm(question: str, **_: object) -> bool:
        asked.append(question)
        if len(asked) == 1:  # a colleague has it looked at meanwhile
            place.store.record(held, "held", "not as before", {"found": MORE})
        return len(asked) < 3

    monkeypatch.setattr(output, "can_ask", lambda: True)
    monkeypatch.setattr("typer.confirm", confirm)
    assert main(["recheck", str(held), "--keep", "--reason", "it is pulled"]) == 0
    assert asked == ["Keep sw1 with exactly this?"] * 2
    told = capsys.readouterr()
    assert told.err.splitlines() == [
        "  uplink Te1/1/1: not back",
        "swimctl: sw1 was looked at again meanwhile",
        "  uplink Te1/1/1: not back",
        "  routes: fell from 9 to 1",
    ]
    assert len(place.store.recall(held, "said 1")["waivers"]) == 2
    assert main(["recheck", str(held), "--keep", "--reason", "it is pulled"]) == 1
    assert place.store.recall(held, "said 2") is None, "the third answer was no"


def test_a_job_that_is_not_held_is_refused_with_what_would_have_held_it(place: Place, capsys: Capture) -> None:
    (job,) = place.ran("sw2")
    assert main(["recheck", str(job.id)]) == 3
    assert f"job {job.id} on sw2 is success" in capsys.readouterr().err
    (waits,) = place.batch("sw3", detached=True)
    assert main(["recheck", str(waits.id)]) == 3
