"""Commands that read the store, or run what stands in it."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from swimctl.cli import main
from swimctl.clock import rfc3339
from swimctl.models import Job
from swimctl.states import JobStatus

Capture = pytest.CaptureFixture[str]
Place = Any  # conftest.py's: folders of tests are no packages


def said_json(capsys: Capture) -> dict[str, Any]:
    return dict(json.loads(capsys.readouterr().out))


def test_job_list_shows_the_newest_first_and_filters(place: Place, capsys: Capture) -> None:
    place.script.fates = {"sw2": "no room on flash"}
    place.ran("sw1", "sw2")
    place.ran("sw3")
    assert main(["job", "list", "--json"]) == 0
    assert [job["device_hostname"] for job in said_json(capsys)["jobs"]] == ["sw3", "sw2", "sw1"]
    assert main(["job", "list", "--status", "failed", "--json"]) == 0
    assert [job["error"] for job in said_json(capsys)["jobs"]] == ["no room on flash"]
    assert main(["job", "list", "--device", "sw1", "--limit", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split("\t")[:4] == ["job", "batch", "device", "status"]
    assert lines[1].split("\t")[2:4] == ["sw1", "success"]
    assert len(lines) == 2


def test_a_device_that_nobody_knows_is_unknown_to_people_and_failed_to_machines(place: Place, capsys: Capture) -> None:
    place.script.fates = {"sw1": "unknown: does not answer"}
    (job,) = place.ran("sw1")
    for command in (["status"], ["status", str(job.id)], ["job", "list"], ["job", "show", str(job.id)]):
        assert main(command) == 0
        shown = capsys.readouterr().out
        assert "unknown" in shown
        assert "\tfailed\t" not in shown.partition("Step")[0].partition("step\t")[0], command
        assert main([*command, "--json"]) == 0
        document = said_json(capsys)
        (told,) = document.get("jobs", [document])
        assert (told["status"], told["outcome"]) == ("failed", "unknown")


def test_what_a_job_removed_stands_beside_what_its_device_is(place: Place, capsys: Capture) -> None:
    place.script.fates = {"sw1": "no room on flash"}

    def removes(job: Job) -> None:
        place.store.remember(job.id, "removed 1 begun", "install remove inactive")
        place.store.remember(job.id, "removed 1", ["old-a.pkg", "old-b.pkg"])

    place.script.while_running = removes
    (job,) = place.ran("sw1")
    assert main(["job", "show", str(job.id)]) == 0
    assert "cleaned, removed from its flash: old-a.pkg, old-b.pkg" in capsys.readouterr().out
    assert main(["job", "show", str(job.id), "--json"]) == 0
    told = said_json(capsys)
    assert (told["outcome"], told["removed"]) == ("cleaned", ["old-a.pkg", "old-b.pkg"])
    assert main(["report"]) == 0
    assert "cleaned, removed from its flash: old-a.pkg, old-b.pkg" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("memories", "outcome"),
    [
        ({}, "untouched"),
        ({"removed 1 begun": "clean", "removed 1": []}, "untouched"),
        ({"removed 1 begun": "clean"}, "cleaned"),
        ({"removed 1 begun": "clean", "removed 1": [], "removed 2 begun": "clean"}, "cleaned"),
    ],
)
def test_a_clean_up_that_took_nothing_leaves_untouched_and_one_without_an_end_does_not(
    place: Place, memories: dict[str, object], outcome: str
) -> None:
    place.script.fates = {"sw1": "no room on flash"}

    def removes(job: Job) -> None:
        for key, value in memories.items():
            place.store.remember(job.id, key, value)

    place.script.while_running = removes
    (job,) = place.ran("sw1")
    assert place.store.job(job.id).outcome == outcome
    ended = [event for event in place.store.events(job.id) if event.kind == "status"][-1]
    assert ended.data["outcome"] == outcome, "who follows the events is told the same"


def test_job_show_events_and_transcript(place: Place, capsys: Capture) -> None:
    (job,) = place.ran("sw1")
    assert main(["job", "show", str(job.id)]) == 0
    shown = capsys.readouterr().out
    assert "sw1 (id 1)" in shown
    assert "Readiness Check\tsuccess" in shown
    assert main(["job", "show", str(job.id), "--json"]) == 0
    assert said_json(capsys)["batch"]["batch_id"] == job.batch_id
    assert main(["job", "events", str(job.id), "--json"]) == 0
    events = said_json(capsys)["events"]
    assert "reading the device" in [event["message"] for event in events]
    assert all(event["at"].endswith("Z") for event in events)
    assert main(["job", "events", str(job.id), "--after", str(events[-1]["id"]), "--json"]) == 0
    assert said_json(capsys) == {"count": 0, "events": []}
    assert main(["job", "transcript", str(job.id)]) == 2
    assert "has no transcript" in capsys.readouterr().err
    path = place.folder / "jobs" / str(job.id) / "transcript.log"
    path.parent.mkdir(parents=True)
    path.write_text("sw1#show version\n\x1b[2Jtext\n")
    assert main(["job", "transcript", str(job.id)]) == 0
    assert capsys.readouterr().out == "sw1#show version\n\N{REPLACEMENT CHARACTER}[2Jtext\n"


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("verb", ["show", "events", "transcript"])
def test_a_job_that_is_not_there_is_exit_2(verb: str, capsys: Capture) -> None:
    assert main(["job", verb, "99"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "99" in printed.err


def test_status_of_what_runs_says_for_how_long_and_what_is_usual(place: Place, capsys: Capture) -> None:
    place.ran("sw1")
    said: list[str] = []

    def look(job: Job) -> None:
        for asked in (["status"], ["status", "--json"], ["job", "show", str(job.id)]):
            assert main(asked) == 0
            said.append(capsys.readouterr().out)

    place.script.while_running = look
    (job,) = place.ran("sw2")
    assert re.search(r"reading the device; 0s of ~0s; last event 0s ago$", said[0], re.MULTILINE)
    (document,) = json.loads(said[1])["jobs"]
    heard = [event for event in place.store.events(job.id) if event.message == "reading the device"]
    assert document["last_event_at"] == rfc3339(heard[-1].at)
    assert [step["usual_seconds"] is not None for step in document["steps"]] == [True, False, False, False]
    assert "\t0s of ~0s\treading the device\n" in said[2]


def test_report_tells_of_releases_and_failures(place: Place, capsys: Capture) -> None:
    place.script.fates = {"sw2": "no room | on flash", "sw3": "unknown: does not answer"}
    jobs = place.ran("sw1", "sw2", "sw3")
    assert main(["report"]) == 0
    text = capsys.readouterr().out
    assert "# Upgrade of 3 devices" in text
    assert "| sw1 | 17.09.05 | 17.12.04 | success |" in text
    assert "| sw2 | not read | 17.12.04 | failed |" in text
    assert "no room \\| on flash" in text
    assert "1 success, 1 failed, 1 unknown, 0 not-attempted" in text
    assert f"### sw3 (job {jobs[2].id}): unknown" in text
    assert "reading the device" in text
    assert "step: Readiness Check failed: no room | on flash" in text
    assert main(["report", "--batch", jobs[0].batch_id[:8], "--format", "json"]) == 0
    document = said_json(capsys)
    assert document["exit_code"] == 4
    assert [job["result"] for job in document["jobs"]] == ["success", "failed", "unknown"]
    assert document["jobs"][0]["from_version"] == "17.09.05"


@pytest.mark.usefixtures("place")
def test_report_without_a_batch_is_exit_2(capsys: Capture) -> None:
    assert main(["report"]) == 2
    assert "has no batch yet" in capsys.readouterr().err


def interrupted(place: Place) -> list[Job]:
    """Leave a batch as a process does that was stopped in its first job."""
    jobs = place.batch("sw1", "sw2")
    stop = threading.Event()
    place.script.while_running = lambda _: stop.set()
    place.engine.run(place.store.batch(jobs[0].batch_id), jobs, stop)
    place.script.while_running = lambda _: None
    place.engine.close()
    left = place.store.interrupted()
    assert [job.device_name for job in left] == ["sw1", "sw2"]
    return left


def test_resume_takes_up_all_that_is_interrupted(place: Place, capsys: Capture) -> None:
    jobs = interrupted(place)
    assert main(["resume", "--json"]) == 0
    document = said_json(capsys)
    assert document["counts"]["success"] == 2
    assert [job["id"] for job in document["jobs"]] == [job.id for job in jobs]
    assert main(["resume"]) == 0
    assert "no job waits" in capsys.readouterr().err
    assert main(["resume", "--json"]) == 0
    assert said_json(capsys)["jobs"] == []


def test_resume_of_one_leaves_the_other(place: Place, capsys: Capture) -> None:
    first, second = interrupted(place)
    assert main(["resume", str(first.id)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"swimctl: batch={first.batch_id} success=1 failed=0")
    assert place.store.job(second.id).interrupted


def test_resume_refuses_what_is_not_interrupted(place: Place, capsys: Capture) -> None:
    (job,) = place.ran("sw3")
    assert main(["resume", str(job.id)]) == 3
    assert f"job {job.id} has ended: success" in capsys.readouterr().err
    assert main(["resume", "77"]) == 2
    assert "77" in capsys.readouterr().err


def test_run_scheduled_runs_what_is_due_and_is_silent_otherwise(place: Place, capsys: Capture) -> None:
    assert main(["run-scheduled"]) == 0
    assert capsys.readouterr() == ("", "")
    later = datetime.now(UTC) + timedelta(hours=1)
    (waiting,) = place.batch("sw3", schedule_time=later)
    (due,) = place.batch("sw1", detached=True)
    assert main(["run-scheduled"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[-1].startswith(f"swimctl: batch={due.batch_id} success=1 failed=0 unknown=0")
    assert "sw1  Readiness Check  success: ready" in printed.err
    assert place.store.job(waiting.id).status is JobStatus.SCHEDULED


def test_a_stop_leaves_jobs_for_resume_and_ends_130(place: Place, capsys: Capture) -> None:
    jobs = place.batch("sw1", "sw2", detached=True)

    def interrupt(_job: Job) -> None:
        stopped = threading.Event()
        before = signal.getsignal(signal.SIGINT)
        assert callable(before)
        os.kill(os.getpid(), signal.SIGINT)
        stopped.wait(1)

    place.script.while_running = interrupt
    assert main(["run-scheduled"]) == 130
    printed = capsys.readouterr()
    assert "no more jobs are started" in printed.err
    assert f"waiting for `swimctl resume`: sw1 (job {jobs[0].id})" in printed.err
    assert "success=0 failed=0" in printed.out.splitlines()[-1]


def test_doctor_finds_nothing_reachable(place: Place, capsys: Capture) -> None:
    assert main(["doctor", "--offline"]) == 0
    lines = {line.split("\t")[0]: line.split("\t")[1:] for line in capsys.readouterr().out.splitlines()}
    assert lines["config"][0] == "ok"
    assert lines["store"] == ["ok", str(place.folder / "swimctl.db"), ""]
    assert lines["inventory"] == ["ok", "3 devices", ""]
    assert lines[f"image {place.image.id}"][0] == "ok"
    assert main(["doctor"]) == 1
    assert "device sw1\tfail\tsw1 (127.0.0.1:1) does not answer" in capsys.readouterr().out


def test_doctor_finds_a_damaged_image_and_a_fast_clock(place: Place, capsys: Capture) -> None:
    config = place.folder / "config.yaml"
    config.write_text(config.read_text() + "  clock_speed: 60\n")
    place.image.path.write_bytes(b"another image" * 60 + b"x" * 20)
    assert place.image.path.stat().st_size == place.image.size
    assert main(["doctor", "--offline", "--json"]) == 2
    checks = {check["what"]: check for check in said_json(capsys)["checks"]}
    assert checks["clock"]["result"] == "warn"
    assert checks[f"image {place.image.id}"]["result"] == "fail"
    assert "not the file that was added" in checks[f"image {place.image.id}"]["seen"]
    place.image.path.write_bytes(b"short")
    assert main(["doctor", "--offline"]) == 2
    assert "has 5 bytes, the catalogue says 800" in capsys.readouterr().out
    place.image.path.unlink()
    assert main(["doctor", "--offline"]) == 2
    assert "No such file" in capsys.readouterr().out


def test_doctor_without_a_config_says_what_to_do(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["doctor"]) == 2
    assert "--config" in capsys.readouterr().out


def test_resume_and_retry_stand_in_the_audit(place: Place) -> None:
    first, _ = interrupted(place)
    assert main(["resume", str(first.id)]) == 0
    assert main(["resume", str(first.id)]) == 3  # it has ended: refused, and nothing to tell
    (waiting,) = place.batch("sw3", detached=True)
    place.store.fail_waiting([waiting.id], "broken")
    assert main(["retry", "--batch", waiting.batch_id, "--detach"]) == 0
    told = [entry for entry in place.store.audit() if entry.action in {"resume", "retry"}]
    assert [(entry.action, entry.origin) for entry in told] == [("resume", "terminal"), ("retry", "terminal")]
    assert told[0].data == {"jobs": [first.id]}
    made = place.store.jobs()[-1]
    assert (told[1].subject, dict(told[1].data)) == (made.batch_id, {"jobs": [made.id], "of": waiting.batch_id})
