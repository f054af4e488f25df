from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from support.notification_server import (
    BATCH,
    FAILED,
    NOON,
    NOT_ATTEMPTED,
    SECRETS,
    SUCCESS,
    Receiver,
    hold,
    job,
    notifier,
    serving,
    warnings,
)

from swimctl.models import Batch, ExecutionMode, JobOptions
from swimctl.notify.notifier import MOST_WAITING, Channel, Notifier
from swimctl.notify.texts import MOST_DEVICE_TEXTS, Text
from swimctl.waiting import Waiting, WaitKind


class Blocked:
    """A channel that sends nothing before it is let go."""

    def __init__(self) -> None:
        self.texts: list[Text] = []
        self.at_work = threading.Event()
        self.free = threading.Event()
        self.channel = Channel(1, "Test", self.send)

    def send(self, text: Text) -> bool:
        self.at_work.set()
        assert self.free.wait(30)
        self.texts.append(text)
        return True


def test_all_that_happens_arrives_in_order(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    jobs = [job(**SUCCESS), job("bern-1", **FAILED), job(**NOT_ATTEMPTED)]
    with_urls = notifier(receiver.url)
    with_urls.batch_started(BATCH, jobs)
    with_urls.device_failed(BATCH, jobs[1])
    with_urls.line_stopped(BATCH, "max_failures is 1")
    with_urls.batch_finished(BATCH, jobs)
    with_urls.close(20)
    assert receiver.titles == [
        "Batch 5f0c2c1e started: 3 devices",
        "bern-1 of batch 5f0c2c1e failed",
        "Batch 5f0c2c1e is stopped: no more devices are started",
        "Batch 5f0c2c1e finished: 1 success, 1 failed, 1 not attempted",
    ]
    assert [post["type"] for post in receiver.posts] == ["info", "failure", "failure", "failure"]
    assert "Error: no room" in receiver.posts[1]["message"]
    assert set(receiver.paths) == {"/tok-4712"}
    assert not warnings(caplog)
    hold(caplog)


def test_ten_held_devices_of_a_batch_are_told_of_and_reminders_only_of_those(receiver: Receiver) -> None:
    waiting, left = Waiting(WaitKind.HELD, "a port is down", until=NOON), timedelta(minutes=55)
    with_url = notifier(receiver.url)
    held = [job(f"sw{number}") for number in range(1, MOST_DEVICE_TEXTS + 3)]
    for one in held:
        with_url.device_held(BATCH, one, waiting, left, again=False)
    for one in (held[0], held[-1]):
        with_url.device_held(BATCH, one, waiting, timedelta(minutes=5), again=True)
    with_url.close(20)
    assert receiver.titles == [
        *(f"sw{number} is held: 55 min left" for number in range(1, MOST_DEVICE_TEXTS + 1)),
        "sw1 of batch 5f0c2c1e goes back in 5 min",
    ]


def test_every_url_is_told(receiver: Receiver) -> None:
    with serving() as other:
        both = notifier(receiver.url, other.url)
        both.batch_started(BATCH, [job()])
        both.close(20)
        assert receiver.titles == other.titles == ["Batch 5f0c2c1e started: 1 device"]


def test_nothing_waits_for_a_server_that_does_not_answer(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    receiver.answers.clear()
    slow = notifier(receiver.url)
    slow.batch_started(BATCH, [job()])
    assert receiver.came.wait(30)
    began = time.monotonic()
    for _ in range(100):
        slow.device_failed(BATCH, job(**FAILED))
    slow.line_stopped(BATCH, "max_failures is 100")
    slow.batch_finished(BATCH, [job(**FAILED)])
    slow.close(0.1)
    assert time.monotonic() - began < 3
    assert warnings(caplog) == ["13 notifications were not sent within 0.1 s, and are dropped"]
    slow.batch_finished(BATCH, [])
    slow.close(0.1)
    assert len(warnings(caplog)) == 1


def test_a_process_ends_while_a_server_does_not_answer(receiver: Receiver) -> None:
    receiver.answers.clear()
    code = (
        "import sys; from swimctl.notify.notifier import Notifier; from swimctl.config.settings import Settings\n"
        "from support.notification_server import BATCH\n"
        "Notifier.of(Settings(notify=[sys.argv[1]])).batch_started(BATCH, [])\n"
        "sys.stdin.read(1)\n"
    )
    given = [sys.executable, "-c", code, receiver.url]
    with subprocess.Popen(given, stdin=subprocess.PIPE, cwd=Path(__file__).parent.parent) as process:
        assert receiver.came.wait(30)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(15) == 0


def test_a_server_that_is_gone_is_one_warning_a_notification(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving() as was:
        pass
    gone = notifier(was.url)
    gone.batch_started(BATCH, [job()])
    gone.batch_finished(BATCH, [job(**SUCCESS)])
    gone.close(20)
    said = "was not accepted by URL 1 (JSON) of swimctl.notify; next: `apprise -vv -b test URL`"
    assert warnings(caplog) == [
        f"notification 'Batch 5f0c2c1e started: 1 device' {said}",
        f"notification 'Batch 5f0c2c1e finished: 1 success' {said}",
    ]
    hold(caplog)


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_refusal_of_one_server_is_told_and_the_other_is_sent_to(
    receiver: Receiver, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    receiver.status = status
    with serving() as other:
        both = notifier(receiver.url, other.url)
        both.batch_started(BATCH, [job()])
        both.close(20)
        assert len(other.posts) == 1
    (said,) = warnings(caplog)
    assert "URL 1 (JSON) of" in said
    hold(caplog)


def test_a_defect_ends_neither_the_thread_nor_the_caller(caplog: pytest.LogCaptureFixture) -> None:
    sent: list[Text] = []

    def send(text: Text) -> bool:
        if not sent:
            sent.append(text)
            raise RuntimeError(f"json://{SECRETS[0]}")
        sent.append(text)
        return True

    odd = Notifier([Channel(1, "Test", send)])
    odd.batch_started(BATCH, [job()])
    odd.device_failed(BATCH, None)  # type: ignore[arg-type]  # a defect of the caller
    odd.batch_finished(BATCH, [job(**SUCCESS)])
    odd.close(20)
    assert [text.kind for text in sent] == ["info", "success"]
    assert len(warnings(caplog)) == 2
    hold(caplog)


def test_five_hundred_failures_are_ten_messages_and_a_summary() -> None:
    blocked = Blocked()
    blocked.free.set()
    many = Notifier([blocked.channel])
    jobs = [job(**FAILED) for _ in range(500)]
    threads = [
        threading.Thread(target=lambda part: [many.device_failed(BATCH, one) for one in part], args=(jobs[at::5],))
        for at in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    many.batch_finished(BATCH, jobs)
    many.close(20)
    rest = "all others are in its summary"
    assert [rest in text.body for text in blocked.texts] == [False] * 9 + [True, False]
    assert blocked.texts[-1].title.endswith("500 failed")
    assert MOST_DEVICE_TEXTS == 10


def test_another_batch_has_its_own_ten() -> None:
    blocked = Blocked()
    blocked.free.set()
    many = Notifier([blocked.channel])
    for batch in (BATCH, Batch("other", ExecutionMode.PARALLEL, 0, JobOptions(), NOON)):
        for _ in range(12):
            many.device_failed(batch, job(**FAILED))
    many.close(20)
    assert len(blocked.texts) == 20


def test_the_queue_is_bounded_and_keeps_the_newest(caplog: pytest.LogCaptureFixture) -> None:
    blocked = Blocked()
    full = Notifier([blocked.channel])
    full.batch_started(BATCH, [])
    assert blocked.at_work.wait(60)
    for number in range(MOST_WAITING + 3):
        full.line_stopped(BATCH, f"reason {number}")
    assert len(warnings(caplog)) == 3
    blocked.free.set()
    full.close(20)
    assert len(blocked.texts) == 1 + MOST_WAITING
    assert "reason 3\n" in blocked.texts[1].body
    assert f"reason {MOST_WAITING + 2}\n" in blocked.texts[-1].body


def test_close_ends_the_thread() -> None:
    blocked = Blocked()
    blocked.free.set()
    before = set(threading.enumerate())
    ended = Notifier([blocked.channel])
    (thread,) = set(threading.enumerate()) - before
    assert thread.daemon
    ended.close(1)
    thread.join(60)
    assert not thread.is_alive()
