"""How many bytes cross the WAN: a relay gets each image once, a source of the user's own none of ours."""

from __future__ import annotations

import pytest

from swimctl.inventory.relays import Relay
from swimctl.requests.wan import Carried, bytes_over_wan

BER = Relay("http://ber.example:8101", "a-token-of-the-site-ber").place


@pytest.mark.parametrize("origin", ["", "push", "swimctl"])
def test_what_we_send_ourselves_counts_once_a_device(origin: str) -> None:
    assert bytes_over_wan([Carried("ber", origin, 1, 10)] * 3) == {"ber": 30}


def test_a_relay_gets_each_image_once() -> None:
    rows = [Carried("ber", BER, 1, 10)] * 50 + [Carried("ber", BER, 2, 7)] * 50 + [Carried("muc", "swimctl", 1, 10)] * 2
    assert bytes_over_wan(rows) == {"ber": 17, "muc": 20}


def test_a_relay_of_two_sites_counts_for_the_first() -> None:
    assert bytes_over_wan([Carried("ber", BER, 1, 10), Carried("pot", BER, 1, 10)]) == {"ber": 10}


def test_two_relays_get_it_each() -> None:
    assert bytes_over_wan([Carried("ber", BER, 1, 10), Carried("ber", BER + "1", 1, 10)]) == {"ber": 20}


def test_what_a_server_of_the_users_own_sends_does_not_count() -> None:
    assert bytes_over_wan([Carried("ber", "https://images.ber.example/", 1, 10), Carried("", "push", 1, 0)]) == {}
