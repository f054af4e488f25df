"""The sender's side of SCP: what it sends, when it does not, and what it makes of an answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from paramiko.packet import Packetizer
from support import hanging_servers as servers

from swimctl.clock import SystemClock
from swimctl.config.settings import Distribution
from swimctl.errors import TransferFailed
from swimctl.sessions.targets import Target
from swimctl.sessions.transports.scp_push import ScpPush
from swimctl.sessions.transports.scp_sender import Refused, Sender

CONTENT = bytes(range(256)) * 1000
HEADER = b"C0640 256000 image.bin\n"
PACKET = 32_768


class PaperChannel:
    """A channel as the thread sees it that reads: it says what it was given, and takes what its window allows."""

    def __init__(self) -> None:
        self.window = 65_536
        self.out_max_packet_size = PACKET
        self.packets: list[bytes] = []
        self.said = self.stderr = b""
        self.closed = self.eof_received = self.ended = self.exited = False

    @property
    def came(self) -> bytes:
        return b"".join(self.packets)

    def settimeout(self, seconds: float) -> None:
        assert seconds == 0, "it must never wait"

    def recv_ready(self) -> bool:
        return bool(self.said)

    def recv(self, most: int) -> bytes:
        taken, self.said = self.said[:most], self.said[most:]
        return taken

    def recv_stderr_ready(self) -> bool:
        return bool(self.stderr)

    def recv_stderr(self, most: int) -> bytes:
        return self.stderr[:most]

    def send(self, data: bytes) -> int:
        if self.closed:
            raise OSError("Socket is closed")
        if not self.window:
            raise TimeoutError
        packet = data[: min(self.window, self.out_max_packet_size - 64)]  # as paramiko does
        self.window -= len(packet)
        self.packets.append(packet)
        return len(packet)

    def shutdown_write(self) -> None:
        self.ended = True

    def exit_status_ready(self) -> bool:
        return self.exited


class Copy:
    """A copy on paper."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "image.bin"
        self.source.write_bytes(CONTENT)
        self.source.chmod(0o640)
        self.channel: Any = PaperChannel()
        self.may_send = threading.Event()
        self.may_send.set()
        self.file = self.source.open("rb", buffering=0)
        self.sender = Sender(self.channel, self.may_send, self.file, len(CONTENT))

    def hear(self, said: bytes = b"", window: int = 0) -> None:
        """Let the device say this, or open its window by so much."""
        self.channel.said += said
        self.channel.window += window
        self.sender.go_on()


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    made = Copy(tmp_path)
    with made.file:
        yield made


def test_a_whole_copy_goes_on_as_the_device_says(copy: Copy) -> None:
    copy.hear()
    assert not copy.channel.packets
    copy.hear(b"\0")
    assert copy.channel.came == HEADER
    assert copy.sender.sent == 0
    copy.hear(b"\0", window=len(HEADER))
    assert copy.sender.sent == 65_536
    while copy.sender.sent < len(CONTENT):
        copy.hear(window=65_536)
    assert copy.channel.came == HEADER + CONTENT + b"\0"
    assert not copy.channel.ended
    copy.hear(b"\0")
    assert copy.channel.ended
    assert copy.sender.confirmed
    assert not copy.sender.over.is_set(), "the device may still be writing"
    copy.channel.exited = True
    copy.hear()
    assert copy.sender.over.is_set()
    assert copy.sender.error is None


def test_a_window_of_64_kb_is_two_packets(copy: Copy) -> None:
    copy.hear(b"\0")
    copy.hear(b"\0", window=len(HEADER))
    copy.hear(window=65_536)
    assert [len(packet) for packet in copy.channel.packets[1:]] == [PACKET] * 4


def test_nothing_is_sent_while_keys_are_exchanged(copy: Copy) -> None:
    copy.may_send.clear()
    copy.hear(b"\0")
    assert not copy.channel.packets
    copy.may_send.set()
    copy.hear()
    assert copy.channel.came == HEADER


def test_a_window_that_opens_byte_by_byte(copy: Copy) -> None:
    copy.channel.window = 0
    copy.hear(b"\0")
    for _ in range(len(HEADER)):
        copy.hear(window=1)
    assert copy.channel.came == HEADER
    copy.hear(b"\0")
    opened = 0
    for step in (1, 7, 40_000, 5, 32_768, 100_000, 3, 200_000):
        copy.hear(window=step)
        opened += step
        assert copy.sender.sent == min(opened, len(CONTENT))
    assert copy.channel.came == HEADER + CONTENT + b"\0"


def closes(copy: Copy) -> None:
    copy.channel.eof_received = copy.channel.closed = True
    copy.hear()


@pytest.mark.parametrize(
    ("device", "says"),
    [
        (lambda copy: copy.hear(b"\1scp: no such file\n"), "scp: no such file"),
        (lambda copy: (copy.hear(b"\1scp: no "), copy.hear(b"such file\n")), "scp: no such file"),
        (lambda copy: copy.hear(b"% Bad command\r\n"), "% Bad command"),
        (lambda copy: (setattr(copy.channel, "stderr", b"Privilege denied.\r\n"), closes(copy)), "Privilege denied."),
        (lambda copy: copy.hear(b"\0\1No space left on device\n", window=len(HEADER)), "No space left on device"),
        (closes, ""),
    ],
)
@pytest.mark.parametrize("answers", [0, 1, 2])
def test_a_device_that_refuses(copy: Copy, device: Callable[[Copy], object], says: str, answers: int) -> None:
    """Before the header, after it, and in the middle of the file."""
    for _ in range(answers):
        copy.hear(b"\0", window=len(HEADER))
    sent = copy.sender.sent
    device(copy)
    copy.hear(window=1_000_000)
    assert copy.sender.over.is_set()
    assert isinstance(copy.sender.error, Refused)
    assert str(copy.sender.error) == says
    assert copy.sender.sent == sent < len(CONTENT)
    assert not copy.sender.confirmed


def test_a_file_that_becomes_shorter_is_no_copy(copy: Copy) -> None:
    copy.source.write_bytes(CONTENT[:1000])
    copy.hear(b"\0")
    copy.hear(b"\0", window=1_000_000)
    assert str(copy.sender.error).endswith("image.bin has become shorter")


# Over a connection.


@pytest.mark.parametrize("who", ["we", "the device"])
def test_keys_may_be_exchanged_anew_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    image = tmp_path / "image.bin"
    image.write_bytes(CONTENT * 12)
    came: list[bytes] = []

    async def take(process: Any) -> None:
        process.stdout.write(b"\0")
        header = await process.stdin.readline()
        process.stdout.write(b"\0")
        came.append(await process.stdin.readexactly(int(header.split()[1]) + 1))
        process.stdout.write(b"\0")
        process.exit(0)

    options = {"rekey_bytes": 500} if who == "the device" else {}
    exchanges: list[str] = []
    if who == "we":
        monkeypatch.setattr(Packetizer, "REKEY_BYTES", 300_000)
    set_cipher = Packetizer.set_outbound_cipher
    monkeypatch.setattr(
        Packetizer, "set_outbound_cipher", lambda *args, **more: (exchanges.append(who), set_cipher(*args, **more))[1]
    )
    with servers.hanging(take, encoding=None, window=65_536, **options) as target:
        ScpPush().send(image, "flash:image.bin", target, Distribution(), SystemClock(), lambda _: None)
    assert came == [image.read_bytes() + b"\0"]
    assert len(exchanges) > 3


def test_a_stop_ends_a_copy_whose_device_takes_no_more(tmp_path: Path) -> None:
    """What the caller raises comes as it is, and at once."""
    image = tmp_path / "image.bin"
    image.write_bytes(CONTENT)

    class StopWanted(Exception):
        pass

    def stop(sent: int) -> None:
        if sent:
            assert sent < len(CONTENT)
            raise StopWanted

    async def deaf(process: Any) -> None:
        process.stdout.write(b"\0")
        await process.stdin.readline()
        process.stdout.write(b"\0")
        process.channel.pause_reading()
        await process.wait_closed()

    with servers.hanging(deaf, encoding=None, window=65_536) as target, pytest.raises(StopWanted):
        ScpPush().send(image, "flash:image.bin", target, Distribution(), SystemClock(), stop)


def test_a_device_that_dies_in_the_middle(tmp_path: Path) -> None:
    image = tmp_path / "image.bin"
    image.write_bytes(CONTENT * 4)

    async def dies(process: Any) -> None:
        process.stdout.write(b"\0")
        await process.stdin.readline()
        process.stdout.write(b"\0")
        await process.stdin.readexactly(100_000)
        process.channel.get_connection().abort()

    with servers.hanging(dies, encoding=None, window=65_536) as target, pytest.raises(TransferFailed) as broken:
        ScpPush().send(image, "flash:image.bin", target, Distribution(), SystemClock(), lambda _: None)
    lost = ("the connection was lost", "Connection reset by peer", "Broken pipe")
    assert str(broken.value) in {f"the copy of image.bin to sw1 failed: {why}" for why in lost}


def test_a_device_whose_connection_takes_no_byte_more_holds_up_no_other_copy(tmp_path: Path) -> None:
    """Its window is open, but nobody reads: the thread that sends has to wait in the middle of its turn."""
    image, large = tmp_path / "image.bin", tmp_path / "large.bin"
    image.write_bytes(CONTENT * 4)
    with large.open("wb") as file:
        file.truncate(60_000_000)  # more than the buffers between two sockets take
    sends, failed = threading.Event(), list[TransferFailed]()

    async def reads_no_more(process: Any) -> None:
        process.stdout.write(b"\0")
        await process.stdin.readline()
        process.stdout.write(b"\0")
        process.channel.get_connection()._transport.pause_reading()
        await process.wait_closed()

    async def takes_all(process: Any) -> None:
        process.stdout.write(b"\0")
        header = await process.stdin.readline()
        process.stdout.write(b"\0")
        await process.stdin.readexactly(int(header.split()[1]) + 1)
        process.stdout.write(b"\0")
        process.exit(0)

    def push(target: Target, file: Path, tell: Callable[[int], object]) -> None:
        ScpPush().send(file, f"flash:{file.name}", target, Distribution(stall=20), SystemClock(), tell)

    def push_into_nowhere() -> None:
        with pytest.raises(TransferFailed) as broken:
            push(deaf, large, lambda sent: sends.set() if sent else None)
        failed.append(broken.value)

    with servers.hanging(takes_all, encoding=None, window=65_536) as other:
        with servers.hanging(reads_no_more, encoding=None, window=100_000_000) as deaf:
            stuck = threading.Thread(target=push_into_nowhere)
            stuck.start()
            assert sends.wait(20)
            push(other, image, lambda _: None)
            assert stuck.is_alive()
        stuck.join()
    assert "the copy of large.bin to sw1 failed" in str(failed[0])
