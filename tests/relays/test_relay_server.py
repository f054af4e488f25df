"""A relay between swimctl's image server and devices: who gets what, what is counted, and what ends it."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from support.certificates import self_signed
from support.file_server import answering, serving
from support.relays import TOKEN, image_of, running_relay

from swimctl.config.settings import ImageServing, Settings
from swimctl.errors import TransferFailed, UsageError
from swimctl.images.server import ImageServer
from swimctl.inventory.copies import CopyPolicy
from swimctl.inventory.relays import Relay
from swimctl.models import Device, Image
from swimctl.platforms.fetching import Fetched, Remote
from swimctl.platforms.talk import Talk
from swimctl.relays import protocol
from swimctl.relays.client import Busy, RelayCopy, doubt, ordered
from swimctl.relays.server import RelayServer
from swimctl.relays.shelf import Shelf
from swimctl.steps.reach import Images
from swimctl.tls import tls_context

SIZE = 700_001
CONTENT = bytes(range(251)) * (SIZE // 251) + bytes(SIZE % 251)
TICKET = "ticket-of-sw1-"


@pytest.fixture
def image(tmp_path: Path) -> Image:
    return image_of(tmp_path / "images", CONTENT)


@pytest.fixture
def main() -> Iterator[ImageServer]:
    server = ImageServer(ImageServing.model_validate({"bind": "127.0.0.1"}))
    yield server
    server.close()


def get(url: str, trust: ssl.SSLContext | None = None, begin: int = 0) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection: http.client.HTTPConnection = (
        http.client.HTTPConnection(parts.netloc, timeout=30)
        if trust is None
        else http.client.HTTPSConnection(parts.netloc, timeout=30, context=trust)
    )
    try:
        connection.request("GET", parts.path, headers={"Range": f"bytes={begin}-"} if begin else {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def until(true: Callable[[], bool]) -> None:
    """Wait for the thing itself: it fails by the time limit of the test alone."""
    while not true():
        time.sleep(0.005)


@contextmanager
def order(relay: Relay, image: Image, main: ImageServer, number: int = 1, hours: float = 1) -> Iterator[RelayCopy]:
    """Order an image for a device, and wait until the relay has it, or does not get it."""
    with (
        main.offer(f"relay for sw{number}", image, "127.0.0.1") as source,
        ordered(relay, image, f"sw{number}", f"{TICKET}{number}", hours, source.url) as copy,
    ):
        until(lambda: copy.look(now=True).ready or bool(copy.look().problem))
        yield copy


def test_many_devices_get_an_image_that_left_the_main_server_once(
    tmp_path: Path, image: Image, main: ImageServer
) -> None:
    with running_relay(tmp_path / "relay") as one, ExitStack() as orders:
        copies = [orders.enter_context(order(one.relay, image, main, number)) for number in range(20)]
        assert [copy.look(now=True).at for copy in copies] == [0] * 20
        assert [get(copy.url) for copy in copies] == [(200, CONTENT)] * 20
        for copy in copies:
            until(lambda copy=copy: copy.look(now=True).whole)  # type: ignore[misc]  # mypy has no type for a default
            assert (copy.at, copy.asked, copy.look().reached) == (SIZE, 1, False)
        assert (main.sent, one.server.sent) == (SIZE, 20 * SIZE)


def test_a_ticket_opens_one_file_while_it_is_ordered(tmp_path: Path, image: Image, main: ImageServer) -> None:
    with running_relay(tmp_path / "relay") as one:
        with order(one.relay, image, main, 1) as first, order(one.relay, image, main, 2):
            root = first.url.rpartition("/")[0]
            for odd in (f"{root}/another.bin", f"{root}x/{image.filename}", f"{root}/", f"{root}/{image.sha512}"):
                assert get(odd)[0] == 404, odd
            assert (first.look(now=True).asked, first.look().reached) == (0, False)
            assert get(first.reach_url) == (404, b"")
            assert first.reached
            assert get(first.url, begin=SIZE - 5) == (206, CONTENT[-5:])
        assert get(first.url) == (404, b"")


def test_a_ticket_is_good_for_so_many_hours(tmp_path: Path, image: Image, main: ImageServer) -> None:
    with running_relay(tmp_path / "relay") as one, order(one.relay, image, main, hours=1e-9) as copy:
        assert get(copy.url) == (404, b"")


def test_a_device_gets_nothing_before_the_image_is_whole_and_right(tmp_path: Path, image: Image) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, running_relay(tmp_path / "relay") as one:
        source = f"http://127.0.0.1:{silent.getsockname()[1]}/a"
        with ordered(one.relay, image, "sw1", TICKET, 1, source) as copy, silent.accept()[0]:
            (tmp_path / "relay" / image.sha512).write_bytes(CONTENT)
            assert not copy.look(now=True).ready
            assert get(copy.url) == (404, b"")
            assert get(copy.reach_url) == (404, b"")
            assert copy.reached


def test_who_orders_no_image_has_none_fetched(tmp_path: Path, image: Image) -> None:
    with running_relay(tmp_path / "relay") as one, ordered(one.relay, image, "sw1", TICKET, 1, "") as copy:
        assert get(copy.url) == (404, b"")
        assert copy.look(now=True).fetched == 0
        assert list((tmp_path / "relay").iterdir()) == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_who_has_not_the_token_is_refused(tmp_path: Path, image: Image, main: ImageServer, method: str) -> None:
    with running_relay(tmp_path / "relay") as one, order(one.relay, image, main) as copy:
        stranger = replace(one.relay, token="another-token-of-a-site")
        with (
            pytest.raises(TransferFailed, match=r"the relay http://127\S+ refuses: it is signed with another token"),
            ordered(stranger, image, "sw2", f"{TICKET}2", 1, "http://192.0.2.1/a"),
        ):
            pytest.fail("it was let in")
        connection = http.client.HTTPConnection(urlsplit(one.relay.url).netloc)
        connection.request(method, f"/relay/v1/offers/{TICKET}1", b"{}", {"Authorization": f"Bearer {TOKEN}"})
        response = connection.getresponse()
        assert (response.status, response.read()) == (401, b'{"problem": "this request is not signed"}')
        connection.close()
        assert get(copy.url)[0] == 200


def test_with_tls_the_relay_must_be_the_one_that_is_trusted(tmp_path: Path, image: Image, main: ImageServer) -> None:
    cert, key = self_signed(tmp_path)
    with running_relay(tmp_path / "relay", tls=tls_context(cert, key), trust=cert) as one:
        assert one.relay.url.startswith("https://")
        with order(one.relay, image, main) as copy:
            assert get(copy.url, ssl.create_default_context(cafile=str(cert))) == (200, CONTENT)
        with (
            pytest.raises(TransferFailed, match="CERTIFICATE_VERIFY_FAILED"),
            ordered(replace(one.relay, trust=None), image, "sw1", TICKET, 1, ""),
        ):
            pytest.fail("it was believed")


def test_the_relay_checks_the_main_servers_certificate(tmp_path: Path, image: Image) -> None:
    cert, key = self_signed(tmp_path)
    main = ImageServer(ImageServing.model_validate({"bind": "127.0.0.1", "tls_cert": cert, "tls_key": key}))
    try:
        with running_relay(tmp_path / "relay") as one:
            with order(one.relay, image, main) as copy:
                assert "CERTIFICATE_VERIFY_FAILED" in copy.look().problem
            one.server.shelf._trust = ssl.create_default_context(cafile=str(cert))
            with order(one.relay, image, main) as copy:
                assert get(copy.url) == (200, CONTENT)
    finally:
        main.close()


def test_as_many_devices_as_may_have_an_order_and_the_next_one_waits(
    tmp_path: Path, image: Image, main: ImageServer
) -> None:
    with running_relay(tmp_path / "relay", copies=1) as one:
        with order(one.relay, image, main, 1):
            with pytest.raises(Busy), order(one.relay, image, main, 2):
                pytest.fail("it had a place")
            with ordered(one.relay, image, "sw2", f"{TICKET}2", 1, "") as asked:
                assert get(asked.reach_url) == (404, b"")
                assert asked.reached, "who only asks needs none"
        with order(one.relay, image, main, 2) as copy:
            assert get(copy.url) == (200, CONTENT)


def test_an_order_of_a_process_that_died_ends_by_itself(
    tmp_path: Path, image: Image, main: ImageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("swimctl.relays.server._FORGOTTEN", 0.0)
    with (
        running_relay(tmp_path / "relay", copies=1) as one,
        order(one.relay, image, main, 1),
        order(one.relay, image, main, 2) as copy,
    ):
        assert get(copy.url) == (200, CONTENT)


def test_a_relay_that_died_is_told_and_what_stood_last_is_kept(tmp_path: Path, image: Image, main: ImageServer) -> None:
    with running_relay(tmp_path / "relay") as one, order(one.relay, image, main) as copy:
        assert get(copy.url)[0] == 200
        until(lambda: copy.look(now=True).whole)
        one.die()
        assert copy.look(now=True).whole
        assert copy.silent.startswith(f"the relay {one.relay.url} does not answer: ")
        assert copy.sending, "nobody knows"


def test_a_relay_that_was_restarted_has_the_image_and_gets_the_order_again(
    tmp_path: Path, image: Image, main: ImageServer
) -> None:
    with running_relay(tmp_path / "relay") as one, order(one.relay, image, main) as copy:
        one.die()
        copy.look(now=True)
        assert copy.silent
        with running_relay(tmp_path / "relay", port=urlsplit(one.relay.url).port or 0):
            until(lambda: copy.look(now=True).ready)
            assert copy.silent == ""
            assert get(copy.url) == (200, CONTENT)
        assert main.sent == SIZE


class Comes:
    """A driver whose device asks for what it is told to fetch."""

    def fetch(self, remote: Remote, image: Image, vrf: str, deadline: float) -> Talk[Fetched]:  # noqa: ARG002 - as Fetches has it
        yield from ()
        assert get(remote.url)[0] == 404
        return Fetched("there is no such file")

    def file_size(self, image: Image) -> int | None:
        """Return that there is none."""

    def remove_file(self, image: Image) -> None:
        """Remove nothing."""


def test_a_dry_run_of_a_device_takes_nothing_from_its_job_at_the_relay(
    tmp_path: Path, image: Image, main: ImageServer
) -> None:
    device, settings = Device(1, "sw1", "cisco_xe", "127.0.0.1"), Settings()
    enter = partial(nullcontext, cast("Any", Comes()))
    with running_relay(tmp_path / "relay") as one:
        job = Images(main, CopyPolicy(relay=one.relay))
        with (
            main.offer("relay for sw1", image, "127.0.0.1") as source,
            ordered(one.relay, image, "sw1", main.ticket("sw1"), 1, source.url) as copy,
            main.look("sw1") as whose,
        ):
            look = replace(job, whose=whose)
            assert look.why_not_relayed(one.relay, enter, device, image, settings) == ""
            assert (copy.reached, copy.asked) == (False, 0)
            until(lambda: copy.look(now=True).ready)
            assert get(copy.url) == (200, CONTENT)


def test_a_request_that_somebody_read_is_good_no_second_time_also_not_after_a_restart(
    tmp_path: Path, image: Image
) -> None:
    def said(method: str, path: str, body: bytes = b"", proof: str = "") -> tuple[int, dict[str, str]]:
        connection = http.client.HTTPConnection(urlsplit(one.relay.url).netloc)
        connection.request(method, path, body, {"Authorization": proof})
        response = connection.getresponse()
        told = response.status, dict(json.loads(response.read()))
        connection.close()
        return told

    path = f"{protocol.OFFERS}/{TICKET}1"
    body = protocol.Order(f"{TICKET}1", "sw1", image.filename, image.sha512, SIZE, 1, "").body()
    with running_relay(tmp_path / "relay") as one:
        name = said("GET", protocol.HELLO)[1]["relay"]
        proof = protocol.signed(TOKEN, name, "PUT", path, body, time.time(), "a-word-for-once")
        assert said("PUT", path, body, proof)[0] == 200
        assert said("PUT", path, body, proof) == (401, {"problem": "this request came before"})
    with running_relay(tmp_path / "relay", port=urlsplit(one.relay.url).port or 0):
        told = said("PUT", path, body, proof)
    assert told == (401, {"problem": "it is signed with another token than the relay's, or for another relay"})


def test_a_server_that_does_not_say_which_relay_it_is_gets_nothing_signed(image: Image) -> None:
    with (
        serving("image.bin", CONTENT) as other,
        pytest.raises(
            TransferFailed, match=r"to /relay/v1/hello it answers 404, and .*; is it a relay, of the release"
        ),
        ordered(Relay(other.url.removesuffix("/image.bin"), TOKEN), image, "sw1", TICKET, 1, ""),
    ):
        pytest.fail("it was believed")
    assert other.asked == [protocol.HELLO]


def test_what_a_relay_cannot_get_is_told(tmp_path: Path, image: Image, main: ImageServer) -> None:
    image.path.write_bytes(CONTENT[:-1] + b"x")
    with running_relay(tmp_path / "relay") as one, order(one.relay, image, main) as copy:
        assert copy.look().problem.startswith("what came is not the image: its SHA-512 is ")
        assert get(copy.url) == (404, b"")
    with running_relay(tmp_path / "small", most=SIZE - 1) as one, order(one.relay, image, main) as copy:
        assert copy.look().problem.startswith("there is no room on the relay: ")


def test_an_image_in_doubt_is_read_and_fetched_again(tmp_path: Path, image: Image, main: ImageServer) -> None:
    with running_relay(tmp_path / "relay") as one:
        with order(one.relay, image, main):
            path = tmp_path / "relay" / image.sha512
            before = path.stat()
            path.write_bytes(CONTENT[:-1] + b"x")
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        doubt(one.relay, image.sha512)
        with order(one.relay, image, main, 2) as copy:
            assert get(copy.url) == (200, CONTENT)
        assert main.sent == 2 * SIZE


def test_a_doubt_reaches_those_who_have_ordered_the_image_before(
    tmp_path: Path, image: Image, main: ImageServer
) -> None:
    with running_relay(tmp_path / "relay") as one, order(one.relay, image, main) as copy:
        path = tmp_path / "relay" / image.sha512
        before = path.stat()
        path.write_bytes(CONTENT[:-1] + b"x")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        doubt(one.relay, image.sha512)
        status, content = get(copy.url)
        assert (status, content) in {(404, b""), (200, CONTENT)}, "it is being fetched, or is there again"
        until(lambda: copy.look(now=True).ready)
        assert get(copy.url) == (200, CONTENT)
        assert main.sent == 2 * SIZE


def test_who_comes_while_an_image_in_doubt_is_read_waits_for_that(
    tmp_path: Path, image: Image, main: ImageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, is_right = threading.Event(), Shelf._is_right
    with running_relay(tmp_path / "relay") as one, order(one.relay, image, main) as copy, ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(Shelf, "_is_right", lambda *given: goes_on.wait(60) and is_right(*given))
        doubt(one.relay, image.sha512)
        comes = pool.submit(get, copy.url)
        assert not copy.look(now=True).ready
        assert not comes.done()
        goes_on.set()
        assert comes.result() == (200, CONTENT)
        assert main.sent == SIZE, "it was right"


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    server = RelayServer(tmp_path, SIZE, TOKEN, copies=1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        serving = server.serve("127.0.0.1", taken.getsockname()[1], None, asyncio.Event(), print)
        with pytest.raises(UsageError, match="choose another --port"):
            asyncio.run(serving)


def test_a_relay_that_is_not_there_is_told(image: Image) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        place = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    with (
        pytest.raises(TransferFailed, match=f"the relay {place} does not answer: Connection refused"),
        ordered(Relay(place, TOKEN), image, "sw1", TICKET, 1, ""),
    ):
        pytest.fail("nobody is there")


def test_who_sends_more_than_an_answer_is_no_relay(image: Image) -> None:
    class Endless(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(10**9))
            self.end_headers()
            with suppress(OSError):  # until nobody listens any more
                while True:
                    self.wfile.write(bytes(10_000))

        def do_GET(self) -> None:
            self.do_PUT()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as its class has it
            """Say nothing."""

    with (
        answering(ThreadingHTTPServer(("127.0.0.1", 0), Endless)) as port,
        pytest.raises(TransferFailed, match="it sends more than 65536 bytes; is it a relay"),
        ordered(Relay(f"http://127.0.0.1:{port}", TOKEN), image, "sw1", TICKET, 1, ""),
    ):
        pytest.fail("that is no relay")
