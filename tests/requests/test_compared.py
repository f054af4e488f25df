"""Devices that golden rules tell apart are compared with their own release, however many are alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.stores import NOON, StandingClock, statements

from swimctl.config.settings import Settings
from swimctl.models import Device, Golden
from swimctl.requests.compared import compared
from swimctl.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "s.db", StandingClock()) as store:
        yield store


@pytest.mark.parametrize(
    ("rule", "own"),
    [
        ({"model": "C9500-*"}, {"model": "C9500-24Y4C"}),
        ({"group": "core"}, {"groups": ("core",)}),
        ({"site": "bern"}, {"site": "bern"}),
        ({"role": "edge"}, {"role": "edge"}),
        ({"tag": "night"}, {"tags": ("night",)}),
    ],
)
def test_what_a_rule_looks_at_is_never_taken_from_another_device(
    store: Store, rule: dict[str, Any], own: dict[str, Any]
) -> None:
    store.set_golden_release(Golden(None, "cisco_xe", None, release="17.9.5"))
    store.set_golden_release(Golden(None, "cisco_xe", None, release="17.12.4", **rule))
    ids = store.device_ids(["sw1", "sw2", "sw3"])
    usual = {"model": "C9300-24P", "groups": ("access",), "site": "chur", "role": "access", "tags": ()}
    devices = [
        Device(ids[name], name, "cisco_xe", "192.0.2.1", **{**usual, **more})
        for name, more in (("sw1", {}), ("sw2", own), ("sw3", {}))
    ]
    for device in devices:
        store.saw(device.id, "17.09.05", {})
    found = compared(devices, store, Settings(), NOON, lambda _: None)
    assert [(one.device.name, one.choice.release) for one in found] == [
        ("sw1", "17.9.5"),
        ("sw2", "17.12.4"),
        ("sw3", "17.9.5"),
    ]
    assert found[0].choice is found[2].choice


def test_the_store_is_asked_as_often_for_one_as_for_many(store: Store) -> None:
    ids = store.device_ids([f"sw{number}" for number in range(200)])
    devices = [Device(number, name, "cisco_xe", "192.0.2.1") for name, number in ids.items()]
    asked = []
    for some in (devices[:1], devices):
        with statements(store) as heard:
            compared(some, store, Settings(), NOON, lambda _: None)
        asked.append(len(heard))
    assert asked[0] == asked[1]
