"""What swimctl and a relay say to each other: who is believed, and what is no order."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import pytest

from swimctl.relays import protocol
from swimctl.relays.protocol import Doorkeeper, Order, Refused, Standing

TOKEN, NOW, WORD = "a-token-of-the-site-ber", 1_900_000_000.0, "once-and-never-again"
NAME = "a-name-of-one-start"
PATH = f"{protocol.OFFERS}/abcdefgh12345678"
ORDER = Order(
    "abcdefgh12345678", "sw1", "image.bin", "a" * 128, 1000, 12, "http://192.0.2.1:8100/a-ticket-of-ours/image.bin"
)


def proof(token: str = TOKEN, at: float = NOW, word: str = WORD, name: str = NAME) -> str:
    return protocol.signed(token, name, "PUT", PATH, b"{}", at, word)


def door_of(name: str = NAME) -> Doorkeeper:
    door = Doorkeeper(TOKEN)
    door.name = name
    return door


def test_who_has_the_token_is_let_in_and_once() -> None:
    door = door_of()
    door.check(proof(), "PUT", PATH, b"{}", NOW + 299)
    with pytest.raises(Refused, match="this request came before") as refused:
        door.check(proof(), "PUT", PATH, b"{}", NOW)
    assert refused.value.status == 401
    door.check(proof(word="another-word"), "PUT", PATH, b"{}", NOW)


@pytest.mark.parametrize(
    ("said", "method", "path", "body", "now", "why"),
    [
        (proof(token="another-token-of-a-site"), "PUT", PATH, b"{}", NOW, "another token"),
        (proof(name="another-name-of-a-start"), "PUT", PATH, b"{}", NOW, "or for another relay"),
        (proof(), "GET", PATH, b"{}", NOW, "another token"),
        (proof(), "PUT", PATH + "9", b"{}", NOW, "another token"),
        (proof(), "PUT", PATH, b"{ }", NOW, "another token"),
        (proof().replace("time=19", "time=18"), "PUT", PATH, b"{}", NOW, "another token"),
        (proof(), "PUT", PATH, b"{}", NOW + 301, "301 s apart"),
        (proof(), "PUT", PATH, b"{}", NOW - 400, "400 s apart"),
        ("", "PUT", PATH, b"{}", NOW, "not signed"),
        (f"Bearer {TOKEN}", "PUT", PATH, b"{}", NOW, "not signed"),
        (proof() + "0", "PUT", PATH, b"{}", NOW, "not signed"),
    ],
)
def test_who_has_it_not_is_told_why(said: str, method: str, path: str, body: bytes, now: float, why: str) -> None:
    with pytest.raises(Refused, match=why) as refused:
        door_of().check(said, method, path, body, now)
    assert refused.value.status == 401


def test_a_request_is_good_at_no_other_relay_of_the_same_token_and_not_after_a_restart() -> None:
    first, second = Doorkeeper(TOKEN), Doorkeeper(TOKEN)
    assert protocol.hello_of(json.dumps({"relay": first.name}).encode()) == first.name != second.name
    said = proof(name=first.name)
    first.check(said, "PUT", PATH, b"{}", NOW)
    with pytest.raises(Refused, match="for another relay"):
        second.check(said, "PUT", PATH, b"{}", NOW)


def test_the_token_is_in_nothing_that_is_sent() -> None:
    assert TOKEN not in proof()
    assert TOKEN.encode() not in ORDER.body()


def test_an_order_shows_no_ticket() -> None:
    assert ORDER.ticket not in repr(ORDER)
    assert "a-ticket-of-ours" not in repr(ORDER)


def test_words_that_are_too_old_to_be_used_again_are_forgotten() -> None:
    door = door_of()
    for second in range(0, 2000, 100):
        door.check(proof(at=NOW + second, word=f"a-word-{second}"), "PUT", PATH, b"{}", NOW + second)
    assert len(door._used) <= 8


def test_an_order_is_read_as_it_was_written() -> None:
    assert protocol.order_of(ORDER.ticket, ORDER.body()) == ORDER
    without = replace(ORDER, source="", hours=0.5)
    assert protocol.order_of(ORDER.ticket, without.body()) == without


@pytest.mark.parametrize(
    "changes",
    [
        {"filename": "../image.bin"}, {"filename": ""}, {"filename": "-x"}, {"sha512": "A" * 128}, {"sha512": "../x"},
        {"size": 0}, {"size": "1000"}, {"hours": 0}, {"hours": 169}, {"hours": "1"}, {"source": "file:///etc/passwd"},
        {"source": "http://a/" + "b" * 2000}, {"device": "d" * 256}, {"more": 1},
    ],
)  # fmt: skip
def test_what_cannot_be_is_no_order(changes: dict[str, Any]) -> None:
    said = json.loads(ORDER.body()) | changes
    with pytest.raises(Refused):
        protocol.order_of(ORDER.ticket, json.dumps(said).encode())


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", pytest.param(b"[" * 5000, id="too deep")])
def test_what_is_no_document_is_refused(body: bytes) -> None:
    for read in (lambda: protocol.order_of(ORDER.ticket, body), lambda: protocol.standing_of(body)):
        with pytest.raises(Refused):
            read()
    for one in (protocol.doubt_of, protocol.hello_of):
        with pytest.raises(Refused):
            one(body)
    assert protocol.problem_of(body) == ""


@pytest.mark.parametrize("ticket", ["", "short", "../../../etc/passwd", "a" * 65])
def test_what_is_no_ticket_is_refused(ticket: str) -> None:
    with pytest.raises(Refused):
        protocol.order_of(ticket, ORDER.body())


def test_a_standing_is_read_as_it_was_written() -> None:
    standing = Standing(True, 5, "", 2, 4, False, True, True)
    assert protocol.standing_of(json.dumps(asdict(standing)).encode()) == standing
