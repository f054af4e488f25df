"""An upgrade is told to NetBox and Nautobot, and goes well whatever they answer; their tokens are nowhere."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from support.source_of_truth_server import FIELD, TOKEN, UUID, serving
from support.upgrades import lab_folder, request

from swimctl.cli import main
from swimctl.cli.context import Context
from swimctl.models import Outcome
from swimctl.states import JobStatus


def everywhere(folder: Path) -> bytes:
    """Return all that was kept, but the configuration that has the token."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "config.yaml"]
    return b"".join(path.read_bytes() for path in files)


def run(
    folder: Path, netbox_url: str, nautobot_url: str, caplog: pytest.LogCaptureFixture
) -> dict[str, list[tuple[str, str]]]:
    """Upgrade two devices as a process does, and return what each job says of who was told."""
    common = {"token": TOKEN, "custom_field": FIELD}
    written = {"netbox": {"url": netbox_url, **common}, "nautobot": {"url": nautobot_url, **common}}
    with lab_folder(folder, devices=2, ssh=False, settings={"write_back": written}):
        with Context(folder / "config.yaml").open() as opened:
            made = opened.service.trigger(request(opened))
            opened.engine.run(made.batch, made.jobs, threading.Event())
            opened.engine._write_backs.close(60)
            jobs = opened.store.jobs(batch_id=made.batch.id)
            assert {(job.status, job.outcome) for job in jobs} == {(JobStatus.SUCCESS, Outcome.UPGRADED)}
            told = {
                job.device_name: [
                    (one.kind, one.message) for one in opened.store.events(job.id) if "written back" in one.kind
                ]
                for job in jobs
            }
        assert TOKEN not in caplog.text
        assert TOKEN.encode() not in everywhere(folder)
    return told


def test_what_was_upgraded_is_told_and_a_failure_is_only_an_event(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with serving("netbox") as netbox, serving("nautobot") as nautobot:
        nautobot.names = ["sw2"]
        events = run(tmp_path, netbox.url, nautobot.url, caplog)
        assert netbox.fields == {"100": {FIELD: "17.12.4"}, "101": {FIELD: "17.12.4"}}
        stories = {entry["assigned_object_id"]: entry["comments"] for entry in netbox.entries}
        assert stories[100].startswith("swimctl upgraded it from 17.06.05 to 17.12.4: job ")
        assert nautobot.fields == {UUID.format(0): {FIELD: "17.12.4"}}
    kinds = {name: [kind for kind, _ in found] for name, found in events.items()}
    assert sorted(kinds["sw1"]) == ["not written back", "written back"]
    assert kinds["sw2"] == ["written back"] * 2
    assert ("not written back", "Nautobot was not told: it has no device of the name sw1") in events["sw1"]


def test_an_upgrade_ends_well_where_nobody_answers(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with serving("netbox") as netbox:
        netbox.tokens = ()
        events = run(tmp_path, netbox.url, "http://127.0.0.1:9", caplog)
    said = " ".join(message for _, message in events["sw1"])
    assert "answers 403" in said
    assert "Nautobot was not told: GET /api/dcim/devices/ of http://127.0.0.1:9 failed" in said


@pytest.mark.parametrize(("token", "result"), [({"env": "SWIMCTL_TEST_TRUTH"}, "ok"), ({"env": "NO_SUCH"}, "fail")])
def test_the_settings_are_checked_without_a_word_to_anybody_and_before_anything_is_started(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    token: dict[str, str],
    result: str,
) -> None:
    monkeypatch.setenv("SWIMCTL_TEST_TRUTH", TOKEN)
    with serving("netbox") as netbox:
        written = {"netbox": {"url": netbox.url, "token": token}}
        with lab_folder(tmp_path, ssh=False, settings={"write_back": written}) as lab:
            config = ["--config", str(tmp_path / "config.yaml")]
            code = main([*config, "--json", "doctor", "--offline"])
            said = capsys.readouterr().out
            (check,) = [one for one in json.loads(said)["checks"] if one["what"] == "write-back"]
            assert check["result"] == result
            assert TOKEN not in said
            if result == "fail":
                assert code == 2
                assert main([*config, "--quiet", "upgrade", "sw1", "--yes"]) == 2
                assert "swimctl.write_back.netbox.token: the environment has no NO_SUCH" in capsys.readouterr().err
                assert not [line for line in lab.commands("sw1") if line.startswith("install")]
        assert netbox.asked == []
