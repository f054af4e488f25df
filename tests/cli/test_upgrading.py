"""upgrade, plan, status, cancel and retry over the real service and store; the engine is conftest.py's."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.person import at_a_terminal

from swimctl.cli import main
from swimctl.errors import Unreachable
from swimctl.models import Finding
from swimctl.states import JobStatus

Capture = pytest.CaptureFixture[str]
Place = Any  # conftest.py's: folders of tests are no packages


def said_json(capsys: Capture) -> dict[str, Any]:
    return dict(json.loads(capsys.readouterr().out))


def test_upgrade_runs_tells_and_sums_up(place: Place, capsys: Capture) -> None:
    assert main(["upgrade", "--all", "--yes"]) == 0
    printed = capsys.readouterr()
    (batch,) = place.store.batches()
    assert printed.out.splitlines()[-1].startswith(
        f"swimctl: batch={batch.id} success=3 failed=0 unknown=0 not-attempted=0 duration="
    )
    assert re.search(
        r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00  sw2  Readiness Check  success: ready$", printed.err, re.MULTILINE
    )
    assert "\x1b" not in printed.out + printed.err


def test_json_is_one_document_and_nothing_else(place: Place, capsys: Capture) -> None:
    place.script.fates = {"sw2": "no room on flash", "sw3": "unknown: silent since the reload"}
    assert main(["upgrade", "--all", "--yes", "--json"]) == 4
    document = said_json(capsys)
    assert document["exit_code"] == 4
    assert document["counts"] == {"success": 1, "failed": 1, "unknown": 1, "not_attempted": 0}
    assert [job["error"] for job in document["jobs"]] == [None, "no room on flash", "unknown: silent since the reload"]
    assert [job["steps"][0]["name"] for job in document["jobs"]] == ["Readiness Check"] * 3


def test_one_failure_is_exit_1_and_says_how_to_retry(place: Place, capsys: Capture) -> None:
    place.script.fates = {"sw2": "no room on flash"}
    assert main(["upgrade", "sw2", "1", "--yes"]) == 1
    printed = capsys.readouterr()
    (batch,) = place.store.batches()
    assert f"swimctl retry --batch {batch.id}" in printed.err
    assert "success=1 failed=1" in printed.out
    assert [job.device_name for job in place.store.jobs(batch_id=batch.id)] == ["sw2", "sw1"]


@pytest.mark.parametrize("arguments", [["--all"], ["--all", "--no-input"], ["--all", "--json"]])
def test_without_a_terminal_it_refuses_and_names_the_flag(
    place: Place, arguments: list[str], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open(os.devnull) as nothing:  # noqa: PTH123  a file object for sys.stdin
        monkeypatch.setattr(sys, "stdin", nothing)
        assert main(["upgrade", *arguments]) == 2
    printed = capsys.readouterr()
    assert "--yes" in printed.out + printed.err
    assert place.store.batches() == []


@pytest.mark.parametrize(("typed", "code", "batches"), [("y\n", 0, 1), ("n\n", 1, 0), ("\n", 1, 0), ("\x04", 1, 0)])
def test_on_a_terminal_it_shows_the_plan_and_asks(place: Place, typed: str, code: int, batches: int) -> None:
    ended, printed, shown = at_a_terminal(
        place.folder, "upgrade", "sw1", "sw3", "--detach", answers=[("[y/N]", typed)], environment={"COLUMNS": "120"}
    )
    assert "cat9k_iosxe.17.12.04.SPA.bin" in shown
    assert "Upgrade 2 devices?" in shown
    assert ended == code
    assert len(place.store.batches()) == batches
    assert "Upgrade" not in printed


@pytest.mark.usefixtures("place")
def test_at_creates_scheduled_jobs_and_returns(capsys: Capture) -> None:
    at = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    assert main(["upgrade", "--group", "access", "--yes", "--at", at, "--json"]) == 0
    document = said_json(capsys)
    assert document["status"] == "success"
    assert [detail["status"] for detail in document["details"]] == ["scheduled", "scheduled"]
    assert main(["cancel", str(document["job_ids"][0]), "--json"]) == 0
    assert said_json(capsys)["job_ids"] == document["job_ids"][:1]
    assert main(["cancel", "--batch", document["batch_id"]]) == 0
    printed = capsys.readouterr()
    assert printed.out == f"job {document['job_ids'][1]}: cancelled\n"
    assert "was not cancelled" in printed.err
    assert main(["cancel", "--batch", document["batch_id"], "--json"]) == 3
    refused = said_json(capsys)
    assert refused["status"] == "error"
    assert [job["status"] for job in refused["not_cancelled"]] == ["cancelled", "cancelled"]


@pytest.mark.parametrize(
    "at", ["2031-03-04T02:00", "2001-03-04T02:00Z", "tomorrow", "2031-13-04T02:00Z", "2001-03-04 02:00"]
)
def test_a_time_that_is_past_zoneless_or_none_is_exit_2(place: Place, at: str, capsys: Capture) -> None:
    assert main(["upgrade", "--all", "--yes", "--at", at]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert place.store.batches() == []


def test_detached_jobs_wait_for_run_scheduled(place: Place, capsys: Capture) -> None:
    assert main(["upgrade", "sw1", "--yes", "--detach"]) == 0
    capsys.readouterr()
    (batch,) = place.store.batches()
    assert [job.status for job in place.store.jobs(batch_id=batch.id)] == [JobStatus.PENDING]
    assert main(["run-scheduled"]) == 0
    assert [job.status for job in place.store.jobs(batch_id=batch.id)] == [JobStatus.SUCCESS]


def test_options_reach_the_batch(place: Place) -> None:
    options = [
        "--sequential",
        "--max-failures",
        "2",
        "--no-activate",
        "--cleanup-flash",
        "--force",
        "--workers",
        "2",
        "--image",
        "1",
    ]
    assert main(["upgrade", "--all", "--exclude", "sw3", "--yes", "--quiet", *options]) == 0
    (batch,) = place.store.batches()
    assert (batch.mode.value, batch.max_failures, batch.workers) == ("sequential", 2, 2)
    assert (batch.options.activate, batch.options.cleanup_flash, batch.options.force) == (False, True, True)
    assert [job.device_name for job in place.store.jobs(batch_id=batch.id)] == ["sw1", "sw2"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "no devices were selected"),
        (["sw9"], "sw9"),
        (["--all", "--image", "99"], "99"),
        (["--all", "--image", "nothing.bin"], "nothing.bin"),
        (["--all", "--workflow", "secret"], "secret"),
        (["--all", "--workers", "0"], "workers"),
        (["--all", "--max-failures", "-1"], "max_failures"),
        (["--filter", "role"], "key=value"),
        (["--limit", "nowhere*"], "nowhere*"),
    ],
)
def test_a_wrong_request_starts_nothing(place: Place, arguments: list[str], says: str, capsys: Capture) -> None:
    for verb in ("upgrade", "plan"):
        if verb == "plan" and "--max-failures" in arguments:
            continue
        assert main([verb, *arguments, *(["--yes"] if verb == "upgrade" else ["--offline"])]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert says in printed.err
    assert place.store.batches() == []


def test_a_device_without_an_image_is_told_of_and_counts(place: Place, capsys: Capture) -> None:
    place.store.unset_golden(place.image.id)
    place.store.set_golden(place.image.id, "core")
    assert main(["upgrade", "--all", "--yes"]) == 1
    printed = capsys.readouterr()
    assert "sw1 gets no job: " in printed.err
    assert "success=1 failed=0 unknown=0 not-attempted=2" in printed.out
    assert main(["upgrade", "sw1", "--yes", "--json"]) == 2
    assert said_json(capsys)["error"] == "image"


def test_plan_asks_the_devices_and_changes_nothing(place: Place, capsys: Capture) -> None:
    assert main(["plan", "--all"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split("\t")[-1] == "ready"
    place.script.findings = {
        "sw2": [
            Finding("free flash", False, "1.0 GB on flash-2", "2.9 GB", "install remove inactive"),
            Finding("install mode", True, "INSTALL", "INSTALL"),
        ],
        "sw3": Unreachable("sw3 (127.0.0.1 port 1) does not answer"),
    }
    assert main(["plan", "--all"]) == 1
    out = capsys.readouterr().out
    assert "sw2\t\t17.12.04\tcat9k_iosxe.17.12.04.SPA.bin\t800\t\t1\t\tnot ready" in out
    assert "sw2\tfree flash\t1.0 GB on flash-2\t2.9 GB\tinstall remove inactive" in out
    assert "sw3 (127.0.0.1 port 1) does not answer" in out
    assert main(["upgrade", "--all", "--check", "--json"]) == 1
    devices = {device["device_hostname"]: device for device in said_json(capsys)["devices"]}
    assert [devices[name]["ready"] for name in ("sw1", "sw2", "sw3")] == [True, False, False]
    assert devices["sw2"]["findings"][0]["next"] == "install remove inactive"
    assert main(["plan", "--all", "--offline", "--json"]) == 0
    offline = said_json(capsys)["devices"][1]
    assert (offline["ready"], offline["already"]) == (None, "")
    assert place.store.batches() == []


def test_plan_asks_with_the_options_of_the_upgrade_and_says_where_nothing_is_to_do(
    place: Place, capsys: Capture
) -> None:
    place.script.already = {"sw1": "already runs 17.12.04, committed, on every member"}
    assert main(["plan", "--all", "--issu", "--convert", "--force", "--cleanup-flash"]) == 0
    verdicts = [line.split("\t")[-1] for line in capsys.readouterr().out.splitlines()[1:-1]]
    assert verdicts == ["already there", "ready", "ready"]
    asked = place.script.options
    assert asked is not None
    assert (asked.issu, asked.convert, asked.force, asked.cleanup_flash) == (True, True, True, True)


def test_retry_runs_what_failed_once_more(place: Place, capsys: Capture) -> None:
    place.script.fates = {"sw2": "no room on flash"}
    assert main(["upgrade", "--all", "--yes", "--quiet"]) == 1
    (first,) = place.store.batches()
    place.script.fates = {}
    assert main(["retry", "--batch", first.id[:8]]) == 0
    second = place.store.batches()[0]
    assert [job.device_name for job in place.store.jobs(batch_id=second.id)] == ["sw2"]
    capsys.readouterr()
    assert main(["retry", "--batch", second.id]) == 3
    assert main(["retry", "--batch", "00000000"]) == 2
    assert main(["retry", "--batch", first.id, "--no-input"]) == 2


def test_status_of_latest_batch_of_jobs_and_missing_ones(place: Place, capsys: Capture) -> None:
    assert main(["status"]) == 0
    assert "no jobs yet" in capsys.readouterr().err
    place.ran("sw1", "sw2")
    (latest,) = place.ran("sw3")
    assert main(["status", "--json"]) == 0
    assert [job["device_hostname"] for job in said_json(capsys)["jobs"]] == ["sw3"]
    assert main(["status", "1", "99", "--json"]) == 0
    document = said_json(capsys)
    assert [job["id"] for job in document["jobs"]] == [1]
    assert document["missing"] == [99]
    assert main(["status", "99"]) == 2
    assert main(["status", "--batch", latest.batch_id]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split("\t")[0] == "job"
    assert "Readiness Check\tsuccess" in "\n".join(lines)


def test_watch_follows_another_process_without_a_terminal(place: Place, capsys: Capture) -> None:
    jobs = place.batch("sw1", "sw2", detached=True)
    place.script.fates = {"sw2": "no room on flash"}
    runs = threading.Thread(
        target=place.engine.run, args=(place.store.batch(jobs[0].batch_id), jobs, threading.Event())
    )
    runs.start()
    assert main(["status", "--watch"]) == 1
    runs.join(30)
    out = capsys.readouterr().out
    assert "sw2  failed: no room on flash" in out
    assert out.splitlines()[-1].startswith(f"swimctl: batch={jobs[0].batch_id} success=1 failed=1")


def test_workflows_are_listed_and_shown(place: Place, capsys: Capture) -> None:
    config = place.folder / "config.yaml"
    config.write_text(
        config.read_text()
        + "  workflows:\n    copy-only:\n      description: by day\n      steps: [readiness, distribution]\n"
    )
    assert main(["workflow", "list", "--json"]) == 0
    workflows = {workflow["name"]: workflow for workflow in said_json(capsys)["workflows"]}
    assert workflows["standard"]["steps"] == ["Readiness Check", "Distribution", "Activation", "Post-Checks"]
    assert workflows["copy-only"]["steps"] == ["Readiness Check", "Distribution"]
    assert main(["workflow", "show", "copy-only"]) == 0
    assert "  2. Distribution" in capsys.readouterr().out
    assert main(["workflow", "show", "nothing"]) == 2


OWN = """\
  workflows:
    night:
      steps:
        - readiness
        - command: {name: Clock, run: show clock}
        - distribution
        - http: {name: Tell, url: "https://chat.example.com/{key}", text: hello, secrets: {key: {env: NO_SUCH_KEY}}}
"""


def test_workflows_of_ones_own_are_shown_planned_and_checked(place: Place, capsys: Capture) -> None:
    config = place.folder / "config.yaml"
    before = config.read_text()
    config.write_text(before + OWN)
    assert main(["workflow", "show", "night"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "  1. Readiness Check",
        "  2. Clock: types: show clock",
        "  3. Distribution",
        "  4. Tell: POST https://chat.example.com/{key}",
    ]
    assert main(["plan", "sw1", "--offline", "--workflow", "night"]) == 0
    assert "Clock\ttypes: show clock\n" in capsys.readouterr().out
    assert main(["plan", "sw1", "--offline", "--workflow", "night", "--json"]) == 0
    assert said_json(capsys)["steps"][1] == {"name": "Clock", "does": "types: show clock"}
    assert main(["workflow", "validate"]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("config.yaml: 1 workflow (night), all well\n")
    assert "night, step 'Tell': the environment has no NO_SUCH_KEY here" in err
    config.write_text(before + OWN.replace("show clock", "reload"))
    assert main(["workflow", "validate"]) == 2
    err = capsys.readouterr().err
    assert (
        f"line {before.count(chr(10)) + 5}: swimctl.workflows.night.steps.1.command.run: 'reload' is not known" in err
    )
    config.write_text(before)
    alone = place.folder / "flows.yaml"
    alone.write_text(OWN.replace("  workflows", "workflows", 1))
    assert main(["workflow", "validate", str(alone), "--json"]) == 0
    assert said_json(capsys)["workflows"] == ["night"]
