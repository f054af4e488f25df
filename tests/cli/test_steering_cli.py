"""pause, continue and change, as they are typed and as they are sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from swimctl.cli import main
from swimctl.models import Policy

Capture = pytest.CaptureFixture[str]
Place = Any  # conftest.py's: folders of tests are no packages


def test_pause_and_continue(place: Place, capsys: Capture) -> None:
    (job,) = place.batch("sw1", detached=True)
    short = job.batch_id[:8]
    assert main(["pause", short]) == 0
    assert capsys.readouterr().out == (
        f"batch {job.batch_id}: paused; running jobs go on, `swimctl continue {short}` ends it\n"
    )
    assert main(["status"]) == 0
    assert f"the batch is paused: `swimctl continue {short}`" in capsys.readouterr().out
    assert main(["pause", short]) == 3
    assert main(["continue", short, "--wave"]) == 3
    assert "no wave waits for a soak" in capsys.readouterr().err
    assert main(["continue", short, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["paused_by"] is None
    assert main(["continue", short]) == 3


def test_change(place: Place, capsys: Capture) -> None:
    (job,) = place.batch("sw1", detached=True, policy=Policy(ticket="CHG-7"))
    assert main(["change", job.batch_id]) == 2
    assert "give what to change" in capsys.readouterr().err
    assert main(["change", job.batch_id, "--max-failures", "10%", "--until", "2031-05-04T05:00Z"]) == 0
    assert capsys.readouterr().out == (
        f"batch {job.batch_id}: workers 3, max-failures 10%, until 2031-05-04 05:00:00+00:00\n"
    )
    assert main(["change", job.batch_id, "--workers", "0"]) == 2
    capsys.readouterr()
    assert main(["change", job.batch_id, "--until", "2001-05-04T05:00Z"]) == 2
    assert "is in the past" in capsys.readouterr().err
    assert place.store.batch(job.batch_id).policy.until.year == 2031
    assert place.store.batch(job.batch_id).policy.ticket == "CHG-7"
