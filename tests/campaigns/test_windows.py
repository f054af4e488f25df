"""When nights are: windows, freezes, nights in which the clocks are changed, and how many nights are left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.campaigns import ANNA, Wished, again, wished

from swimctl.campaigns.documents import shown_document
from swimctl.campaigns.nights import NotNow
from swimctl.campaigns.standing import State
from swimctl.cli import campaign_screen
from swimctl.errors import ConflictError, UsageError
from swimctl.inventory.selection import Selection

BERLIN = "Sat,Sun 22:00-04:00@Europe/Berlin"


def closed(wish: Wished) -> NotNow:
    came = wish.tonight()
    assert isinstance(came, NotNow), came
    return came


@pytest.mark.parametrize(
    ("day", "closes", "hours"),
    [("2031-03-29T21:00+00:00", "2031-03-30T02:00+00:00", 5), ("2031-10-25T20:00+00:00", "2031-10-26T03:00+00:00", 7)],
    ids=["spring", "autumn"],
)
def test_the_batch_of_a_night_ends_with_it_also_when_the_clocks_are_changed(
    wish: Wished, day: str, closes: str, hours: int
) -> None:
    wish.create(window=BERLIN)
    wish.at(day)
    night = wish.begun().night
    assert (night.opens, night.closes) == (datetime.fromisoformat(day), datetime.fromisoformat(closes))
    assert night.closes - night.opens == timedelta(hours=hours)
    assert wish.store.batch(night.batch_id).policy.until == night.closes


def test_outside_of_its_window_nothing_begins_and_it_is_said_when_it_opens(wish: Wished) -> None:
    wish.create()
    wish.at("2031-05-07T04:00+00:00")
    came = closed(wish)
    assert came.following is not None
    assert (came.state, came.following.starts) == (State.WAITING, datetime(2031, 5, 8, 22, tzinfo=UTC))
    wish.nights.tick()
    assert wish.store.batches() == []


def test_a_server_begins_a_night_when_the_window_opens_and_not_a_second_before(wish: Wished) -> None:
    wish.create()
    wish.at("2031-05-08T21:59:59+00:00")
    wish.nights.tick()
    assert wish.store.batches() == []
    wish.clock.forward(1)
    for _ in range(3):
        wish.nights.tick()
        wish.clock.forward(1)
    (batch,) = wish.store.batches()
    assert batch.policy.until == datetime(2031, 5, 9, 4, tzinfo=UTC)
    assert len(wish.store.due(wish.clock.now())) == 4, "any runner may take them"


def test_a_server_looks_again_at_once_if_somebody_changes_something_and_else_after_a_while(wish: Wished) -> None:
    ids = wish.store.device_ids([f"sw{n}" for n in range(1, 5)])
    for device in ids.values():
        wish.store.saw(device, "17.12.04", {}, by="scan")
    wish.create()
    wish.nights.tick()
    assert wish.store.campaign("access").finished_at is not None
    wish.store.saw(ids["sw2"], "17.09.04a", {}, by="scan")
    wish.nights.tick()
    assert wish.store.batches() == []
    wish.clock.forward(301)
    wish.nights.tick()
    assert len(wish.store.batches()) == 1


def test_a_freeze_takes_the_nights_that_it_covers_and_the_beginning_of_another(tmp_path: Path) -> None:
    frozen = "  freeze: [{from: 2031-05-05T00:00Z, to: 2031-05-08T23:30Z, reason: fair}]\n"
    with wished(tmp_path, settings=frozen) as wish:
        wish.create()
        came = closed(wish)
        assert came.following is not None
        assert came.following.starts == datetime(2031, 5, 8, 23, 30, tzinfo=UTC)
        wish.at("2031-05-08T23:29+00:00")
        assert closed(wish).state is State.WAITING
        wish.at("2031-05-08T23:30+00:00")
        night = wish.begun().night
        assert (night.opens.hour, night.begun_at.hour, night.begun_at.minute) == (22, 23, 30)


def test_a_window_that_is_changed_in_its_night_makes_no_second_one(wish: Wished) -> None:
    wish.create(most=1)
    wish.ends(wish.begun())
    wish.clock.forward(3600)
    wish.campaigns.change("access", lambda rule: replace(rule, window="Tue 22:30-05:00@UTC"), ANNA)
    assert "tonight's was night 1" in closed(wish).why


def test_a_device_takes_no_place_of_a_night_in_which_its_own_window_is_closed(wish: Wished) -> None:
    """Else the same few would be taken each night, and none behind them would ever be upgraded."""
    data = "{groups: [access], data: {model: C9300-24P%s}}\n"
    own = dict.fromkeys(["sw1", "sw2"], ", window: 'Thu 23:00-05:00@UTC'") | {"sw3": "", "sw4": ""}
    wish.project.write("inventory/hosts.yaml", "".join(f"{name}: {data % window}" for name, window in own.items()))
    with again(wish.project, wish.clock) as one:
        one.create(most=1)
        taken = []
        for _ in range(2):
            begun = one.begun()
            taken += [job.device_name for job in begun.made.jobs]
            one.ends(begun)
            one.clock.forward(7 * 86_400)
        assert taken == ["sw3", "sw4"]
        came = closed(one)
        assert came.why == "until 2031-05-21T04:00Z the own windows of what is behind are closed: sw1, sw2"
        assert came.following is not None
        assert (came.state, came.following.starts) == (State.WAITING, datetime(2031, 5, 22, 22, tzinfo=UTC))
        assert one.campaigns.show("access").outlook.nights is None, "nobody knows from this opening"
        one.at("2031-05-22T22:00+00:00")
        assert [job.device_name for job in one.begun().made.jobs] == ["sw1"], "it waits there until 23:00"


def test_a_device_whose_calendar_cannot_be_read_takes_no_place_of_a_night(wish: Wished) -> None:
    config = wish.project.folder / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "  calendars: {nights: gone.ics}\n", encoding="utf-8")
    data = "{groups: [access], data: {model: C9300-24P%s}}\n"
    own = {"sw1": ", window: 'calendar:nights'", "sw2": "", "sw3": ""}
    wish.project.write("inventory/hosts.yaml", "".join(f"{name}: {data % window}" for name, window in own.items()))
    with again(wish.project, wish.clock) as one:
        one.create(most=2)
        assert one.campaigns.show("access").outlook.nights == 1
        begun = one.begun()
        assert [job.device_name for job in begun.made.jobs] == ["sw2", "sw3"]
        one.ends(begun)
        one.clock.forward(7 * 86_400)
        came = closed(one)
        assert came.state is State.BLOCKED
        assert "gone.ics does not count" in str(one.campaigns.show("access"))
        assert len(one.store.batches()) == 1


def shown(wish: Wished) -> tuple[str, dict[str, Any]]:
    """Return the screen of a campaign and its document."""
    seen = wish.campaigns.show("access")
    screen = campaign_screen.shown(seen.sight, seen.outlook, wish.clock.now(), 200)
    return screen, shown_document(seen.sight, seen.outlook)


@pytest.fixture
def here_is_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("here_is_utc")
def test_a_campaign_whose_devices_wait_for_their_own_windows_says_so_and_when_the_first_one_goes_on(
    wish: Wished,
) -> None:
    data = "{groups: [access], data: {model: C9300-24P%s}}\n"
    own = {"sw1": ", window: 'Thu 23:00-05:00@UTC'", "sw2": ", window: 'Thu 01:00-02:00@UTC'", "sw3": ""}
    wish.project.write("inventory/hosts.yaml", "".join(f"{name}: {data % window}" for name, window in own.items()))
    with again(wish.project, wish.clock) as one:
        one.create(window="Mon-Wed 22:00-04:00@UTC")
        assert shown(one)[1]["own_windows"] is None, "the night takes sw3"
        one.ends(one.begun())
        assert one.where() == {"there": ["sw3"], "behind": ["sw1", "sw2"]}
        one.at("2031-05-07T12:00+00:00")
        assert shown(one)[1]["own_windows"] is None, "the night of Wednesday goes on till Thursday"
        one.at("2031-05-08T12:00+00:00")
        screen, document = shown(one)
        assert screen.splitlines()[4:7] == [
            "  Next window: Mon 2031-05-12 22:00 to 04:00, in 4 d 10 h",
            "  Then the own windows of what is behind are closed: sw1, sw2 (Thu 23:00-05:00@UTC, Thu 01:00-02:00@UTC)",
            "  The first window for one of them: Wed 2031-05-14 22:00 to 04:00, in 6 d 10 h",
        ]
        assert document["own_windows"] == {
            "devices": ["sw1", "sw2"],
            "windows": ["Thu 23:00-05:00@UTC", "Thu 01:00-02:00@UTC"],
            "first_window": {"starts": "2031-05-14T22:00:00.000000Z", "closes": "2031-05-15T04:00:00.000000Z"},
        }
        assert (document["state"], document["nights_left"]) == ("waiting", None)
        one.campaigns.change("access", lambda rule: replace(rule, window="Mon 22:00-04:00@UTC"), ANNA)
        screen, document = shown(one)
        assert "No window is known in which theirs is open, too: change theirs, or that of the campaign" in screen
        assert document["own_windows"]["first_window"] is None


def test_how_many_nights_are_left_and_which_is_the_last(wish: Wished) -> None:
    wish.create(most=3)
    left = wish.campaigns.show("access").outlook
    assert left.last is not None
    assert (left.nights, left.last.starts, left.guessed) == (2, datetime(2031, 5, 8, 22, tzinfo=UTC), True)
    wish.ends(wish.begun())
    left = wish.campaigns.show("access").outlook
    assert left.last is not None
    assert (left.nights, left.last.starts) == (1, datetime(2031, 5, 8, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"window": "2031-05-01 22:00-04:00"}, "is over"),
        ({"window": "00:00-12:00@UTC; 12:00-00:00@UTC"}, "for more than 7 days"),
        ({"window": "every night"}, "is not a window"),
        ({"window": "calendar:none"}, "names no calendar"),
        ({"selection": Selection()}, "no devices were selected"),
        ({"selection": Selection(names=("sw9",))}, "unknown device 'sw9'"),
        ({"most": 0}, "at least one device"),
        ({"tries": 0}, "1 to 100 nights"),
        ({"workers": 0}, "workers must be"),
        ({"waves": ("0",)}, "wave"),
        ({"workflow": "none"}, "workflow 'none' does not exist"),
    ],
    ids=lambda one: str(one)[:40],
)
def test_a_rule_of_which_no_night_could_come_is_refused(wish: Wished, rule: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        wish.create(**rule)
    assert wish.store.campaigns() == []
    assert wish.actions == []


def test_a_window_without_a_zone_is_of_where_the_campaign_was_made(
    wish: Wished, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as there:
        there.setattr("swimctl.requests.plans.zone_here", lambda: "Asia/Tokyo")
        wish.create(window="22:00-04:00")
    wish.at("2031-05-06T22:30+00:00")
    came = closed(wish)
    assert came.following is not None
    assert came.following.starts == datetime(2031, 5, 7, 13, tzinfo=UTC)
    wish.at("2031-05-07T13:00+00:00")
    begun = wish.begun()
    assert begun.night.closes == datetime(2031, 5, 7, 19, tzinfo=UTC)
    assert (begun.made.batch.policy.window, begun.made.batch.policy.zone) == ("22:00-04:00", "Asia/Tokyo")
    assert "22:00-04:00 (Asia/Tokyo);" in campaign_screen.shown(
        wish.sight(), wish.campaigns.show("access").outlook, wish.clock.now(), 80
    )
    with pytest.raises(ConflictError, match="is like that already"):
        wish.campaigns.change("access", lambda rule: replace(rule, window="22:00-04:00"), ANNA)


def test_a_server_whose_clock_is_set_back_does_not_rest_for_longer(wish: Wished) -> None:
    ids = wish.store.device_ids([f"sw{n}" for n in range(1, 5)])
    for device in ids.values():
        wish.store.saw(device, "17.12.04", {}, by="scan")
    wish.create()
    wish.clock.forward(7200)
    wish.nights.tick()
    wish.store.saw(ids["sw2"], "17.09.04a", {}, by="scan")
    wish.at("2031-05-06T22:00+00:00")
    wish.nights.tick()
    assert len(wish.store.batches()) == 1
