"""What many connections of one process spare each other."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swimctl.sessions.way.sharing import ReadAhead, Turn, turn


class Pieces:
    """A stream whose bytes come in these pieces."""

    name = "the stream's own"

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self.pieces = list(pieces)
        self.asked = 0
        self.takes = True

    def recv(self, most: int, /) -> bytes:
        self.asked += 1
        if not self.pieces:
            return b""
        piece, self.pieces[0] = self.pieces[0][:most], self.pieces[0][most:]
        if not self.pieces[0]:
            del self.pieces[0]
        return piece

    def send(self, data: bytes, /) -> int:
        if not self.takes:
            raise TimeoutError
        return len(data)

    def settimeout(self, seconds: float | None, /) -> None:
        pass

    def close(self) -> None:
        pass


@given(st.lists(st.binary(min_size=1, max_size=200)), st.lists(st.integers(1, 300), min_size=1))
def test_every_byte_is_read_once_and_in_order(pieces: list[bytes], asked: list[int]) -> None:
    stream = ReadAhead(Pieces(pieces))
    came, number = b"", 0
    while part := stream.recv(asked[number % len(asked)]):
        assert len(part) <= asked[number % len(asked)]
        came, number = came + part, number + 1
    assert came == b"".join(pieces)
    assert stream.recv(1) == b"", "an end stays an end"


def test_a_message_of_two_parts_is_one_call() -> None:
    pieces = Pieces([b"head" + b"rest" * 5])
    stream = ReadAhead(pieces)
    assert (stream.recv(4), stream.recv(20), pieces.asked) == (b"head", b"rest" * 5, 1)
    assert stream.name == "the stream's own"


def test_one_has_the_turn_and_the_next_one_gets_it() -> None:
    mine, inside = Turn(), list[int]()

    def take() -> None:
        for _ in range(50):
            with mine.taken():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    most: list[int] = []
    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 200


def test_who_must_wait_for_a_device_passes_the_turn_on() -> None:
    pieces, others = Pieces([]), threading.Event()
    pieces.takes = False
    stream = ReadAhead(pieces)

    def other() -> None:
        with turn.taken():
            others.set()
        turn.pass_on()  # it has none: nothing happens

    with turn.taken():
        waiting = threading.Thread(target=other)
        waiting.start()
        assert not others.is_set()
        with pytest.raises(TimeoutError):
            stream.send(b"data")
        waiting.join()
        assert others.is_set()
    with turn.taken():  # given back once, not twice
        assert not turn._free.acquire(blocking=False)


def test_who_hangs_with_the_turn_keeps_it_from_nobody_and_takes_it_from_nobody_later() -> None:
    mine, has, goes_on, ended = Turn(patience=0.01), threading.Event(), threading.Event(), threading.Event()

    def hang() -> None:
        with mine.taken():
            has.set()
            goes_on.wait()
        ended.set()

    threading.Thread(target=hang, daemon=True).start()
    has.wait()
    with mine.taken():
        goes_on.set()
        ended.wait()
        assert not mine._free.acquire(blocking=False), "what the other one gives back is its own"
    with mine.taken():
        pass


def test_an_error_gives_the_turn_back() -> None:
    mine = Turn()
    with pytest.raises(EOFError), mine.taken():
        raise EOFError
    with mine.taken():
        pass
