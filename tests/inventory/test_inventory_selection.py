from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some
from support.projects import Project

from swimctl.errors import SelectionError
from swimctl.inventory.selection import Candidate, Selection, select

ALL = ["bern-1", "bern-2", "basel-core", "chur-small"]


def chosen(project: Project, **wanted: object) -> list[str]:
    return [device.name for device in project.inventory().select(Selection(**wanted)).devices]  # type: ignore[arg-type]  # fields of Selection


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"all": True}, ALL),
        ({"names": ("chur-small", "bern-1", "chur-small")}, ["chur-small", "bern-1"]),
        ({"names": ("3", 1)}, ["basel-core", "bern-1"]),
        ({"group": "switches"}, ALL[:3]),
        ({"group": "access", "exclude": ("bern-1",)}, ["bern-2"]),
        ({"all": True, "exclude": ("access", "4")}, ["basel-core"]),
        ({"filters": ("site__city=bern",)}, ALL[:2]),
        ({"filters": ("site__city=bern", "site__floor=2")}, ["bern-2"]),
        ({"filters": ("site__floor=0",)}, ["basel-core", "chur-small"]),
        ({"filters": ("role=access",)}, ["bern-1", "bern-2"]),
        ({"filters": ("role=switch",)}, ["basel-core"]),
        ({"filters": ("company=example",)}, ALL),
        ({"filters": ("spare=true",)}, ["bern-1"]),
        ({"filters": ("tags=poe",)}, ["bern-1"]),
        ({"filters": ("groups=core",)}, ["basel-core"]),
        ({"filters": ("platform=cisco_ios",)}, ALL),
        ({"filters": ("platform=ios",)}, ["chur-small"]),
        ({"filters": ("port=2201",)}, ["bern-1"]),
        ({"filters": ("name=chur-small",)}, ["chur-small"]),
        ({"limit": "bern-*"}, ALL[:2]),
        ({"limit": "core,chur-small"}, ["basel-core", "chur-small"]),
        ({"limit": "all,!access"}, ["basel-core", "chur-small"]),
        ({"limit": "!access"}, ["basel-core", "chur-small"]),
        ({"limit": "switches,&b*,!bern-2"}, ["bern-1", "basel-core"]),
        ({"limit": "bern-?", "filters": ("model=C9300-48P",)}, ["bern-2"]),
        ({"names": ("chur-small", "bern-1"), "limit": "b*"}, ["bern-1"]),
    ],
)
def test_a_selection(project: Project, wanted: dict[str, object], names: list[str]) -> None:
    assert chosen(project, **wanted) == names


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({}, "no devices were selected"),
        ({"exclude": ("bern-1",)}, "no devices were selected"),
        ({"names": ("bern-1",), "all": True}, "not both"),
        ({"names": ("bern1", "gone")}, "unknown devices 'bern1' (did you mean bern-1"),
        ({"names": ("99",)}, "unknown device '99'"),
        ({"group": "acces"}, "unknown group 'acces' (did you mean access?)"),
        ({"limit": "zurich-*"}, "no host, group or id matches 'zurich-*'"),
        ({"limit": "bern-1,!bren-2"}, "'bren-2' (did you mean bern-2"),
        ({"limit": " , "}, "--limit is empty"),
        ({"limit": ""}, "--limit is empty"),
        ({"filters": ("",)}, "must be key=value"),
        ({"filters": ("role",)}, "must be key=value"),
        ({"filters": ("=x",)}, "must be key=value"),
        ({"filters": ("rol=access",)}, "no host has 'rol' (did you mean role?)"),
        ({"filters": ("password=pw-of-defaults",)}, "no host has 'password'"),
        ({"filters": ("role=core",)}, "--filter role=core matches none of 4 devices"),
        (
            {"group": "core", "filters": ("site__city=bern",)},
            "matches none of 1 device (",
        ),
        ({"all": True, "exclude": ("bren-1",)}, "--exclude: no host, group or id matches 'bren-1'"),
        ({"all": True, "exclude": ("*",)}, "no device is left: --exclude *"),
    ],
)
def test_a_mistaken_selection_is_refused(project: Project, wanted: dict[str, object], said: str) -> None:
    with pytest.raises(SelectionError) as refused:
        chosen(project, **wanted)
    assert said in str(refused.value)
    assert "pw-of-defaults" not in str(refused.value).replace("--filter password=pw-of-defaults", "")


NAMES = some.lists(some.text("abc-1", min_size=1, max_size=4), unique=True, min_size=1, max_size=12)


@given(names=NAMES, data=some.data())
def test_names_keep_their_order_and_come_once(names: list[str], data: some.DataObject) -> None:
    candidates = [Candidate(number, name, (), {}) for number, name in enumerate(names, 1)]
    asked = data.draw(some.lists(some.sampled_from(names), min_size=1))
    assert list(select(Selection(names=tuple(asked)), candidates, ())) == list(dict.fromkeys(asked))


@given(names=NAMES, data=some.data())
def test_a_limit_and_its_contrary_share_nothing_and_lose_nothing(names: list[str], data: some.DataObject) -> None:
    candidates = [Candidate(number, name, (), {}) for number, name in enumerate(names, 1000)]
    pattern = data.draw(some.sampled_from(names)) + data.draw(some.sampled_from(["", "*"]))

    def limited(text: str) -> set[str]:
        try:
            return set(select(Selection(limit=text), candidates, ()))
        except SelectionError as refused:
            if "no device is left" not in str(refused):
                raise
            return set()

    assert limited(pattern).isdisjoint(limited(f"!{pattern}"))
    assert limited(pattern) | limited(f"!{pattern}") == set(names)
