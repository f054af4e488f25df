"""Workflows of one's own against the lab: what the page shows is what happens, also where a process is killed."""

from __future__ import annotations

import json
import re
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.call_outs import call_outs
from support.processes import jobs, look, start
from support.upgrades import lab_folder, upgraded

from swimctl.config import references
from swimctl.config.checking import checked
from swimctl.models import JobOptions, Outcome
from swimctl.states import JobStatus

PAGE = Path(__file__).parents[2] / "docs" / "workflows.md"
EXAMPLES: list[str] = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
STANDARD = ["readiness", "distribution", "activation", "post-checks"]


def flow(*steps: Any, always: list[Any] | None = None) -> dict[str, Any]:
    return {"workflows": {"mine": {"steps": list(steps), "finally": always or []}}}


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=lambda text: YAML(typ="safe").load(text)["swimctl"]["workflows"].popitem()[0]
)
def test_each_example_of_the_page_is_well(tmp_path: Path, example: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(example, encoding="utf-8")
    assert checked(path).names


def test_the_first_example_silences_and_lifts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERTMANAGER_TOKEN", "tok-en-of-the-test")
    references._read.clear()
    with call_outs() as outside:
        text = EXAMPLES[0].replace("https://alertmanager.example.com", outside.url)
        settings = YAML(typ="safe").load(text)["swimctl"]
        options = JobOptions(workflow="night")
        with upgraded(tmp_path, options=options, settings=settings) as done:
            job = done.jobs["sw1"]
            assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED)
            assert [step.name for step in job.steps] == [
                "Silence alerts", "Readiness Check", "Distribution", "Activation", "Post-Checks", "Lift the silence",
            ]  # fmt: skip
    assert outside.lines == ["POST /api/v2/silences", "DELETE /api/v2/silence/s-1"]
    assert json.loads(outside.asked[0].body)["matchers"] == [{"name": "instance", "value": "sw1", "isRegex": False}]
    transcript = (tmp_path / "jobs" / "1" / "transcript.log").read_text(encoding="utf-8")
    assert "step: Silence alerts" in transcript
    assert "tok-en-of-the-test" not in transcript


def test_a_plan_asks_the_devices_and_nobody_else(tmp_path: Path) -> None:
    with call_outs() as outside:
        steps = [
            {"http": {"name": "Tell", "url": outside.url}},
            "readiness",
            {"script": {"name": "Run", "run": ["/bin/sh", "-c", "echo ran > ran"]}},
            {"command": {"name": "Save", "run": "write memory", "changes": True}},
            *STANDARD[1:],
        ]
        with lab_folder(tmp_path, settings=flow(*steps)) as lab:
            code, out = look(tmp_path, "plan", "--all", "--workflow", "mine", "--commands")
            assert code == 0, out
            assert "Save\ttypes, once: write memory" in out
            assert "sw1\twrite memory" in out
            assert "write memory" not in lab.commands("sw1")
    assert outside.lines == []
    assert not (tmp_path / "ran").exists()


def test_commands_are_typed_between_the_steps_and_one_that_changes_is_sent_once(tmp_path: Path) -> None:
    steps = [
        "readiness",
        {"command": {"name": "Ready", "run": "show version", "must_match": [r"^Cisco IOS XE Software"]}},
        {"command": {"name": "Save", "run": "write memory", "changes": True, "must_contain": ["OK"]}},
        *STANDARD[1:],
        {
            "command": {
                "name": "After",
                "run": "show version",
                "must_contain": ["17.12.04"],
                "must_not_contain": ["17.06"],
            }
        },
    ]
    with upgraded(tmp_path, options=JobOptions(workflow="mine"), settings=flow(*steps)) as done:
        job = done.jobs["sw1"]
        assert (job.status, job.error) == (JobStatus.SUCCESS, None)
        messages = {step.name: step.message for step in job.steps}
        assert messages["Ready"] == "'show version' was typed, 1 expectation holds"
        sent = [event.message for event in done.opened.store.events(job.id) if event.kind == "sent"]
    assert sent[0] == "write memory"


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ("show clock | include never", "it must contain 'never-there'"),
        ("show nonsense", "it was refused: \"% Invalid input detected at '^' marker.\""),
    ],
)
def test_a_command_that_fails_before_the_activation_leaves_the_device_as_it_was(
    tmp_path: Path, run: str, said: str
) -> None:
    steps = ["readiness", {"command": {"name": "Look", "run": run, "must_contain": ["never-there"]}}, *STANDARD[1:]]
    with upgraded(tmp_path, options=JobOptions(workflow="mine"), settings=flow(*steps)) as done:
        job = done.jobs["sw1"]
        assert (job.status, job.outcome) == (JobStatus.FAILED, Outcome.UNTOUCHED)
        assert said in (job.error or "")
        assert not done.sent("sw1", "install")


def test_one_that_fails_after_post_checks_does_not_hide_what_the_device_runs(tmp_path: Path) -> None:
    after = {"command": {"name": "Look", "run": "show clock", "must_contain": ["never-there"]}}
    with upgraded(tmp_path, options=JobOptions(workflow="mine"), settings=flow(*STANDARD, after)) as done:
        job = done.jobs["sw1"]
        assert (job.status, job.outcome) == (JobStatus.FAILED, Outcome.UPGRADED)
        assert done.runs_target("sw1")


def test_one_that_is_typed_again_until_it_holds_says_so_and_comes_to_an_end(tmp_path: Path) -> None:
    late = {"command": {"name": "Look", "run": "show version", "must_contain": ["17.12"], "within": 40}}
    with upgraded(
        tmp_path, options=JobOptions(workflow="mine"), settings=flow("readiness", late, *STANDARD[1:]), devices=2
    ) as done:
        for job in done.jobs.values():
            assert "it must contain '17.12' within 40 s" in (job.error or "")
            assert len(done.sent(job.device_name, "show version")) >= 4


def release_when_asked(folder: Path, process: Any, *more: str) -> str:
    """Wait until the job waits for a person, and answer; return what `status` said."""
    for _ in range(600):
        found = jobs(folder)
        if found and found[0]["waiting"] and found[0]["waiting"]["kind"] == "person":
            break
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.1)
    else:
        raise AssertionError(jobs(folder))
    said = look(folder, "status")[1]
    code, out = look(folder, "release", "1", "--reason", "looked at it", *more)
    assert code == 0, out
    return said


def test_a_pause_is_released_from_another_terminal(tmp_path: Path) -> None:
    pause = {"pause": {"name": "Board", "ask": "Well?", "deadline": 600}}
    with lab_folder(tmp_path, settings=flow("readiness", pause, *STANDARD[1:])):
        process = start(tmp_path, "upgrade", "sw1", "--workflow", "mine", "--yes")
        assert "swimctl release 1" in release_when_asked(tmp_path, process)
        out, _ = process.communicate(timeout=240)
        assert process.returncode == 0, out
        (entry,) = [
            one
            for one in json.loads(look(tmp_path, "audit", "list", "--json")[1])["entries"]
            if one["action"] == "release"
        ]
        assert entry["data"]["reason"] == "looked at it"
        assert look(tmp_path, "release", "1", "--reason", "again")[0] == 3


@pytest.mark.prove
def test_killed_while_it_waits_and_in_a_script_that_is_not_run_again(tmp_path: Path) -> None:
    """Kill -9 at a pause: `resume` waits on. kill -9 in a script: it is in doubt, said, and run no second time."""
    tool = tmp_path / "tool"
    tool.write_text("#!/bin/sh\necho ran >> runs\nsleep 30\n", encoding="utf-8")
    tool.chmod(0o755)
    pause = {"pause": {"name": "Board", "deadline": 600}}
    script = {"script": {"name": "Note", "run": ["./tool"]}}
    lift = {"script": {"name": "Lift", "run": ["/bin/sh", "-c", "echo lifted >> lifts"]}}
    with lab_folder(tmp_path, settings=flow("readiness", pause, script, *STANDARD[1:], always=[lift])) as lab:
        process = start(tmp_path, "upgrade", "sw1", "--workflow", "mine", "--yes")
        while not (found := jobs(tmp_path)) or not found[0]["waiting"]:
            time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        process = start(tmp_path, "resume")
        release_when_asked(tmp_path, process)
        while not (tmp_path / "runs").exists():
            assert process.poll() is None
            time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        process = start(tmp_path, "resume")
        out, _ = process.communicate(timeout=240)
        assert process.returncode == 1, out
        (job,) = jobs(tmp_path)
        assert (job["status"], job["outcome"]) == ("failed", "untouched")
        assert "'Note' is in doubt" in job["error"]
        assert (tmp_path / "runs").read_text() == "ran\n"
        assert (tmp_path / "lifts").read_text() == "lifted\n"
        assert not [line for line in lab.commands("sw1") if line.startswith("install")]
