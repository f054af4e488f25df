"""The image server: who is given which bytes, what is counted of them, and that nothing else is answered."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from support.certificates import self_signed

from swimctl.config.settings import ImageServing
from swimctl.errors import TransferFailed, UsageError
from swimctl.images.server import ImageServer
from swimctl.images.turns import SiteTurns
from swimctl.models import Image

SIZE = 3_000_001
CONTENT = bytes(range(251)) * (SIZE // 251) + bytes(SIZE % 251)


@pytest.fixture
def image(tmp_path: Path) -> Image:
    path = tmp_path / "cat9k_iosxe.17.12.04.SPA.bin"
    path.write_bytes(CONTENT)
    now = datetime.now(UTC)
    return Image(1, path.name, path, "cisco_xe", "cat9k_iosxe", "17.12.04", SIZE, "a" * 128, "b" * 32, now)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    return self_signed(tmp_path)


@contextmanager
def serving(**settings: object) -> Iterator[ImageServer]:
    server = ImageServer(ImageServing.model_validate({"bind": "127.0.0.1", **settings}))
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def server() -> Iterator[ImageServer]:
    with serving() as made:
        yield made


def get(
    url: str, *, method: str = "GET", trust: ssl.SSLContext | None = None, **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    parts = urlsplit(url)
    connection: http.client.HTTPConnection = (
        http.client.HTTPConnection(parts.netloc, timeout=30)
        if trust is None
        else http.client.HTTPSConnection(parts.netloc, timeout=30, context=trust)
    )
    try:
        connection.request(method, parts.path, headers={key.replace("_", "-"): value for key, value in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def until(true: Callable[[], bool]) -> None:
    """Wait for the thing itself: it fails by the time limit of the test alone."""
    while not true():
        time.sleep(0.005)


def test_a_device_gets_the_whole_image_and_its_bytes_are_counted(server: ImageServer, image: Image) -> None:
    with server.offer("sw1", image, "127.0.0.1") as offer:
        assert (offer.asked, offer.at, offer.whole) == (0, 0, False)
        response, body = get(offer.url)
        assert (response.status, response.headers["Content-Length"]) == (200, str(SIZE))
        assert body == CONTENT
        until(lambda: offer.whole)
        assert offer.asked == 1


def test_with_tls_the_bytes_are_the_same(certificate: tuple[Path, Path], image: Image) -> None:
    trust = ssl.create_default_context(cafile=str(certificate[0]))
    with (
        serving(tls_cert=certificate[0], tls_key=certificate[1]) as server,
        server.offer("sw1", image, "127.0.0.1") as offer,
    ):
        assert offer.url.startswith("https://127.0.0.1:")
        assert get(offer.url, trust=trust)[1] == CONTENT
        until(lambda: offer.whole)
        assert get(offer.url, trust=trust, Range="bytes=2999999-")[1] == CONTENT[2_999_999:]


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [("bytes=0-0", 0, 1), ("bytes=1000000-", 1_000_000, SIZE), ("bytes=5-9", 5, 10), ("bytes=-7", SIZE - 7, SIZE)],
)
def test_a_copy_that_was_cut_goes_on_where_it_was(
    server: ImageServer, image: Image, asked: str, begin: int, end: int
) -> None:
    with server.offer("sw1", image, "127.0.0.1") as offer:
        response, body = get(offer.url, Range=asked)
        assert response.status == 206
        assert response.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{SIZE}"
        assert body == CONTENT[begin:end]
        again, whole = get(offer.url, Range=asked, If_Range='"of another file"')
        assert (again.status, whole == CONTENT) == (200, True)


def test_bytes_that_are_not_there_are_refused(server: ImageServer, image: Image) -> None:
    with server.offer("sw1", image, "127.0.0.1") as offer:
        for asked in (f"bytes={SIZE}-", "bytes=9-5", "lines=1-2"):
            assert get(offer.url, Range=asked)[0].status == 416
        assert offer.asked == 0


def test_who_asks_for_the_head_is_told_the_size_and_counts_for_nothing(server: ImageServer, image: Image) -> None:
    with server.offer("sw1", image, "127.0.0.1") as offer:
        response, body = get(offer.url, method="HEAD")
        assert (response.headers["Content-Length"], body) == (str(SIZE), b"")
        assert (offer.asked, offer.at) == (0, 0)


def test_a_ticket_opens_one_file_for_one_device_while_it_is_offered(server: ImageServer, image: Image) -> None:
    with server.offer("sw1", image, "127.0.0.1") as one, server.offer("sw2", image, "127.0.0.1") as two:
        assert server.ticket("sw1") in one.url
        assert server.ticket("sw1") != server.ticket("sw2")
        assert server.ticket("sw1") not in repr(one)
        root, ticket, name = one.url.rsplit("/", 2)
        for other in (
            f"{root}/{ticket}/another.bin", f"{root}/{ticket}", f"{root}/{ticket}/", f"{root}/{ticket[:-1]}/{name}",
            f"{root}/{ticket}/../{name}", f"{root}/x/{name}", f"{root}/", f"{root}/{ticket}/%2e%2e%2f{name}",
        ):  # fmt: skip
            response, body = get(other)
            assert (response.status, name in body.decode()) == (404, False), other
        assert get(one.url, method="POST")[0].status == 405
        assert (one.asked, two.asked, one.reached) == (0, 0, False)
    assert get(one.url)[0].status == 404
    with server.offer("sw1", image, "127.0.0.1") as later:
        assert later.url == one.url
        assert get(later.url)[1] == CONTENT
    server.forget("sw1")
    with server.offer("sw1", image, "127.0.0.1") as last:
        assert last.url != one.url
        assert get(one.url)[0].status == 404


def test_a_ticket_is_good_for_so_many_hours(image: Image) -> None:
    with serving(hours=1e-9) as server, server.offer("sw1", image, "127.0.0.1") as offer:
        assert get(offer.url)[0].status == 404
        assert offer.asked == 0


def test_a_device_that_asks_for_what_is_nowhere_has_shown_that_it_reaches_us(server: ImageServer, image: Image) -> None:
    with server.offer("sw1", image, "127.0.0.1") as offer:
        assert get(offer.reach_url)[0].status == 404
        assert (offer.reached, offer.asked, offer.at) == (True, 0, 0)


def test_what_is_still_being_sent_is_cut_off_when_the_offer_ends(server: ImageServer, image: Image) -> None:
    image = replace(image, size=500_000_000)
    with image.path.open("r+b") as file:
        file.truncate(image.size)
    with server.offer("sw1", image, "127.0.0.1") as offer:
        parts = urlsplit(offer.url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        connection.request("GET", parts.path)
        response = connection.getresponse()
        until(lambda: offer.at > 0)
        assert not offer.whole
    with closing(connection), response, pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        response.read()


def test_a_file_that_became_shorter_is_not_taken_for_whole(server: ImageServer, image: Image) -> None:
    with server.offer("sw1", replace(image, size=SIZE + 5), "127.0.0.1") as offer:
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            get(offer.url)
        assert not offer.whole


def test_so_many_copies_run_at_once_and_the_others_wait() -> None:
    with serving(copies=2) as server:
        assert [server.copies.take() for _ in range(3)] == [True, True, False]
        server.copies.leave()
        assert [server.copies.take() for _ in range(2)] == [True, False]


def test_at_each_site_so_many_copies_run_at_once() -> None:
    sites = SiteTurns(1)
    ber, muc = sites.of("ber"), sites.of("muc")
    assert ber is not None
    assert muc is not None
    assert [ber.take(), ber.take(), muc.take()] == [True, False, True]
    assert sites.of("ber") is ber
    ber.leave()
    assert ber.take()
    with pytest.raises(ValueError, match="too many"):
        [muc.leave() for _ in range(2)]


@pytest.mark.parametrize(("most", "site"), [(1, None), (1, ""), (0, "ber")])
def test_without_a_site_or_a_limit_nobody_waits(most: int, site: str | None) -> None:
    assert SiteTurns(most).of(site) is None


def _slow_copy(url: str) -> socket.socket:
    """Begin to fetch an image, and take of it only what the network holds."""
    parts = urlsplit(url)
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    one.connect((parts.hostname, parts.port))
    one.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    return one


@pytest.mark.parametrize("said", [b"", b"GET /some", b"GET /a/b HTTP/1.1\r\nHost: x\r\n", b"GET /a/b HTTP/1.1\r\n\r\n"])
def test_strangers_keep_no_device_out_and_end_no_copy(image: Image, said: bytes) -> None:
    held: list[socket.socket] = []
    with serving(copies=4) as server, server.offer("sw1", image, "127.0.0.1") as first:
        slow = _slow_copy(first.url)
        until(lambda: first.at > 0)
        try:
            for _ in range(60):
                held.append(socket.create_connection(("127.0.0.1", server.port), 30))
                with suppress(OSError):  # it had to go already
                    held[-1].sendall(said)
            with server.offer("sw2", image, "127.0.0.1") as second:
                assert get(second.url)[1] == CONTENT
            until(lambda: _open_at(server.port) <= 4 * 4)
            taken = b"".join(iter(lambda: slow.recv(65_536), b""))
            assert taken.endswith(CONTENT)
        finally:
            for one in (*held, slow):
                one.close()


def _open_at(port: int) -> int:
    """Return how many connections to a port of this machine its server has open."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    established = "01"
    return sum(line[1].endswith(f":{port:04X}") and line[3] == established for line in lines)


def test_as_many_devices_as_may_fetch_do_from_one_address(image: Image) -> None:
    devices = [f"sw{number}" for number in range(1, 17)]
    with serving(copies=len(devices)) as server, ExitStack() as offered, ThreadPoolExecutor(len(devices)) as pool:
        urls = [offered.enter_context(server.offer(name, image, "127.0.0.1")).url for name in devices]
        assert [content == CONTENT for _, content in pool.map(get, urls)] == [True] * len(devices)


def test_a_port_that_is_taken_is_told_with_what_to_do(server: ImageServer, image: Image) -> None:
    with (
        server.offer("sw1", image, "127.0.0.1"),
        serving(port=server.port) as other,
        pytest.raises(TransferFailed, match=r"another `swimctl.image_server.port`, or 0"),
        other.offer("sw1", image, "127.0.0.1"),
    ):
        pass


def test_a_certificate_without_its_key_is_told_with_the_settings(tmp_path: Path, image: Image) -> None:
    with (
        serving(tls_cert=tmp_path / "c.pem") as server,
        pytest.raises(UsageError, match=r"image_server.tls_cert and image_server.tls_key"),
        server.offer("sw1", image, "127.0.0.1"),
    ):
        pass


def test_the_address_is_the_one_that_is_said_else_that_on_the_way(image: Image) -> None:
    with serving(address="images.example.net") as server:
        with server.offer("sw1", image, "127.0.0.1") as offer:
            assert offer.url.startswith(f"http://images.example.net:{server.port}/")
        with server.offer("sw1", image, "127.0.0.1", "10.9.9.9") as offer:
            assert offer.url.startswith(f"http://10.9.9.9:{server.port}/")
    with serving() as server, server.offer("sw1", image, "127.0.0.1", "2001:db8::1") as offer:
        assert offer.url.startswith(f"http://[2001:db8::1]:{server.port}/")


def test_a_look_at_a_device_has_tickets_of_its_own_beside_that_of_its_job(image: Image) -> None:
    with serving() as server, server.offer("sw1", image, "127.0.0.1") as job:
        with server.look("sw1") as first, server.look("sw1") as second:
            for whose in (first, second):
                with server.offer(whose, image, "127.0.0.1") as look:
                    assert get(look.reach_url)[0].status == 404
                    assert (look.reached, job.reached) == (True, False)
            assert len(server.tickets("sw1")) == 3
            assert server.tickets("sw") == server.tickets("sw10") == ()
            assert get(job.url)[0].status == 200
        assert server.tickets("sw1") == (server.ticket("sw1"),)
        assert get(job.url)[0].status == 200


def test_nothing_listens_before_there_is_something_to_serve(image: Image) -> None:
    with serving() as server:
        server.ticket("sw1")
        assert (server.port, [each.name for each in threading.enumerate() if each.name == "image-server"]) == (0, [])
        with server.offer("sw1", image, "127.0.0.1") as offer:
            assert offer.url
    assert "image-server" not in {each.name for each in threading.enumerate()}
