"""Another file is put at the store's path under a running server: it is refused, told, and the server ends."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from support.processes import assert_once, come_to, jobs, look, start
from support.projects import Project
from support.server_process import serving, token_for
from support.upgrades import lab_folder

LOGS = ("-wal", "-shm")


def put_back_a_backup(folder: Path) -> None:
    (folder / "b.db").chmod(0o600)
    (folder / "b.db").replace(folder / "swimctl.db")
    remove_the_log(folder)


def remove_the_log(folder: Path) -> None:
    for log in LOGS:
        (folder / f"swimctl.db{log}").unlink()


def jobs_in(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "swimctl.db")) as store:
        return int(store.execute("SELECT count(*) FROM jobs").fetchone()[0])


@pytest.mark.parametrize(
    ("way", "options"),
    [
        pytest.param(put_back_a_backup, (), id="a backup, with a runner"),
        pytest.param(remove_the_log, (), id="no log, with a runner"),
        pytest.param(put_back_a_backup, ("--no-runner",), id="a backup, without one"),
        pytest.param(remove_the_log, ("--no-runner",), id="no log, without one", marks=pytest.mark.prove),
    ],
)
def test_no_new_work_and_loud(tmp_path: Path, way: Callable[[Path], None], options: tuple[str, ...]) -> None:
    with lab_folder(tmp_path, devices=1) as lab:
        token = token_for(tmp_path)
        assert look(tmp_path, "store", "backup", "b.db")[0] == 0
        with serving(tmp_path, *options, token=token) as served:
            way(tmp_path)
            answers = [served.ask("/api/health/"), served.ask("/api/upgrade/trigger/", {"devices": ["sw1"]})]
            answers.append(served.ask("/api/upgrade/status/?job_ids=1"))
            time.sleep(2)  # by now the server knows too, and tells still
            answers.append(served.ask("/api/upgrade/trigger/", {"devices": ["sw1"]}))
            if not options:  # else it ends by itself
                served.process.terminate()
            said = served.said + served.process.communicate(timeout=240)[0]
        assert [status for status, _ in answers] == [503] * 4
        assert answers[-1][1]["error"] == "store replaced", answers
        assert served.process.returncode == 2
        # The scheduler may say one line more on its way out.
        assert "was replaced or removed while this process had it open" in "".join(said.splitlines()[-2:])
        assert "Traceback" not in said
        assert jobs_in(tmp_path) == 0
        assert not lab.reloads("sw1")


@pytest.mark.prove
def test_a_job_under_way_is_taken_up_when_the_right_file_is_back(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=1, speed=20) as lab:
        assert look(tmp_path, "store", "backup", "b.db")[0] == 0
        process = start(tmp_path, "upgrade", "sw1", "--yes")
        while come_to(tmp_path)[1] < 2:
            assert process.poll() is None
            time.sleep(0.02)
        aside = tmp_path / "aside"
        aside.mkdir()
        for log in ("", *LOGS):
            (tmp_path / f"swimctl.db{log}").rename(aside / f"swimctl.db{log}")
        (tmp_path / "b.db").replace(tmp_path / "swimctl.db")
        said = process.communicate(timeout=240)[0]
        assert process.returncode == 2, said
        assert "was replaced or removed while this process had it open" in said
        assert jobs_in(tmp_path) == 0
        (tmp_path / "swimctl.db").unlink()
        for log in LOGS:
            (tmp_path / f"swimctl.db{log}").unlink(missing_ok=True)
        for file in aside.iterdir():
            file.rename(tmp_path / file.name)
        assert look(tmp_path, "resume")[0] == 0
        assert [job["status"] for job in jobs(tmp_path)] == ["success"]
        assert_once(lab)


@pytest.mark.prove
def test_a_server_beside_which_others_come_and_go_goes_on(project: Project) -> None:
    with serving(project.folder, "--no-runner") as served:
        for _ in range(3):
            assert look(project.folder, "job", "list")[0] == 0
        assert look(project.folder, "store", "backup", "b.db")[0] == 0
        assert served.ask("/api/health/") == (200, {"status": "up"})
        served.end()
        assert served.process.returncode == 0
