"""Each kind of waiting, as people read it in the live view and in `status`, and as programs read it from the API."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.api_client import answering, opened
from support.projects import make_project, without_the_callers
from support.stores import NOON, StandingClock

from swimctl.cli.lines import changes
from swimctl.cli.live import render
from swimctl.cli.status import what_of
from swimctl.clock import rfc3339
from swimctl.models import Pulse
from swimctl.waiting import Waiting, WaitKind, span

EVENING = datetime(2031, 5, 4, 23, 6, tzinfo=UTC)
# kind -> the fact, what is read at EVENING (in Berlin it is 01:06), and what stands in an answer.
EVERY = {
    WaitKind.APPROVAL: (
        Waiting(WaitKind.APPROVAL, "d83c2337-aaaa"),
        "somebody else has to approve the batch: `swimctl approve d83c2337`",
        "somebody else has to approve the batch: `swimctl approve d83c2337`",
    ),
    WaitKind.PERSON: (
        Waiting(WaitKind.PERSON, "Board: approved?", 12, EVENING + timedelta(hours=4)),
        "Board: approved?: `swimctl release 12`, 4 h left, until 2031-05-05 03:06 +0000",
        "Board: approved?: `swimctl release 12` until 2031-05-05T03:06Z",
    ),
    WaitKind.PAUSE: (
        Waiting(WaitKind.PAUSE, "d83c2337-aaaa"),
        "the batch is paused: `swimctl continue d83c2337`",
        "the batch is paused: `swimctl continue d83c2337`",
    ),
    WaitKind.STOP: (
        Waiting(WaitKind.STOP, "d83c2337-aaaa"),
        "the batch is stopped: `swimctl continue d83c2337`",
        "the batch is stopped: `swimctl continue d83c2337`",
    ),
    WaitKind.SCHEDULE: (
        Waiting(WaitKind.SCHEDULE, until=EVENING + timedelta(hours=3)),
        "starts in 3 h, 2031-05-05 02:06 +0000",
        "starts at 2031-05-05T02:06Z",
    ),
    WaitKind.RUNNER: (
        Waiting(WaitKind.RUNNER),
        "nobody runs it yet; `swimctl serve` or `swimctl run-scheduled` does",
        "nobody runs it yet; `swimctl serve` or `swimctl run-scheduled` does",
    ),
    WaitKind.WINDOW: (
        Waiting(WaitKind.WINDOW, "03:00-05:00@Europe/Berlin", until=EVENING + timedelta(minutes=114)),
        "the window 03:00-05:00@Europe/Berlin opens in 1 h 54 min, 03:00 Europe/Berlin",
        "the window 03:00-05:00@Europe/Berlin opens at 2031-05-05T01:00Z",
    ),
    WaitKind.FREEZE: (
        Waiting(WaitKind.FREEZE, "end of the year", until=EVENING + timedelta(days=3, hours=4)),
        "frozen: end of the year, 3 d 4 h left, until 2031-05-08 03:06 +0000",
        "frozen: end of the year until 2031-05-08T03:06Z",
    ),
    WaitKind.SOAK: (
        Waiting(WaitKind.SOAK, "wave 1", until=EVENING + timedelta(minutes=7)),
        "soak of wave 1, 7 min left, until 23:13:00 +0000",
        "soak of wave 1 until 2031-05-04T23:13Z",
    ),
    WaitKind.WAVE: (Waiting(WaitKind.WAVE, "wave 2"), "wave 2 comes first", "wave 2 comes first"),
    WaitKind.PARTNER: (
        Waiting(WaitKind.PARTNER, "sw4 of redundancy group core", 12),
        "sw4 of redundancy group core comes first (job 12)",
        "sw4 of redundancy group core comes first (job 12)",
    ),
    WaitKind.FEEDER: (
        Waiting(WaitKind.FEEDER, "sw9", 7),
        "sw9 depends on it and is upgraded first (job 7)",
        "sw9 depends on it and is upgraded first (job 7)",
    ),
    WaitKind.PILOT: (
        Waiting(WaitKind.PILOT, "sw1 (cisco_xe cat9k_iosxe 17.12)", 4),
        "sw1 (cisco_xe cat9k_iosxe 17.12) is the first of its kind and goes alone (job 4)",
        "sw1 (cisco_xe cat9k_iosxe 17.12) is the first of its kind and goes alone (job 4)",
    ),
    WaitKind.DEVICE: (
        Waiting(WaitKind.DEVICE, "sw1", 5),
        "job 5 runs on sw1; waiting for its end",
        "job 5 runs on sw1; waiting for its end",
    ),
    WaitKind.TURN: (
        Waiting(WaitKind.TURN, "20 devices"),
        "its turn: 20 devices at a time",
        "its turn: 20 devices at a time",
    ),
    WaitKind.COPY: (
        Waiting(WaitKind.COPY, "as many devices of the site bern copy as may at once"),
        "as many devices of the site bern copy as may at once",
        "as many devices of the site bern copy as may at once",
    ),
    WaitKind.RELAY: (
        Waiting(WaitKind.RELAY, "as many devices fetch from the relay https://relay:8443 as may at once"),
        "as many devices fetch from the relay https://relay:8443 as may at once",
        "as many devices fetch from the relay https://relay:8443 as may at once",
    ),
    WaitKind.ACCOUNT: (
        Waiting(WaitKind.ACCOUNT, "netops"),
        "another device answers first whether it takes the account netops",
        "another device answers first whether it takes the account netops",
    ),
    WaitKind.WORKER: (
        Waiting(WaitKind.WORKER, "bern"),
        "no worker of site bern is there; next: `swimctl worker --site bern` on a machine there",
        "no worker of site bern is there; next: `swimctl worker --site bern` on a machine there",
    ),
    WaitKind.HELD: (
        Waiting(WaitKind.HELD, "1 uplinks lost", 12, EVENING + timedelta(minutes=55)),
        "held for `swimctl recheck 12`: 1 uplinks lost, 55 min left, until 2031-05-05 00:01 +0000",
        "held for `swimctl recheck 12`: 1 uplinks lost until 2031-05-05T00:01Z",
    ),
}


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_every_kind_reads_the_same_in_the_live_view_in_status_and_in_the_api(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_the_callers(monkeypatch, tmp_path)
    assert set(EVERY) == set(WaitKind)
    with opened(make_project(tmp_path / "project"), StandingClock()) as api, answering(api.backend) as api.address:
        (number,) = api.trigger("sw1")["job_ids"]
        with api.store.register_runner() as runner:
            api.store.own_batch(api.store.job(number).batch_id, runner)
            before = [api.store.job(number)]
            for waiting, words, absolute in EVERY.values():
                api.store.waits([number], waiting)
                job = api.store.job(number)
                assert job.waiting == waiting
                assert what_of(job, Pulse(), EVENING) == words
                assert words in render([job], {}, EVENING, 24, 200).plain
                assert [line.partition("  waits: ")[2] for line in changes(before, [job], EVENING)] == [words]
                (told,) = api.jobs(number)
                assert told["waiting"] == {
                    "kind": waiting.kind.value,
                    "on": waiting.on,
                    "job_id": waiting.job,
                    "until": waiting.until and rfc3339(waiting.until),
                    "message": absolute,
                    "look": waiting.look,
                }
                before = [job]
            assert api.store.claim(number, runner) is not None
            assert api.jobs(number)[0]["waiting"] is None


def test_a_time_is_written_for_people() -> None:
    spans = [-5, 0, 59, 60, 3540, 3600, 6840, 86_400, 270_000]
    assert [span(seconds) for seconds in spans] == [
        "0 s",
        "0 s",
        "59 s",
        "1 min",
        "59 min",
        "1 h",
        "1 h 54 min",
        "1 d",
        "3 d 3 h",
    ]


def test_a_zone_that_this_machine_does_not_know_is_no_error() -> None:
    waiting = Waiting(WaitKind.WINDOW, "03:00-05:00@Mars/Olympus", until=NOON + timedelta(hours=1))
    assert waiting.sentence(NOON) == "the window 03:00-05:00@Mars/Olympus opens in 1 h, 13:00 +0000"


def test_the_page_names_every_kind() -> None:
    page = (Path(__file__).parent.parent / "docs" / "states.md").read_text(encoding="utf-8")
    section = page.partition("## What a job waits for")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == {"kind", *WaitKind}
