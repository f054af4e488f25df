"""Jobs are found by what people know of them, however many there are; and parts of what was recorded of one."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer
from ruamel.yaml import YAML
from support.stores import said

from swimctl.cli import completing, main
from swimctl.cli.finding import read_since
from swimctl.errors import UsageError
from swimctl.models import Job, Policy
from swimctl.requests.transcripts import around
from swimctl.store import Wanted

Capture = pytest.CaptureFixture[str]
Place = Any  # conftest.py's: folders of tests are no packages
NOW = datetime(2031, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def history(place: Place) -> list[Job]:
    """Two batches: sw1 and sw2 of an old one with a ticket, where sw2 failed; sw1 again, upgraded."""
    place.script.fates = {"sw2": "no room on flash"}
    old = datetime.now(UTC) - timedelta(days=3)
    return [*place.ran("sw1", "sw2", policy=Policy(ticket="CHG-7"), created_at=old), *place.ran("sw1")]


def found(capsys: Capture, *words: str) -> list[int]:
    assert main([*words, "--json"]) == 0
    return [job["id"] for job in json.loads(capsys.readouterr().out)["jobs"]]


@pytest.mark.usefixtures("history")
def test_job_list_and_status_find_by_all_that_people_know(capsys: Capture) -> None:
    batch = json.loads((main(["status", "--json"]), capsys.readouterr().out)[1])["jobs"][0]["batch_id"]
    for options, ids in (
        ([], [3, 2, 1]),
        (["--ticket", "CHG-7"], [2, 1]),
        (["--ticket", "CHG-8"], []),
        (["--outcome", "upgraded"], [3, 1]),
        (["--outcome", "untouched", "--ticket", "CHG-7"], [2]),
        (["--status", "failed"], [2]),
        (["--since", "1d"], [3]),
        (["--since", "4d", "--batch", batch], [3]),
    ):
        assert found(capsys, "job", "list", *options) == ids
        if options and options[0] != "--batch":
            assert found(capsys, "status", *options) == ids[::-1]
    assert found(capsys, "job", "list", "--device", "sw1", "--device", "sw3") == [3, 1]
    assert found(capsys, "status", "sw1") == [3], "the latest job of a device"
    assert found(capsys, "status", "sw1", "sw2") == [2, 3]
    assert found(capsys, "status", "sw1", "--ticket", "CHG-7") == [1]
    assert found(capsys, "status", "1", "3") == [1, 3]


@pytest.mark.usefixtures("history")
def test_what_cannot_be_found_is_said(capsys: Capture) -> None:
    assert main(["status", "sw9"]) == 2
    assert "no such job of sw9; see `swimctl job list`" in capsys.readouterr().err
    assert main(["status", "sw1", "sw9"]) == 0
    assert "swimctl: no such job of sw9\n" in capsys.readouterr().err
    assert main(["status", "--watch", "-o", "json"]) == 2
    assert "give --watch or --output, not both" in capsys.readouterr().err
    assert main(["status", "1", "sw1"]) == 2
    assert "not both" in capsys.readouterr().err
    assert main(["status", "--ticket", "none"]) == 0
    assert "there are no such jobs" in capsys.readouterr().err


def test_a_job_from_whose_device_files_were_removed_is_cleaned_and_not_untouched(
    place: Place, history: list[Job], capsys: Capture
) -> None:
    failed = history[1].id
    place.store.remember(failed, "removed distribution begun", True)
    assert (found(capsys, "job", "list", "--outcome", "cleaned"), place.store.job(failed).outcome) == ([2], "cleaned")
    assert found(capsys, "job", "list", "--outcome", "untouched") == []
    place.store.remember(failed, "removed distribution", [])
    assert found(capsys, "job", "list", "--outcome", "cleaned") == []
    assert found(capsys, "job", "list", "--outcome", "untouched") == [2]


@pytest.mark.usefixtures("history")
def test_the_forms_of_a_result(capsys: Capture) -> None:
    main(["job", "list", "-o", "json"])
    document = json.loads(capsys.readouterr().out)
    main(["job", "list", "-o", "yaml"])
    assert YAML(typ="safe").load(capsys.readouterr().out) == document
    main(["status", "sw1", "-o", "tsv"])
    head, row = capsys.readouterr().out.splitlines()
    assert head.split("\t")[:3] == ["job", "batch", "device"]
    assert row.split("\t")[2] == "sw1"
    assert main(["job", "list", "-o", "xml"]) == 2


def test_since_is_a_moment_or_a_time_ago() -> None:
    assert read_since("90m", NOW) == NOW - timedelta(minutes=90)
    assert read_since("7d", NOW) == NOW - timedelta(days=7)
    assert read_since("2031-05-04T12:00+02:00", NOW) == NOW - timedelta(hours=2)
    for text in ("yesterday", "12", "999999999d", "2031-05-04T12:00", "02:00"):
        with pytest.raises(UsageError, match="7d"):
            read_since(text, NOW)


def test_a_store_of_many_years_is_searched_by_few_rows(place: Place, history: list[Job]) -> None:
    """Only the jobs that are shown are read whole: the rest costs SQLite alone."""
    said(
        place.store,
        """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO jobs (batch_id, device_id, image_id, status, progress, attempted, finished_at, outcome)
        SELECT batch_id, device_id, image_id, status, progress, attempted, finished_at, outcome
        FROM jobs, n WHERE id = 1
        """,
    )
    assert [job.id for job in place.store.newest(Wanted(devices=("sw2",)), 50)] == [2]
    assert [job.id for job in place.store.newest(Wanted(ticket="CHG-7"), 3)] == [20_003, 20_002, 20_001]
    assert len(history) == 3


TRANSCRIPT = """
----- 2031-05-04T12:00:00.000000Z step: Readiness Check
sw1#show version
----- 2031-05-04T12:01:00.000000Z step: Activation
sw1#install activate
line
FAILED: no room
1
2
3
4
5
it failed again
----- 2031-05-04T12:02:00.000000Z step: Readiness Check
sw1#show clock
"""


def test_a_transcript_by_step_and_by_text(place: Place, capsys: Capture) -> None:
    (job,) = place.ran("sw1")
    folder = place.folder / "jobs" / str(job.id)
    folder.mkdir(parents=True)
    (folder / "transcript.log").write_text(TRANSCRIPT)
    base = ["job", "transcript", str(job.id)]
    assert main([*base, "--step", "readiness"]) == 0
    shown = capsys.readouterr().out
    assert ("show version" in shown, "show clock" in shown, "install" in shown) == (True, True, False)
    assert main([*base, "--step", "Activation", "--grep", "FAILED"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "sw1#install activate", "line", "FAILED: no room", "1", "2", "--", "4", "5", "it failed again"
    ]  # fmt: skip
    assert main([*base, "--step", "lunch"]) == 2
    assert "its steps are readiness, distribution, activation, post-checks" in capsys.readouterr().err
    assert main([*base, "--step", "post-checks"]) == 2
    assert "nothing was recorded in the step Post-Checks" in capsys.readouterr().err
    assert around("a\nb", "c") == ""


@pytest.mark.usefixtures("history")
def test_a_shell_is_offered_what_there_is_and_never_an_error(place: Place) -> None:
    os.chdir(place.folder)
    ctx = cast("typer.Context", SimpleNamespace(find_root=lambda: SimpleNamespace(params={"config": None})))
    assert completing.devices(ctx, "sw") == ["sw1", "sw2", "sw3"]
    assert completing.groups(ctx, "") == ["access", "core"]
    assert completing.images(ctx, "cat9k") == ["cat9k_iosxe.17.12.04.SPA.bin"]
    assert "standard" in completing.workflows(ctx, "st")
    assert len(completing.batches(ctx, "")) == 2
    assert completing.jobs(ctx, "") == ["3", "2", "1"]
    assert completing.jobs_and_devices(ctx, "sw3") == ["sw3"]
    assert "sw2=no-space" in completing.faults(ctx, "sw2=no-s") or completing.faults(ctx, "sw2=")
    place.folder.joinpath("config.yaml").unlink()
    assert completing.devices(ctx, "sw") == []
