"""Events: a list for those who ask, a stream for those who do not want to."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from support.accounts import ROOT
from support.api_client import CANCEL, READER, Api, answering, many_jobs

from swimctl.api import events
from swimctl.models import Role
from swimctl.states import JobStatus, StepStatus
from swimctl.store import Runner

STREAM = "/api/upgrade/events/"


@pytest.fixture
def runner(idle: Api) -> Iterator[Runner]:
    with idle.store.register_runner() as registered:
        yield registered


@dataclass
class Stream:
    """One open stream, read event by event."""

    connection: socket.socket
    head: str = ""
    text: str = ""

    def block(self) -> str:
        """Return the next block: an event, or a comment."""
        while "\n\n" not in self.text:
            self._more()
        block, _, self.text = self.text.partition("\n\n")
        return block

    def event(self) -> dict[str, Any]:
        """Return the next event, past the comments."""
        while (block := self.block()).startswith(":"):
            pass
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        event: dict[str, Any] = json.loads(fields["data"])
        assert (int(fields["id"]), fields["event"]) == (event["id"], event["kind"])
        return event

    def events(self, count: int) -> list[dict[str, Any]]:
        return [self.event() for _ in range(count)]

    def ends(self) -> bool:
        """Return whether it ends without one more event."""
        while self._more(ending=True):
            pass
        return "data:" not in self.text

    def ends_saying(self, words: str) -> bool:
        """Return whether it ends, with these words in its last block."""
        while self._more(ending=True):
            pass
        return self.text.rstrip().endswith(words)

    def begin(self) -> None:
        raw = b""
        while b"\r\n\r\n" not in raw:
            raw += self.connection.recv(1)
        self.head = raw.decode("latin-1")
        assert self.block() == ": events of swimctl"

    def _more(self, *, ending: bool = False) -> bool:
        """Read one chunk of the chunked encoding."""
        size = b""
        while not size.endswith(b"\r\n"):
            one = self.connection.recv(1)
            assert one or ending, "the stream ended"
            if not one:
                return False
            size += one
        wanted, piece = int(size, 16) + 2, b""
        while len(piece) < wanted:
            piece += self.connection.recv(wanted - len(piece))
        self.text += piece[:-2].decode()
        return wanted > 2


@contextmanager
def following(api: Api, query: str = "", **headers: str) -> Iterator[Stream]:
    with api.connected() as connection:
        given = {"Host": "lab", "Authorization": f"Token {api.reader}", **headers}
        lines = [f"GET {STREAM}{query} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        stream = Stream(connection)
        stream.begin()
        yield stream


def test_a_jobs_events_and_those_after_one(api: Api, runner: Runner) -> None:
    api.trigger("sw1", "sw2")
    assert api.store.claim(1, runner)
    api.store.step(1, runner, "readiness", StepStatus.RUNNING)
    api.store.say(1, runner, "12 files on flash:")
    document = api.get("/api/upgrade/jobs/1/events/").json
    found = document["events"]
    assert document["count"] == len(found) >= 3
    assert {event["job_id"] for event in found} == {1}
    assert [event["id"] for event in found] == sorted({event["id"] for event in found})
    assert found[-1]["message"] == "12 files on flash:"
    assert found[-1]["at"].endswith("Z")
    for known, event in enumerate(found, start=1):
        rest = api.get(f"/api/upgrade/jobs/1/events/?after={event['id']}").json
        assert rest == {"count": len(found) - known, "events": found[known:]}
    api.refused(api.get("/api/upgrade/jobs/3/events/"), 404, "3")
    api.refused(api.get("/api/upgrade/jobs/1/events/?after=x"), 400, "after")
    api.refused(api.get("/api/upgrade/jobs/1/events/?before=1"), 400, "before: unknown")
    api.refused(api.get("/api/upgrade/jobs/1/events/?id=2"), 400, "id")


def test_a_stream_tells_what_happens_from_now_on(api: Api, runner: Runner) -> None:
    api.trigger("sw1")
    with following(api) as stream:
        assert "content-type: text/event-stream" in stream.head.lower()
        assert "cache-control: no-store" in stream.head.lower()
        assert api.store.claim(1, runner)
        api.store.move(1, runner, JobStatus.FAILED, "broken")
        event = stream.event()
        assert (event["job_id"], event["kind"]) == (1, "claimed")
        listed = api.get(f"/api/upgrade/jobs/1/events/?after={event['id'] - 1}").json["events"]
        assert [event, *stream.events(len(listed) - 1)] == listed, "the stream and the list say the same"


def test_a_stream_goes_on_where_a_lost_one_ended(api: Api, runner: Runner) -> None:
    api.trigger("sw1")
    assert api.store.claim(1, runner)
    api.store.step(1, runner, "readiness", StepStatus.RUNNING)
    with following(api, "?after=0") as stream:
        last = stream.events(2)[-1]["id"]
    for number in range(1200):  # more than one page, while nobody looks
        api.store.say(1, runner, f"pulse {number}")
    with following(api, **{"Last-Event-ID": str(last)}) as stream:
        wanted = [event.id for event in api.store.all_events(last, None, 5000)]
        assert len(wanted) >= 1200
        assert [event["id"] for event in stream.events(len(wanted))] == wanted, "none lost, none twice, in order"
        api.store.say(1, runner, "the last")
        assert stream.event()["message"] == "the last"
    api.refused(api.get(STREAM, headers={"Last-Event-ID": "later"}), 400, "Last-Event-ID")


def test_a_stream_of_one_batch(api: Api) -> None:
    mine, other = api.trigger("sw1"), api.trigger("sw2")
    with following(api, f"?after=0&batch_id={mine['batch_id']}") as stream:
        api.post(CANCEL, {"job_ids": other["job_ids"]})
        api.post(CANCEL, {"job_ids": mine["job_ids"]})
        wanted = api.get("/api/upgrade/jobs/1/events/").json["events"]
        assert stream.events(len(wanted)) == wanted
    api.refused(api.get(f"{STREAM}?batch_id=none-of-these"), 404, "none-of-these")


def test_many_streams_see_every_event_and_one_too_many_is_refused(
    api: Api, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MOST_STREAMS", 3)
    api.trigger("sw1")
    with following(api) as one, following(api) as two, following(api) as three:
        refused = api.get(STREAM)
        api.refused(refused, 503, "3 streams are open")
        assert int(refused.headers["retry-after"]) > 0
        assert api.store.claim(1, runner)
        assert one.event() == two.event() == three.event()
    end = time.monotonic() + 30
    while api.ask("HEAD", STREAM).status == 503:  # those who went away give their place back without a word
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_quiet_stream_has_a_pulse(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "BEAT_EVERY", 0.1)
    with following(api) as stream:
        assert [stream.block() for _ in range(3)] == [": still here"] * 3


def revoke(api: Api, token: int) -> None:
    api.accounts.revoke_token(token, by=ROOT)


def remove(api: Api, _token: int) -> None:
    api.accounts.remove_user(READER, by=ROOT)


def let_expire(api: Api, _token: int) -> None:
    api.clock.forward(91 * 86_400)


@pytest.mark.parametrize("end", [revoke, remove, let_expire])
def test_a_stream_ends_with_its_token(api: Api, runner: Runner, end: Callable[[Api, int], None]) -> None:
    token = api.accounts.principal(api.reader).token_id
    api.trigger("sw1")
    assert api.store.claim(1, runner)
    with following(api) as stream, following(api, "?after=0") as other:
        api.store.say(1, runner, "still allowed")
        assert stream.event()["message"] == "still allowed"
        end(api, token)
        api.store.say(1, runner, "not for them")
        for one in (stream, other):
            assert one.ends_saying("the token has ended")
            assert "not for them" not in one.text
    assert api.get(STREAM, token=READER).status == 401


def test_a_quiet_stream_ends_with_its_token_too_and_others_go_on(api: Api, runner: Runner) -> None:
    token = api.accounts.principal(api.reader).token_id
    api.trigger("sw1")
    with following(api) as stream, following(api, Authorization=f"Token {api.operator}") as other:
        api.accounts.revoke_token(token, by=ROOT)
        assert stream.ends_saying("the token has ended")
        assert api.store.claim(1, runner)
        assert other.event()["kind"] == "claimed"


def test_a_quiet_stream_ends_too_when_its_user_may_look_at_nothing_any_more(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "BEAT_EVERY", 10_000.0)
    with following(api) as stream:
        api.store.set_roles(READER, Role.OPERATOR, ["one that config.yaml has no more"], ROOT)
        assert stream.ends_saying("the token has ended")
    assert api.get(STREAM, token=READER).status == 403


def test_streams_end_with_the_server(idle: Api, runner: Runner) -> None:
    many_jobs(idle, 3)
    with answering(idle.backend) as idle.address:
        context = following(idle, "?after=0")
        stream = context.__enter__()
        assert len(stream.events(3)) == 3
    try:
        assert stream.ends()
    finally:
        context.__exit__(None, None, None)
    # What happened meanwhile is not lost to a client that comes back to the next server.
    assert idle.store.claim(1, runner)


def test_folders_stay_unnamed_in_a_stream(api: Api, runner: Runner) -> None:
    api.trigger("sw1")
    assert api.store.claim(1, runner)
    with following(api) as stream:
        api.store.say(1, runner, f"copying {api.project.folder}/images/one.bin")
        said = stream.event()["message"]
    assert str(api.project.folder) not in said
    assert said.startswith("copying ")
    assert said.endswith("one.bin")
