"""netmiko's log keeps nothing of a session: neither its password, nor more and more for each login."""

from __future__ import annotations

import logging
from pathlib import Path

from support.lab import small_fleet

from swimctl.clock import SystemClock
from swimctl.sessions.connecting import connect
from swimctl.sessions.redaction import Redaction
from swimctl.sessions.targets import Target
from swimctl.sessions.transcript import Transcript


def test_a_session_leaves_no_filter_with_its_password_in_netmikos_log(tmp_path: Path) -> None:
    before, clock = list(logging.getLogger("netmiko").filters), SystemClock(600)
    with small_fleet(tmp_path, n=1) as lab:
        address, port = lab.address("sw1")
        target = Target("sw1", address, port, "cisco_xe", "admin", "admin")
        with connect(target, clock, Transcript(tmp_path / "session.log", clock, Redaction(("admin",))), 60):
            assert logging.getLogger("netmiko").filters == before
    assert logging.getLogger("netmiko").filters == before
