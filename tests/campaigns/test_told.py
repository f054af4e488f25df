"""What is told of campaigns: each night's begin and end, a halt, and that all are there."""

from __future__ import annotations

import pytest
from support.campaigns import BACK, BERT, Wished, again

from swimctl.inventory.selection import Selection
from swimctl.notify.texts import Text

ENDS = "  compliance: {end_of_support: ends.yaml}\n"


@pytest.fixture
def texts(wish: Wished, monkeypatch: pytest.MonkeyPatch) -> list[Text]:
    found: list[Text] = []
    monkeypatch.setattr(wish.nights._notifier, "tell", found.append)
    return found


def test_a_night_is_told_at_its_begin_and_its_end_and_a_finished_campaign_once(wish: Wished, texts: list[Text]) -> None:
    wish.create()
    begun = wish.begun()
    wish.ends(begun)
    for _ in range(3):
        wish.nights.tick()
    assert [(text.title, text.kind) for text in texts] == [
        ("Campaign access: night 1 begins with 4 devices", "info"),
        ("Campaign access: night 1 has ended: 4 well", "success"),
        ("Campaign access is finished: 4 devices there", "success"),
    ]
    assert f"`swimctl status --batch {begun.night.batch_id[:8]}`" in texts[0].body
    assert "until `swimctl campaign end access`" in texts[2].body


def test_a_halt_says_why_and_what_to_type(wish: Wished, texts: list[Text]) -> None:
    wish.create(max_failures=1, most=2)
    wish.ends(wish.begun(), sw1=BACK)
    wish.nights.settle()
    halted = texts[-1]
    assert (halted.title, halted.kind) == ("Campaign access is halted", "failure")
    assert "Halted: 1 of 2 tried failed in night 1, and max-failures is 1" in halted.body
    assert "`swimctl campaign continue access --reason TEXT`" in halted.body


def test_a_night_that_left_some_behind_says_when_it_goes_on(wish: Wished, texts: list[Text]) -> None:
    wish.create(tries=1)
    wish.ends(wish.begun(), sw1=BACK, sw3=None)
    wish.nights.settle()
    told = texts[-1]
    assert (told.title, told.kind) == ("Campaign access: night 1 has ended: 2 well, 1 failed, 1 left over", "warning")
    assert told.body.splitlines()[1:] == [
        "4 devices: 2 there, 1 behind, 1 held back",
        "Held back: sw1",
        "Next window: 2031-05-08T22:00Z",
        "Next: `swimctl campaign show access`",
    ]


def test_devices_that_left_the_inventory_are_named_and_hinder_nothing(wish: Wished) -> None:

    wish.create(selection=Selection(names=("sw1", "sw2")))
    wish.project.write("inventory/hosts.yaml", "sw2: {groups: [access], data: {model: C9300-24P}}\n")

    with again(wish.project, wish.clock) as later:
        assert (later.where(), later.sight().lost) == ({"behind": ["sw2"]}, ("sw1",))
        assert [job.device_name for job in later.begun().made.jobs] == ["sw2"]


def test_a_selection_that_names_nobody_any_more_blocks_and_says_so(wish: Wished) -> None:

    wish.create(selection=Selection(filters=("model=C9300-24P",)))
    wish.project.write("inventory/hosts.yaml", "sw9: {groups: [access], data: {model: C9500-24Y4C}}\n")
    with again(wish.project, wish.clock) as later:
        sight = later.sight()
        assert (sight.state, later.store.batches()) == ("blocked", [])
        assert "no device is left" in sight.problem


def test_a_named_device_that_is_of_another_system_by_now_blocks_and_says_so(wish: Wished) -> None:
    wish.create(selection=Selection(names=("sw1",)))
    wish.project.write("inventory/hosts.yaml", "sw1: {platform: panos}\n")
    with again(wish.project, wish.clock) as later:
        assert later.sight().state == "blocked"
        assert "'panos'" in later.sight().problem


def test_a_mistake_in_the_ends_of_support_keeps_no_halt_from_being_told(wish: Wished, texts: list[Text]) -> None:
    wish.create(max_failures=1, most=2)
    wish.project.write("config.yaml", wish.project.path.read_text(encoding="utf-8") + ENDS)
    wish.project.write("ends.yaml", "no list\n")
    with again(wish.project, wish.clock) as later:
        later.nights._notifier.tell = texts.append  # type: ignore[method-assign]
        later.ends(later.begun(), sw1=BACK)
        later.nights.settle()
    assert texts[-1].title == "Campaign access is halted"


def test_the_last_night_of_a_campaign_that_was_ended_meanwhile_halts_nothing(wish: Wished, texts: list[Text]) -> None:
    wish.create(max_failures=1, most=2)
    begun = wish.begun()
    wish.store.end_campaign("access", BERT)
    wish.ends(begun, sw1=BACK)
    wish.nights.settle()
    assert texts[-1].title == "Campaign access: night 1 has ended: 1 well, 1 failed"
    assert wish.actions == ["campaign-create", "campaign-end"]
