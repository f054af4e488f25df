"""A snapshot is whole, or says which of its pieces could not be read: one output takes no other with it."""

from __future__ import annotations

import pytest

from swimctl.errors import CommandRefused, SessionLost, UnparsableOutput
from swimctl.platforms.pieces import Pieces


def raising(error: Exception) -> str:
    raise error


def test_a_piece_that_reads_is_given_as_it_is() -> None:
    pieces = Pieces(whole=False)
    assert pieces.read("neighbours", lambda: "Gi1/0/1 → core-1", "") == "Gi1/0/1 → core-1"
    assert pieces.unread == {}


@pytest.mark.parametrize("error", [CommandRefused("not for you"), UnparsableOutput("show x", "%%", "garbage")])
def test_a_piece_that_does_not_read_is_named_with_the_reason(error: Exception) -> None:
    pieces = Pieces(whole=False)
    assert pieces.read("neighbours", lambda: raising(error), "none") == "none"
    assert pieces.read("routes", lambda: "12", "") == "12"
    assert pieces.unread == {"neighbours": str(error)}


@pytest.mark.parametrize("error", [CommandRefused("not for you"), UnparsableOutput("show x", "%%", "garbage")])
def test_of_a_whole_snapshot_no_piece_is_passed_over(error: Exception) -> None:
    with pytest.raises(type(error)):
        Pieces(whole=True).read("neighbours", lambda: raising(error), "none")


def test_a_session_that_ends_says_nothing_of_a_piece() -> None:
    with pytest.raises(SessionLost):
        Pieces(whole=False).read("neighbours", lambda: raising(SessionLost("gone")), "none")
