"""Steps of one's own in a job: what they send and run, once, and what their failure does to the job."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.call_outs import call_outs, dripping, saying, silent
from support.certificates import self_signed
from support.scripted_job import PaperJob, Played, paper_job
from support.scripted_steps import DAY, NEW, OLD, STARTED, PaperClock, PaperSession, Scripted, activated, runs, stands

from swimctl.config import references
from swimctl.config.flows import Flow
from swimctl.config.own_steps import Call, Command, Hold, Own, Script
from swimctl.errors import ConflictError, DeviceUnknown, NotReady, StaleClaim
from swimctl.models import Caller, Job, JobOptions, Outcome, Policy
from swimctl.platforms.facts import Placement
from swimctl.sessions.session import Reply
from swimctl.states import STEP_NAMES, JobStatus, StepStatus
from swimctl.steps import JobContext
from swimctl.steps.own import running
from swimctl.steps.own.facts import sent_key
from swimctl.waiting import Waiting, WaitKind

ANNA = Caller("anna", "terminal")
SECRET = "t0p-s3cret-tok3n"


@contextmanager
def job_of(
    folder: Path, monkeypatch: pytest.MonkeyPatch, flow: Flow, played: tuple[Played, ...] = (), **more: Any
) -> Iterator[PaperJob]:
    """Claim a job of this workflow, whose standard steps are played."""
    acts = {step.kind: step for step in played}
    as_before = {"running": [runs(OLD, OLD, uptime=30 * DAY)], "installed": [stands(Placement.ABSENT)]}
    more.setdefault("device", Scripted(**as_before))
    more.setdefault("policy", Policy(ticket="CHG-7"))
    steps = [acts.get(kind, Played(kind)) for kind in STEP_NAMES]
    with paper_job(folder, monkeypatch, steps=steps, kinds=flow.kinds, flow=flow.text(), **more) as job:
        yield job


def around(*own: Own, always: tuple[Own, ...] = ()) -> Flow:
    """Make a workflow with these steps before the copy."""
    return Flow(("readiness", *own, "distribution"), always)


def statuses(job: Job) -> dict[str, str]:
    return {step.name: step.status.value for step in job.steps}


def refuse(_context: JobContext) -> None:
    raise NotReady("not ready, nothing was changed: space")


def program(folder: Path, text: str, name: str = "tool") -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return f"./{name}"


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, dict[str, str]]]:
    monkeypatch.setenv("OWN_TOKEN", SECRET)
    references._read.clear()
    yield {"token": {"env": "OWN_TOKEN"}}
    references._read.clear()


def in_store(job: PaperJob, text: str) -> bool:
    """Return whether a text is anywhere in the store's file, or in what is not yet in it."""
    files = job.store.path.parent.glob(f"{job.store.path.name}*")
    return any(text.encode() in file.read_bytes() for file in files if file.is_file())


# Call-outs.


def silence(url: str, **more: Any) -> Call:
    return Call.model_validate(
        {
            "name": "Silence",
            "url": f"{url}/silences",
            "json": {"comment": "job {job} of {device}, {ticket}", "id": "{job}", "until": "{until}"},
            "keep": {"silence": "silenceID"},
            "lasts": 7200,
            **more,
        }
    )


def lift(url: str) -> Call:
    return Call(name="Lift", url=f"{url}/silence/{{silence}}", method="DELETE", after="Silence")


def test_a_silence_is_made_before_and_lifted_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: dict[str, dict[str, str]]
) -> None:
    with call_outs() as outside:
        made = silence(outside.url, headers={"Authorization": "Bearer {token}"}, secrets=token)
        with job_of(tmp_path, monkeypatch, around(made, always=(lift(outside.url),))) as job:
            ended = job.run()
            assert not in_store(job, SECRET)
            told = job.told("sent")
    assert (ended.status, ended.outcome) == (JobStatus.SUCCESS, Outcome.UNTOUCHED)
    assert set(statuses(ended).values()) == {"success"}
    assert outside.lines == ["POST /silences", "DELETE /silence/s-1"]
    first = outside.asked[0]
    assert first.headers["Authorization"] == f"Bearer {SECRET}"
    until = (STARTED + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S")
    body = json.loads(first.body)
    assert (body["comment"], body["id"]) == (f"job {ended.id} of sw1, CHG-7", ended.id)
    assert body["until"].startswith(until)
    assert told == [f"POST {outside.url}/silences", f"DELETE {outside.url}/silence/s-1"]


@pytest.mark.parametrize("failing", ["readiness", "distribution"])
def test_what_comes_at_each_end_comes_where_the_job_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    with call_outs() as outside:
        flow = Flow((silence(outside.url), "readiness", "distribution"), (lift(outside.url),))
        with job_of(tmp_path, monkeypatch, flow, (Played(failing, refuse),)) as job:
            ended = job.run()
    assert (ended.status, ended.error) == (JobStatus.FAILED, ended.error)
    assert "space" in (ended.error or "")
    assert outside.lines == ["POST /silences", "DELETE /silence/s-1"]
    assert statuses(ended)["Lift"] == "success"


def test_what_was_not_silenced_is_not_lifted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with call_outs() as outside:
        flow = around(silence(outside.url), always=(lift(outside.url),))
        with job_of(tmp_path, monkeypatch, flow, (Played("readiness", refuse),)) as job:
            ended = job.run()
    assert outside.lines == []
    assert statuses(ended)["Lift"] == "skipped"


def test_the_steps_at_the_end_know_what_the_job_came_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with call_outs() as outside:
        told = Call(name="Tell", url=f"{outside.url}/chat", text="{device}: {status}, {outcome}. {error}")
        with job_of(tmp_path, monkeypatch, around(always=(told,)), (Played("distribution", refuse),)) as job:
            job.run()
    assert outside.asked[0].body.startswith("sw1: failed, untouched. not ready, nothing was changed: space")


def test_a_step_at_the_end_that_fails_fails_a_job_that_went_well_and_does_not_hide_what_its_device_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(context: JobContext) -> None:
        for key, value in activated().items():
            context.record.remember(key, value)

    with call_outs(answers=saying(500, "down")) as outside:
        flow = Flow(tuple(STEP_NAMES), (Call(name="Tell", url=outside.url),))
        device = Scripted(running=[runs(NEW, NEW)], installed=[stands(Placement.COMMITTED)])
        with job_of(tmp_path, monkeypatch, flow, (Played("activation", send),), device=device) as job:
            ended = job.run()
    assert (ended.status, ended.outcome) == (JobStatus.FAILED, Outcome.UPGRADED)
    assert "'Tell', which runs at each end, failed: POST" in (ended.error or "")
    assert "it answers 500, needed 200 or 201 or 202 or 204" in (ended.error or "")
    assert "next:" in (ended.error or "")


@pytest.mark.parametrize(
    ("answers", "more", "said"),
    [
        (saying(503, "no"), {}, "it answers 503"),
        (saying(200, "fine"), {"must_contain": ["great"]}, "its answer must contain 'great'"),
        (saying(200, "fine"), {"keep": {"x": "id"}}, "its answer is not JSON"),
        (saying(200, '{"id": {}}'), {"keep": {"x": "id"}}, "its answer has no value at 'id'"),
        (saying(302, "", Location="/elsewhere"), {}, "it answers 302"),
        (
            silent(30),
            {"timeout": 0.3},
            "no whole answer within 0.3 s; it was sent, and whether it was done is in doubt",
        ),
        (dripping(), {"timeout": 0.3}, "no whole answer within 0.3 s"),
    ],
)
def test_an_answer_that_is_not_as_needed_fails_the_job_before_its_device_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: Any, more: dict[str, Any], said: str
) -> None:
    with call_outs(answers=answers) as outside:
        asks = Call.model_validate({"name": "Ask", "url": f"{outside.url}/x", **more})
        copies = Played("distribution")
        began = time.monotonic()
        with job_of(tmp_path, monkeypatch, around(asks), (copies,)) as job:
            ended = job.run()
        assert time.monotonic() - began < 10
    assert (ended.status, ended.outcome) == (JobStatus.FAILED, Outcome.UNTOUCHED)
    assert said in (ended.error or "")
    assert copies.runs == 0
    assert outside.lines == ["POST /x"]


def test_an_answer_that_is_the_last_of_its_connection_and_comes_slowly_has_an_end_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []

    def drip(server: socket.socket) -> None:
        with server.accept()[0] as one, contextlib.suppress(OSError):
            one.recv(9999)
            one.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 400\r\n\r\n")
            while len(sent) < 400:
                one.sendall(b".")
                sent.append(b".")
                time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as server:
        drips = threading.Thread(target=drip, args=[server])
        drips.start()
        call = Call(name="Tell", url=f"http://127.0.0.1:{server.getsockname()[1]}/", timeout=0.5)
        with job_of(tmp_path, monkeypatch, around(call)) as job:
            ended = job.run()
        drips.join()
    assert len(sent) < 400, "the other side was left before it came to its end"
    assert "no whole answer within 0.5 s; it was sent, and whether it was done is in doubt" in (ended.error or "")


def test_a_certificate_is_checked_and_an_authority_of_ones_own_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cert, key = self_signed(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(cert, key)
    with call_outs(tls) as outside:
        for number, (authority, status) in enumerate([(None, "failed"), (Path("cert.pem"), "success")]):
            folder = tmp_path / str(number)
            folder.mkdir()
            (folder / "cert.pem").write_bytes(cert.read_bytes())
            with job_of(folder, monkeypatch, around(Call(name="Ask", url=outside.url, ca=authority))) as job:
                ended = job.run()
            assert ended.status.value == status
            if authority is None:
                assert "it cannot be reached: self-signed certificate; nothing was sent" in (ended.error or "")
    assert len(outside.asked) == 1


def test_nobody_there_is_no_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with job_of(tmp_path, monkeypatch, around(Call(name="Ask", url="http://127.0.0.1:9/x"))) as job:
        ended = job.run()
        assert job.store.recall(job.job.id, sent_key("Ask")) is None
    assert "it cannot be reached: Connection refused; nothing was sent" in (ended.error or "")


@pytest.mark.parametrize("header", ["{comment}", "{token}"])
def test_what_http_cannot_send_is_said_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    monkeypatch.setenv("ODD_TOKEN", "a → b")
    references._read.clear()
    with call_outs() as outside:
        asks = Call(name="Ask", url=outside.url, headers={"X-Why": header}, secrets={"token": {"env": "ODD_TOKEN"}})
        with job_of(tmp_path, monkeypatch, around(asks), policy=Policy(comment="old → new")) as job:
            ended = job.run()
            assert job.store.recall(job.job.id, sent_key("Ask")) is None
    assert outside.lines == []
    assert "a header is not one line of characters that HTTP can send; nothing was sent" in (ended.error or "")


def test_a_secret_is_shown_nowhere_though_the_other_side_says_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: dict[str, dict[str, str]]
) -> None:
    with call_outs(answers=saying(400, f"your token {SECRET} is bad")) as outside:
        asks = Call(name="Ask", url=f"{outside.url}/{{token}}/x?key={{token}}", secrets=token)
        with job_of(tmp_path, monkeypatch, around(asks)) as job:
            ended = job.run()
            assert not in_store(job, SECRET)
    assert outside.lines == [f"POST /{SECRET}/x?key={SECRET}"]
    assert SECRET not in (ended.error or "")
    assert "it answers 400" in (ended.error or "")


def test_a_secret_that_is_not_there_sends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH", raising=False)
    with call_outs() as outside:
        asks = Call(name="Ask", url=outside.url, secrets={"token": {"env": "NO_SUCH"}})
        with job_of(tmp_path, monkeypatch, around(asks)) as job:
            ended = job.run()
    assert outside.lines == []
    assert "the environment has no NO_SUCH" in (ended.error or "")


# A process that died in between.


def test_a_call_whose_process_died_half_way_is_in_doubt_and_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        call_outs() as outside,
        job_of(tmp_path, monkeypatch, around(silence(outside.url), always=(lift(outside.url),))) as job,
    ):
        job.store.remember(job.job.id, sent_key("Silence"), {"what": "POST"})
        job.store.step(job.job.id, job.runner, "readiness", StepStatus.SUCCESS)
        job.store.step(job.job.id, job.runner, "Silence", StepStatus.RUNNING)
        ended = job.run()
    assert outside.lines == []
    assert "'Silence' is in doubt" in (ended.error or "")
    assert "'Lift', which runs at each end, failed: {silence} was kept by no step before" in (ended.error or "")


def test_a_call_that_may_be_made_again_is_and_one_whose_end_is_known_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with call_outs() as outside:
        made = silence(outside.url, again=True)
        with job_of(tmp_path, monkeypatch, around(made)) as job:
            job.store.remember(job.job.id, sent_key("Silence"), {"what": "POST"})
            job.store.step(job.job.id, job.runner, "readiness", StepStatus.SUCCESS)
            assert job.run().status is JobStatus.SUCCESS
        assert outside.lines == ["POST /silences"]
        folder = tmp_path / "known"
        folder.mkdir()
        with job_of(folder, monkeypatch, around(silence(outside.url))) as job:
            job.store.remember(job.job.id, sent_key("Silence"), {"what": "POST"})
            job.store.remember(job.job.id, "own done Silence", "POST: 201")
            assert job.run().status is JobStatus.SUCCESS
    assert outside.lines == ["POST /silences"]


def test_a_job_that_was_at_its_end_runs_nothing_before_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with call_outs() as outside:
        told = [Call(name=name, url=f"{outside.url}/{name}") for name in ("one", "two")]
        copies, checks = Played("distribution"), Played("readiness")
        with job_of(tmp_path, monkeypatch, around(always=tuple(told)), (checks, copies)) as job:
            job.store.step(job.job.id, job.runner, "readiness", StepStatus.SUCCESS)
            job.store.step(job.job.id, job.runner, "distribution", StepStatus.FAILED, "no room")
            job.store.step(job.job.id, job.runner, "one", StepStatus.SUCCESS)
            job.store.remember(job.job.id, "ending", {"outcome": "untouched", "error": "no room; next: x"})
            ended = job.run()
    assert (checks.runs, copies.runs) == (0, 0)
    assert outside.lines == ["POST /two"]
    assert (ended.status, ended.outcome) == (JobStatus.FAILED, Outcome.UNTOUCHED)
    assert (ended.error or "").startswith("no room")


def test_who_lost_the_job_sends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with call_outs() as outside:

        def taken(context: JobContext) -> None:
            job.store.lease(context.job.id, job.runner)  # another process took it up meanwhile

        flow = around(silence(outside.url))
        with job_of(tmp_path, monkeypatch, flow, (Played("readiness", taken),)) as job, pytest.raises(StaleClaim):
            job.run()
    assert outside.lines == []


def test_a_workflow_that_is_changed_later_changes_no_job_that_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with call_outs() as outside, job_of(tmp_path, monkeypatch, around(silence(outside.url))) as job:
        assert job.runs._settings.workflows == {}
        assert job.run().status is JobStatus.SUCCESS
    assert outside.lines == ["POST /silences"]


# Scripts.


def test_a_script_gets_the_facts_and_little_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: dict[str, dict[str, str]]
) -> None:
    monkeypatch.setenv("SWIMCTL_PASSWORD", "pw-of-the-device")
    run = program(tmp_path, 'cat > facts.json; env > env.txt; echo "$1"; echo $KEY')
    step = Script(name="Note", run=[run, "{device}"], env={"KEY": "k-{token}"}, secrets=token)
    with job_of(tmp_path, monkeypatch, around(step)) as job:
        ended = job.run()
        (event,) = [each for each in job.store.events(job.job.id) if each.kind == "own"]
        assert not in_store(job, SECRET)
    assert ended.status is JobStatus.SUCCESS
    facts = json.loads((tmp_path / "facts.json").read_text())
    assert (facts["device"], facts["job"], facts["release"]) == ("sw1", ended.id, "17.12.04")
    found = dict(line.split("=", 1) for line in (tmp_path / "env.txt").read_text().splitlines())
    assert found["KEY"] == f"k-{SECRET}"
    assert set(found) <= {"PATH", "HOME", "LANG", "KEY", "PWD", "OLDPWD", "SHLVL", "_"}
    assert event.data["output"] == "sw1\nk-********\n"
    assert event.data["code"] == 0


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        ("echo no room >&2; exit 3", {}, "exit code 3; needed: exit code 0; last words: 'no room'"),
        ("kill -9 $$", {}, "it was ended by signal 9"),
        ("sleep 60", {"timeout": 0.3}, "it was killed, as it did not end in time of 0.3 s"),
    ],
)
def test_its_exit_code_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, more: dict[str, Any], said: str
) -> None:
    step = Script.model_validate({"name": "Note", "run": [program(tmp_path, text)], **more})
    copies = Played("distribution")
    with job_of(tmp_path, monkeypatch, around(step), (copies,)) as job:
        ended = job.run()
    assert (ended.status, ended.outcome, copies.runs) == (JobStatus.FAILED, Outcome.UNTOUCHED, 0)
    assert said in (ended.error or "")


@pytest.mark.parametrize("ends", ["exit 0", "sleep 60"])
def test_all_that_a_script_has_started_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: str) -> None:
    run = program(tmp_path, f"trap '' TERM; sleep 300 & echo $! > child; {ends}")
    with job_of(tmp_path, monkeypatch, around(Script(name="Note", run=[run], timeout=1))) as job:
        began = time.monotonic()
        ended = job.run()
    assert time.monotonic() - began < 20
    assert ended.status is (JobStatus.SUCCESS if ends == "exit 0" else JobStatus.FAILED)
    assert is_gone(int((tmp_path / "child").read_text()))


def impatient_keeper(folder: Path) -> Path:
    path = folder / "keeper.py"
    path.write_text(Path(running.keeper.__file__).read_text().replace("GRACE = 5.0", "GRACE = 0.2"))
    return path


def started_child(folder: Path) -> int:
    child = folder / "child"
    for _ in range(200):
        if child.exists() and child.read_text().strip():
            break
        time.sleep(0.05)
    return int(child.read_text())


@pytest.mark.parametrize(
    "text",
    [
        "echo $$ > child; sleep 300",
        "echo $$ > child; trap '' TERM; sleep 300 & sleep 300",
        "(trap '' TERM; sh -c 'echo $PPID > child'; sleep 300; true) & wait",
    ],
    ids=["it hears", "it does not hear", "what it has started does not hear"],
)
def test_a_script_and_all_that_it_has_started_end_where_nobody_holds_the_other_end_of_its_keeper(
    tmp_path: Path, text: str
) -> None:
    run = program(tmp_path, text)
    here, there = socket.socketpair()
    words = [sys.executable, "-I", "-S", str(impatient_keeper(tmp_path)), str(there.fileno()), str(tmp_path / run)]
    with here, there:
        kept = subprocess.Popen(words, cwd=tmp_path, start_new_session=True, pass_fds=(there.fileno(),))
        child = started_child(tmp_path)
        assert kept.poll() is None
    assert kept.wait(timeout=20) < 0
    assert is_gone(child)


def test_a_script_ends_though_swimctl_was_killed_before_it_was_told_that_it_had_started(tmp_path: Path) -> None:
    run = program(tmp_path, "sleep 300")
    here, there = socket.socketpair()
    here.close()
    words = [sys.executable, "-I", "-S", str(impatient_keeper(tmp_path)), str(there.fileno()), str(tmp_path / run)]
    with there:
        kept = subprocess.Popen(words, cwd=tmp_path, start_new_session=True, pass_fds=(there.fileno(),))
    assert kept.wait(timeout=20) < 0
    assert all(map(is_gone, of_the_group(kept.pid)))


def of_the_group(group: int) -> list[int]:
    """List the processes of a group, by what stands behind the name of each in its status."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(status.read_text().rpartition(")")[2].split()[2]) == group:
                found.append(int(status.parent.name))
    return found


@pytest.mark.prove
def test_a_script_ends_with_a_swimctl_that_is_killed(tmp_path: Path) -> None:
    run = program(tmp_path, "echo $$ > child; trap '' TERM; sleep 300 & sleep 300")
    killed = (
        "import pathlib, sys; from swimctl.steps.own import running; running.keeper.__file__ = sys.argv[2];"
        "running.run([sys.argv[1]], {'PATH': '/bin:/usr/bin'}, '{}', pathlib.Path(sys.argv[3]), 300, '')"
    )
    keeper = impatient_keeper(tmp_path)
    swimctl = subprocess.Popen([sys.executable, "-c", killed, str(tmp_path / run), str(keeper), str(tmp_path)])
    child = started_child(tmp_path)
    swimctl.kill()
    swimctl.wait()
    assert is_gone(child)


@pytest.mark.parametrize("reads", ["cat > given", "head -c 10 > /dev/null", "true"])
def test_its_input_comes_whole_however_long_and_may_be_left_unread(tmp_path: Path, reads: str) -> None:
    given = "0123456789" * 30_000
    ran = running.run([program(tmp_path, f"{reads}; echo done")], {"PATH": "/bin:/usr/bin"}, given, tmp_path, 20, "")
    assert (ran.code, ran.output) == (0, "done\n")
    assert reads != "cat > given" or (tmp_path / "given").read_text() == given


def is_gone(pid: int) -> bool:
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


def test_one_that_prints_without_end_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = program(tmp_path, "yes 0123456789 | head -c 30000000; echo; echo the end")
    with job_of(tmp_path, monkeypatch, around(Script(name="Note", run=[run]))) as job:
        assert job.run().status is JobStatus.SUCCESS
        (event,) = [each for each in job.store.events(job.job.id) if each.kind == "own"]
    assert event.data["output"].endswith("the end\n")
    assert len(event.data["output"]) == 4000


def test_one_gets_what_an_earlier_call_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = program(tmp_path, 'echo "$1 $SILENCE" > kept')
    with call_outs() as outside:
        note = Script(name="Note", run=[run, "{silence}"], env={"SILENCE": "is {silence}"})
        with job_of(tmp_path, monkeypatch, around(silence(outside.url), note)) as job:
            assert job.run().status is JobStatus.SUCCESS
    assert (tmp_path / "kept").read_text() == "s-1 is s-1\n"


def test_one_that_is_not_there_was_not_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with job_of(tmp_path, monkeypatch, around(Script(name="Note", run=["./nothing"]))) as job:
        ended = job.run()
    assert "./nothing cannot be run: No such file or directory; nothing was started" in (ended.error or "")


def test_one_whose_process_died_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = program(tmp_path, "touch ran")
    with job_of(tmp_path, monkeypatch, around(Script(name="Note", run=[run]))) as job:
        job.store.remember(job.job.id, sent_key("Note"), {"what": "script"})
        ended = job.run()
    assert "'Note' is in doubt" in (ended.error or "")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("step", [{"dance": {"name": "Dance"}}, {"pause": {"name": "Dance", "music": "loud"}}])
def test_a_workflow_of_another_swimctl_fails_its_job_before_any_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: dict[str, Any]
) -> None:
    flow = json.dumps({"steps": ["readiness", step], "finally": []})
    ready = Played("readiness")
    with paper_job(
        tmp_path, monkeypatch, steps=[ready], kinds=("readiness", "Dance"), flow=flow, device=known()
    ) as job:
        ended = job.run()
    assert (ended.status, ended.outcome, ready.runs) == (JobStatus.FAILED, Outcome.UNTOUCHED, 0)
    assert "the job has steps that this swimctl does not know: 'Dance'" in (ended.error or "")


# Waiting for a person.


class Person(threading.Event):
    """A stop that lets time pass on paper while a job waits, and has somebody act after some of it."""

    def __init__(self, clock: PaperClock, after: float, act: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self.clock, self.after, self.act = clock, after, act

    def wait(self, timeout: float | None = None) -> bool:
        before = self.clock.seconds
        self.clock.sleep(timeout or 0.0)
        if before < self.after <= self.clock.seconds:
            self.act()
        return self.is_set()


HOLD = Hold(name="Board", ask="Is CHG-7 approved?", deadline=600)


def test_a_job_waits_for_a_person_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Job] = []
    with job_of(tmp_path, monkeypatch, around(HOLD)) as job:

        def act() -> None:
            seen.append(job.now)
            job.store.answer([job.job.id], ANNA, "the board said yes", go=True)

        job.stop = Person(job.device.clock, 30, act)
        ended = job.run()
        (entry,) = [each for each in job.store.audit() if each.action == "release"]
    until = STARTED + timedelta(seconds=600)
    assert seen[0].waiting == Waiting(WaitKind.PERSON, "Board: Is CHG-7 approved?", seen[0].id, until)
    assert seen[0].waiting is not None
    assert f"`swimctl release {ended.id}`" in seen[0].waiting.sentence()
    assert (ended.status, ended.waiting) == (JobStatus.SUCCESS, None)
    assert next(step.message for step in ended.steps if step.name == "Board") == "released by anna: the board said yes"
    assert (entry.actor, entry.data["reason"], entry.data["steps"]) == ("anna", "the board said yes", ["Board"])


def test_a_person_may_refuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with job_of(tmp_path, monkeypatch, around(HOLD)) as job:
        job.stop = Person(job.device.clock, 30, lambda: job.store.answer([job.job.id], ANNA, "not tonight", go=False))
        ended = job.run()
        assert [each.action for each in job.store.audit()] == ["refuse"]
    assert (ended.status, ended.outcome) == (JobStatus.FAILED, Outcome.UNTOUCHED)
    assert "refused by anna: not tonight" in (ended.error or "")


def test_nobody_waits_for_ever_and_a_resume_does_not_begin_the_wait_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with job_of(tmp_path, monkeypatch, around(HOLD)) as job:
        person = job.stop = Person(job.device.clock, 400)
        person.act = person.set
        left = job.run()
        assert (left.status, left.interrupted) == (JobStatus.DISTRIBUTING, True)
        assert job.store.claim(job.job.id, job.runner) is not None
        job.stop = Person(job.device.clock, 1e9)
        ended = job.run()
    assert 600 <= job.device.clock.seconds < 602
    assert ended.status is JobStatus.FAILED
    assert "nobody released it until 2031-05-04T01:40:00" in (ended.error or "")


def test_an_answer_that_comes_while_nobody_runs_the_job_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with job_of(tmp_path, monkeypatch, around(HOLD)) as job:
        person = job.stop = Person(job.device.clock, 30)
        person.act = person.set
        assert job.run().interrupted
        assert job.store.waiting_for_a_person("batch-0001") == [job.job.id]
        job.store.answer([job.job.id], ANNA, "yes", go=True)
        assert job.store.claim(job.job.id, job.runner) is not None
        job.stop = Person(job.device.clock, 1e9)
        assert job.run().status is JobStatus.SUCCESS
    assert job.device.clock.seconds < 60


def test_only_who_waits_can_be_answered_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with job_of(tmp_path, monkeypatch, around(HOLD)) as job:
        with pytest.raises(ConflictError, match="does not wait for a person"):
            job.store.answer([job.job.id], ANNA, "yes", go=True)

        def act() -> None:
            assert job.store.waiting_for_a_person("batch-0001") == [job.job.id]
            job.store.answer([job.job.id], ANNA, "yes", go=True)
            with pytest.raises(ConflictError, match="has its answer"):
                job.store.answer([job.job.id], ANNA, "no", go=False)

        job.stop = Person(job.device.clock, 30, act)
        assert job.run().status is JobStatus.SUCCESS
        with pytest.raises(ConflictError, match="waits for a person"):
            job.store.waiting_for_a_person("batch-0001")


def test_copy_only_leaves_out_what_stands_behind_the_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with call_outs() as outside:
        flow = Flow(
            ("readiness", "distribution", silence(outside.url), "activation", "post-checks"), (lift(outside.url),)
        )
        with job_of(tmp_path, monkeypatch, flow, options=JobOptions(activate=False)) as job:
            ended = job.run()
    assert outside.lines == []
    assert ended.status is JobStatus.SUCCESS
    assert [name for name, status in statuses(ended).items() if status == "skipped"] == [
        "Silence", "Activation", "Post-Checks", "Lift",
    ]  # fmt: skip


CLOSED = Policy(window="05:00-09:00@UTC")  # STARTED is half past one


@pytest.mark.parametrize("step", ["call", "pause"])
def test_what_stands_behind_the_copy_waits_for_the_window_but_a_person_is_asked_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with call_outs() as outside:
        own: Own = silence(outside.url) if step == "call" else HOLD
        flow = Flow(("readiness", "distribution", own, "activation", "post-checks"))
        with job_of(tmp_path, monkeypatch, flow, policy=CLOSED) as job:
            seen: list[Job] = []
            person = job.stop = Person(job.device.clock, 1)

            def act() -> None:
                seen.append(job.now)
                person.set()

            person.act = act
            left = job.run()
    assert outside.lines == []
    assert left.interrupted
    assert seen[0].waiting is not None
    assert seen[0].waiting.kind is (WaitKind.WINDOW if step == "call" else WaitKind.PERSON)


def test_one_that_may_fail_is_told_and_fails_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with call_outs(answers=saying(500, "down")) as outside:
        chat = Call(name="Chat", url=f"{outside.url}/before", may_fail=True)
        told = Call(name="Tell", url=f"{outside.url}/after", may_fail=True)
        with job_of(tmp_path, monkeypatch, around(chat, always=(told,))) as job:
            ended = job.run()
    assert outside.lines == ["POST /before", "POST /after"]
    assert (ended.status, ended.error) == (JobStatus.SUCCESS, None)
    assert statuses(ended) == {
        "Readiness Check": "success", "Chat": "skipped", "Distribution": "success", "Tell": "skipped",
    }  # fmt: skip
    assert all("failed, and may: POST" in step.message for step in ended.steps if step.name in {"Chat", "Tell"})


def test_what_was_sent_and_may_fail_is_undone_all_the_same_and_what_sent_nothing_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undo = Script(name="Undo", run=["./undo"], after="Drain")
    half = Script(name="Drain", run=["/bin/false"], may_fail=True)
    nobody = Call(name="Drain", url="http://127.0.0.1:1/", may_fail=True)
    for drain, said in ((nobody, False), (half, True)):
        folder = tmp_path / drain.kind
        folder.mkdir()
        with job_of(folder, monkeypatch, around(drain, always=(undo,))) as job:
            program(folder, "echo undone >> said", "undo")
            ended = job.run()
        assert (folder / "said").exists() is said
        assert (ended.status, ended.error) == (JobStatus.SUCCESS, None)
        assert statuses(ended)["Undo"] == ("success" if said else "skipped")


def test_a_resume_does_not_try_again_what_failed_and_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with call_outs() as outside:
        chat = Call(name="Chat", url=outside.url, may_fail=True)
        with job_of(tmp_path, monkeypatch, around(chat)) as job:
            job.store.step(job.job.id, job.runner, "readiness", StepStatus.SUCCESS)
            job.store.step(job.job.id, job.runner, "Chat", StepStatus.SKIPPED, "failed, and may: x")
            assert job.run().status is JobStatus.SUCCESS
    assert outside.lines == []


def test_what_fails_behind_the_upgrade_is_for_a_hand_and_no_retry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with job_of(tmp_path, monkeypatch, around(always=(Script(name="Lift", run=["/bin/false"]),))) as job:
        ended = job.run()
    assert ended.error == (
        "'Lift', which runs at each end, failed: /bin/false: exit code 1; needed: exit code 0; next: see "
        f"`swimctl job transcript {ended.id}`, then do by hand what it should do"
    )


# Lines for the device.


@dataclass
class Terminal:
    """What a session on paper answers to lines, one after the other; the last answer stays."""

    replies: list[Reply]
    typed: list[str] = field(default_factory=list)

    def converse(self, line: str, _answers: object, _timeout: float) -> Reply:
        self.typed.append(line)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    found = Terminal([Reply("fine")])
    monkeypatch.setattr(PaperSession, "converse", lambda _, *asked: found.converse(*asked), raising=False)
    return found


CLEAR = Command(name="Clear", run="clear counters", changes=True)


def known() -> Scripted:
    """Make a device that its readiness check has proved to be the right one."""
    return Scripted(running=[runs(OLD, OLD, uptime=30 * DAY)], installed=[stands(Placement.ABSENT)])


def test_a_line_whose_session_drops_is_in_doubt_and_typed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    terminal.replies = [Reply("", dropped=True)]
    with job_of(tmp_path, monkeypatch, around(CLEAR), device=known()) as job:
        ended = job.run()
    assert terminal.typed == ["clear counters"]
    assert "the session ended in 'clear counters', which was sent once: whether sw1 carried it out" in (
        ended.error or ""
    )


def test_a_line_that_changes_is_not_typed_again_by_a_resume_and_one_that_reads_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    for step, typed in ((CLEAR, []), (Command(name="Clear", run="show clock"), ["show clock"])):
        terminal.typed.clear()
        folder = tmp_path / step.run
        folder.mkdir()
        with job_of(folder, monkeypatch, around(step), device=known()) as job:
            job.store.step(job.job.id, job.runner, "readiness", StepStatus.SUCCESS)
            job.store.step(job.job.id, job.runner, "Clear", StepStatus.RUNNING)
            job.store.remember(job.job.id, sent_key("Clear"), {"what": "clear counters"})
            ended = job.run()
        assert terminal.typed == typed
        assert ("'Clear' is in doubt" in (ended.error or "")) is (not typed)


def test_no_line_that_changes_goes_to_a_device_that_nobody_proved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    unproved = Scripted(
        memory={"baseline": None}, running=[runs(OLD, OLD, uptime=30 * DAY)], installed=[stands(Placement.ABSENT)]
    )
    with job_of(tmp_path, monkeypatch, around(CLEAR), device=unproved) as job:
        ended = job.run()
    assert terminal.typed == []
    assert "'clear counters' was not sent: the readiness check did not prove" in (ended.error or "")


def test_nor_to_one_of_which_nobody_knows_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    def lost(_context: JobContext) -> None:
        raise DeviceUnknown("it does not come back")

    def send(context: JobContext) -> None:
        for key, value in activated().items():
            context.record.remember(key, value)

    flow = Flow(tuple(STEP_NAMES), (CLEAR,))
    played = (Played("activation", send), Played("post-checks", lost))
    with job_of(tmp_path, monkeypatch, flow, played, device=known()) as job:
        ended = job.run()
    assert terminal.typed == []
    assert ended.outcome is Outcome.UNKNOWN
    assert "'clear counters' was not sent: nobody knows what sw1 is now" in (ended.error or "")


def test_what_a_fact_brings_into_a_line_cannot_make_it_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    step = Command(name="Look", run="show interfaces {comment}")
    for comment, typed in (("Gi1/0/1", ["show interfaces Gi1/0/1"]), ("x ; reload", []), ("x\nreload", [])):
        terminal.typed.clear()
        folder = tmp_path / str(len(comment))
        folder.mkdir()
        with job_of(folder, monkeypatch, around(step), policy=Policy(comment=comment), device=known()) as job:
            ended = job.run()
        assert terminal.typed == typed
        assert ("nothing was typed" in (ended.error or "")) is (not typed)


def test_a_line_that_reads_is_typed_again_until_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    terminal.replies = [Reply("Idle"), Reply("Idle"), Reply("up 3")]
    step = Command(name="Look", run="show bgp", must_match=[r"^up \d$"], must_not_contain=["Idle"], within=600)
    with job_of(tmp_path, monkeypatch, around(step), device=known()) as job:
        job.stop = Person(job.device.clock, 1e9)
        ended = job.run()
    assert terminal.typed == ["show bgp"] * 3
    assert "2 expectations hold" in next(step.message for step in ended.steps if step.name == "Look")


def test_an_output_of_which_the_middle_is_missing_contains_whatever_it_must_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    terminal.replies = [Reply("up\nup", whole=20_000_000)]
    look = Command(name="Look", run="show log", must_not_contain=["Idle"])
    with job_of(tmp_path, monkeypatch, around(look), device=known()) as job:
        ended = job.run()
    assert "'show log' printed 20000000 characters, and its middle was not kept" in (ended.error or "")


def test_a_stop_does_not_make_a_line_at_the_end_ask_without_a_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    terminal.replies = [Reply("Idle")] * 50 + [Reply("up")]
    look = Command(name="Look", run="show bgp", must_contain=["up"], within=30)
    copied = Played("distribution", lambda context: context.stop.set())
    with job_of(tmp_path, monkeypatch, around(always=(look,)), (copied,), device=known()) as job:
        job.stop = threading.Event()
        ended = job.run()
    assert len(terminal.typed) <= 8
    assert "it must contain 'up' within 30 s" in (ended.error or "")
