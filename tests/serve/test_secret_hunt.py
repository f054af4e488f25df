"""The hunt: devices of six systems give away what they were sent and what is configured; nothing keeps it."""

from __future__ import annotations

import json
import re
import stat
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fleets.every import FLEETS
from support import notification_server
from support.fronts.front import Fronts, Twist, behind
from support.fronts.leaks import Echoing, Secrets, gossips, ways
from support.secret_search import Watched, secret, watched
from support.server_process import FINAL, Served, serving
from support.upgrades import lab_folder

from swimctl.lab.folder import COMMAND_LOG
from swimctl.platforms import PLATFORM_NAMES
from swimctl.platforms.terminal import plain

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1200)]
SETTINGS = {
    "deadlines": {"connect": 2400, "down": 600, "up": 2400, "ready": 600, "command": 900},
    "login": {"poll": 120, "refusals": 2},
}
ONE_OF_EACH = frozenset(f"good{number}" for number in range(len(PLATFORM_NAMES)))
COPIED = {"activate_after_distribute": False}
CONFIGURED = "Zq7-geheim"
KINDS = ("login", "level", "configured")  # the account's password, the enable secret, and what is configured
WRITTEN = {
    "defaults.yaml": {"login", "level"},
    # Of its owner alone: the configuration, and boot lines that name a server's password.
    "running-config.txt": KINDS,
    "boots.txt": KINDS,
    COMMAND_LOG: {"configured"},  # the lab's own record of what was typed: boot lines that are kept
}
_PIECE = 9  # so much of a secret is one, too
_UNSEEN = re.compile(rb"\x1b\[[0-9;]*m|[\r\n\x00\x07]|(?:\\+[rn])+|\\+u001b\[[0-9;]*m|\\+x1b\[[0-9;]*m")


def told_by(secrets: Secrets) -> Iterator[tuple[str, str, Twist]]:
    """Yield devices with their platforms and fronts: each style and each way, and each platform with several."""
    count = len(PLATFORM_NAMES)
    for number, style in enumerate(gossips("cisco_xe", secrets)):
        platform = PLATFORM_NAMES[number % count]
        yield f"good{number}", platform, gossips(platform, secrets)[style]
    for number, way in enumerate(ways("cisco_xe", secrets)):
        platform = PLATFORM_NAMES[(number + 2) % count]
        yield f"bad{number}", platform, ways(platform, secrets)[way]
    yield "enabled", "cisco_xe", Twist("enable", Echoing)


def test_nothing_keeps_what_a_device_gives_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = {kind: secret(kind.replace(" ", "-")) for kind in KINDS[:2]} | {"configured": CONFIGURED}
    told = {name: (platform, twist) for name, platform, twist in told_by(Secrets((*hidden.values(),)[:2], CONFIGURED))}
    specs = [
        replace(
            FLEETS[platform].make(name, transfer=400_000, version=FLEETS[platform].old),
            users={"admin": (hidden["login"], 1 if name == "enabled" else 15)},
            enable_secret=hidden["level"],
        )
        for name, (platform, _) in told.items()
    ]
    with notification_server.serving() as receiver:
        settings = SETTINGS | {"workers": 8, "notify": [f"json://127.0.0.1:{receiver.port}/"]}
        with (
            lab_folder(tmp_path, fleet=specs, speed=120, settings=settings) as lab,
            watched(tmp_path, monkeypatch, hidden, WRITTEN) as watch,
            Fronts({name: twist for name, (_, twist) in told.items()}, {n: lab.address(n) for n in told}) as fronts,
        ):
            behind(tmp_path, fronts)
            with serving(tmp_path, "--verbose") as served:
                answers = Answers(watch, served)
                ids = served.trigger(*(whole := ("good0", "good1", "good2")))
                ids += served.trigger(*(name for name in told if name not in whole), **COPIED)
                ended = wait(served, ids)
                answers.all_of(ids)
                watch.keep("serve", served.end())
            answers.end()
            look_at_everything(watch, told, ids)
            assert all(front.logins for front in fronts.fronts.values())
            watch.keep("the notifications", json.dumps(receiver.posts, ensure_ascii=False))
    assert receiver.posts
    assert watch.found() == []
    own = [(name, content) for name, content in watch.all_kept() if "/images/" not in name and is_own(name, tmp_path)]
    assert found_in_pieces(watch, own) == []
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "jobs").glob("*/*.txt")} == {0o600}
    ways = {job["device_hostname"]: (job["status"], job["error"]) for job in ended}
    good = [status for name, (status, _) in ways.items() if name.startswith("good")]
    assert good.count("success") > len(good) // 2, ways  # on a busy machine one or the other may come too late
    assert not [name for name in ("bad0", "bad1", "bad2", "bad4", "bad9") if ways[name][0] == "success"], ways
    there = f"a\nb {hidden['login'][:7]}\r\n{hidden['login'][7:]}x\b".encode()
    assert found_in_pieces(watch, [("a file", there), ("another", b"x")]) == ["login in a file"]


def is_own(name: str, folder: Path) -> bool:
    """Return what this test made from the files of others, of which there may be many."""
    return not name.startswith("/") or Path(name).is_relative_to(folder)


def wait(served: Served, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Wait for all jobs, longer than others do: a hang is among what they go through."""
    end = time.monotonic() + 200
    while True:
        jobs = served.jobs(ids)
        if all(job["status"] in FINAL for job in jobs):
            return jobs
        assert time.monotonic() < end, jobs
        time.sleep(0.5)


class Answers:
    """All that the API answers, the stream among it, kept for the search."""

    def __init__(self, watch: Watched, served: Served) -> None:
        self._watch = watch
        self._served = served
        place = urlsplit(served.url)
        self._stream = HTTPConnection(place.hostname or "", place.port, timeout=200)
        self._stream.request("GET", "/api/upgrade/events/?after=0", headers=self._headers)
        self._lines: list[bytes] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Token {self._served.token}"}

    def _read(self) -> None:
        with suppress(OSError), closing(self._stream), self._stream.getresponse() as answer:
            self._lines += answer

    def all_of(self, ids: Sequence[int]) -> None:
        """Ask everything that can be asked of jobs."""
        for path in (
            "/api/devices/",
            "/api/images/",
            "/metrics",
            "/api/health/",
            f"/api/upgrade/status/?job_ids={','.join(map(str, ids))}",
            *(f"/api/upgrade/jobs/{number}/events/" for number in ids),
        ):
            place = urlsplit(self._served.url)
            with closing(HTTPConnection(place.hostname or "", place.port, timeout=60)) as one:
                one.request("GET", path, headers=self._headers)
                answer = one.getresponse()
                assert answer.status == 200
                self._watch.keep(f"GET {path}", answer.read().decode())

    def end(self) -> None:
        """Keep what the stream had."""
        self._reader.join(30)
        assert len(self._lines) > 100
        self._watch.keep("the stream", b"".join(self._lines).decode())


def look_at_everything(watch: Watched, told: Mapping[str, tuple[str, Twist]], ids: Sequence[int]) -> None:
    """Run every command that shows something, and those that ask a device without a job."""
    numbers = [str(number) for number in ids]
    for arguments in (
        ("status",),
        ("status", "--json"),
        *(("report", "--format", kind) for kind in ("md", "json", "html", "junit", "csv")),
        ("job", "list"),
        *(("job", what, number) for number in numbers for what in ("show", "events", "transcript")),
        *(("job", "show", number, "--json") for number in numbers),
        ("device", "list", "--json"),
        ("audit", "list", "--json"),
        ("store", "backup", "backup.db"),
        *(("device", "check", name) for name in ("good0", "good5", "bad0", "bad3")),
        *(("device", "capture", name, "--out", f"bundle-{name}") for name in told if name in ONE_OF_EACH),
        ("plan", "good1", "good2"),
        ("upgrade", "bad0", "bad9", "--yes", "--verbose"),
        ("doctor",),
    ):
        code, said = watch.look(*arguments)
        assert "Traceback" not in said, (arguments, code, said)


def found_in_pieces(watch: Watched, places: Iterable[tuple[str, bytes]]) -> list[str]:
    """List where a piece of a secret stands, or a whole one that a line's end or a sign for the screen divides."""
    pieces = {
        kind: re.compile(
            b"|".join({re.escape(text[at : at + _PIECE].encode()) for at in range(len(text) - _PIECE + 1)})
        )
        for kind, text in watch.hidden.items()
    }
    return [
        f"{kind} in {name}"
        for name, content in places
        for shown in (_UNSEEN.sub(b"", plain(content.decode("latin-1")).encode("latin-1")),)
        for kind, each in pieces.items()
        if kind not in watch.written.get(Path(name).name, ()) and each.search(shown)
    ]
