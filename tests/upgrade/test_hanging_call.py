"""A call into the library that never returns costs its command's deadline, and not the job."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from support.upgrades import upgraded

from swimctl import clock
from swimctl.sessions import session as session_module
from swimctl.sessions.session import Session
from swimctl.states import JobStatus


def test_the_post_checks_go_on_after_a_command_that_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, blocked, looks = Session._write, threading.Event(), 0

    def block(self: Session, text: str) -> None:
        nonlocal looks
        looks += text.startswith("show ip route")
        if looks == 2 and not blocked.is_set():  # the first was for the baseline
            blocked.set()
            self._connection.remote_conn.recv(1)  # nothing was asked, so nothing ever comes
        write(self, text)

    monkeypatch.setattr(Session, "_write", block)
    monkeypatch.setattr(session_module, "GRACE", 0.5)
    monkeypatch.setattr(clock, "_SHORTEST_REAL", 2.0)
    with upgraded(tmp_path, ssh=True, settings={"deadlines": {"down": 600, "up": 2400, "ready": 9000}}) as result:
        job = result.jobs["sw1"]
        assert blocked.is_set()
        assert (job.status, job.error) == (JobStatus.SUCCESS, None)
        transcript = (tmp_path / f"jobs/{job.id}/transcript.log").read_text(encoding="utf-8")
        assert "session closed by swimctl, too late, in 'show ip route summary'" in transcript
