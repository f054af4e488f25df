"""The forecast keeps every rule that the engine keeps, and is neither faster nor slower than they allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from random import Random
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from swimctl.config.hours import Window
from swimctl.config.windows import Go, Wait, gate
from swimctl.requests.forecast import Ahead, Course, forecast

T = TypeVar("T")
START = datetime(2031, 3, 4, 20, 0, tzinfo=UTC)


def batch(seed: int, count: int) -> tuple[list[Ahead], Course]:
    """Make a batch of a number: drawn one by one, its facts would cost more than the forecast."""
    chance, wave, jobs = Random(seed), 1, list[Ahead]()  # noqa: S311 - no secret
    for place in range(count):
        wave += place > 0 and chance.random() < 0.2
        before = [job.name for job in jobs]
        jobs.append(
            Ahead(
                f"sw{place}",
                float(chance.randrange(300)),
                float(chance.choice((0, chance.randrange(900)))),
                float(chance.choice((0, chance.randrange(900)))),
                wave=wave,
                after=tuple(chance.sample(before, min(len(before), chance.choice((0, 0, 1, 2))))),
                group=chance.choice((None, "a", "b")),
                site=chance.choice((None, "bern", "chur")),
                fetches=(fetches := chance.random() < 0.3),
                served=fetches and chance.random() < 0.7,
            )
        )
    under_way, soak = chance.randint(1, 5), float(chance.randint(0, 600))
    talking, served = chance.randint(1, under_way), chance.choice((None, 1, 2))
    return jobs, Course(under_way, talking, chance.randint(0, 3), soak, served=served)


BATCHES = st.builds(batch, st.integers(0, 2**32), st.integers(1, 12))


def most_at_once(spans: Iterable[T], begins: Callable[[T], datetime], ends: Callable[[T], datetime]) -> int:
    moments = sorted((at, step) for span in spans for at, step in ((begins(span), 1), (ends(span), -1)))
    most = now = 0
    for _, step in moments:
        now += step
        most = max(most, now)
    return most


@given(BATCHES)
def test_every_job_goes_through_and_every_rule_holds(given: tuple[list[Ahead], Course]) -> None:
    jobs, course = given
    told = forecast(jobs, course, START)
    assert told.spans.keys() == {job.name for job in jobs}
    assert told.ends == max(span.ends for span in told.spans.values())
    by_name = {job.name: job for job in jobs}
    for name, span in told.spans.items():
        job = by_name[name]
        assert span.starts >= START
        assert span.starts + timedelta(seconds=job.check) <= span.copies
        assert span.copies + timedelta(seconds=job.copy) == span.activates
        assert span.activates + timedelta(seconds=job.rest) == span.ends
        assert all(told.spans[far].ends <= span.starts for far in job.after)
    assert most_at_once(told.spans.values(), lambda s: s.starts, lambda s: s.ends) <= course.under_way
    talks = [(span.starts, span.starts + timedelta(seconds=by_name[name].check)) for name, span in told.spans.items()]
    talks += [(span.copies, span.activates) for name, span in told.spans.items() if not by_name[name].fetches]
    assert most_at_once(talks, lambda talk: talk[0], lambda talk: talk[1]) <= course.talking
    for group in ("a", "b"):
        members = sorted((told.spans[job.name].starts, told.spans[job.name].ends) for job in jobs if job.group == group)
        assert all(first[1] <= second[0] for first, second in pairwise(members))
    for site in ("bern", "chur"):
        copies = [told.spans[job.name] for job in jobs if job.site == site and job.copy]
        assert most_at_once(copies, lambda s: s.copies, lambda s: s.activates) <= (course.copies_per_site or len(jobs))
    served = [told.spans[job.name] for job in jobs if job.served]
    assert most_at_once(served, lambda s: s.copies, lambda s: s.activates) <= (course.served or len(jobs))
    for before, after in pairwise(sorted({job.wave for job in jobs})):
        ended = max(told.spans[job.name].ends for job in jobs if job.wave == before)
        starts = min(told.spans[job.name].starts for job in jobs if job.wave == after)
        assert ended + timedelta(seconds=course.soak) <= starts


@given(BATCHES)
def test_it_lies_between_the_longest_job_and_all_of_them_in_a_row(given: tuple[list[Ahead], Course]) -> None:
    jobs, course = given
    takes = [job.check + job.copy + job.rest for job in jobs]
    waits = (max(job.wave for job in jobs) - 1) * course.soak + sum(job.check for job in jobs)
    told = (forecast(jobs, course, START).ends - START).total_seconds()
    assert max(takes) <= told <= sum(takes) + waits


def plain(count: int, **more: object) -> list[Ahead]:
    return [Ahead(f"sw{number}", 10.0, 50.0, 240.0, 240.0, **more) for number in range(count)]  # type: ignore[arg-type]


def test_twelve_by_four_take_three_rounds() -> None:
    told = forecast(plain(12), Course(4, 4), START)
    assert told.ends - START == timedelta(seconds=900)


def test_what_comes_back_later_does_not_keep_the_next_from_copying() -> None:
    told = forecast(plain(3), Course(under_way=3, talking=1), START)
    assert told.ends - START == timedelta(seconds=2 * 60 + 300)


def test_who_fetches_keeps_nobody_from_talking() -> None:
    assert forecast(plain(3, fetches=True), Course(3, 1), START).ends - START == timedelta(seconds=3 * 10 + 50 + 240)
    assert forecast(plain(3), Course(3, 1), START).ends - START == timedelta(seconds=3 * (10 + 50) + 240)


def test_the_image_server_has_so_many_turns_for_those_whom_it_serves() -> None:
    for many, copies in ((1, 3), (2, 2), (None, 1)):
        told = forecast(plain(3, fetches=True, served=True), Course(3, 3, served=many), START)
        assert told.ends - START == timedelta(seconds=10 + copies * 50 + 240)
    elsewhere = forecast(plain(3, fetches=True), Course(3, 3, served=1), START)
    assert elsewhere.ends - START == timedelta(seconds=10 + 50 + 240)


def test_a_job_that_does_not_fit_is_named_and_the_others_go_on() -> None:
    until = START + timedelta(seconds=700)
    told = forecast(plain(3), Course(1, 1), START, partial(gate, window=None, until=until, freezes=()))
    assert list(told.spans) == ["sw0", "sw1"]
    assert told.unfit == {"sw2": "window too short: needs 4m, 1m left"}
    assert told.ends == START + timedelta(seconds=600)


def test_a_window_that_opens_later_is_waited_for() -> None:
    opens = START.astimezone() + timedelta(hours=2)
    window = Window(opens.time(), (opens + timedelta(hours=3)).time())
    told = forecast(plain(2), Course(2, 2), START, partial(gate, window=window, until=None, freezes=()))
    assert {span.starts for span in told.spans.values()} == {START + timedelta(hours=2)}
    staged = forecast(plain(2), Course(2, 2, gated=False), START, partial(gate, window=window, until=None, freezes=()))
    assert {span.starts for span in staged.spans.values()} == {START}
    assert {span.activates for span in staged.spans.values()} == {START + timedelta(hours=2)}
    assert staged.ends < told.ends


def test_a_gate_that_is_closed_is_not_asked_again_before_it_opens() -> None:
    """Else a plan of 1,000 devices, of which half have windows of their own, asks it a million times."""
    asked: list[datetime] = []

    def gate_of(now: datetime, needs: timedelta) -> Go | Wait:
        asked.append(now)
        opens = START + timedelta(hours=5) + needs
        return Go() if now >= opens else Wait(opens, "closed")

    own = [Ahead(f"own{n}", 10.0, 50.0, 240.0, 240.0, gate=gate_of) for n in range(20)]
    told = forecast([*own, *plain(20)], Course(4, 4), START)
    assert len(told.spans) == 40
    assert min(told.spans[job.name].starts for job in own) == START + timedelta(hours=5, seconds=240)
    assert asked.count(START) == 1
    assert all(now >= START + timedelta(hours=5) for now in asked[1:])


def test_a_device_with_a_gate_of_its_own_starts_by_that_one() -> None:
    early = partial(gate, window=None, until=None, freezes=())
    late = partial(gate, window=None, until=START + timedelta(seconds=250), freezes=())
    told = forecast([*plain(1), Ahead("own", 10.0, 50.0, 240.0, 240.0, gate=early)], Course(2, 2), START, late)
    assert list(told.spans) == ["own"]
    assert list(told.unfit) == ["sw0"]


def test_a_thousand_devices_of_which_each_waits_for_another_are_quick_to_play() -> None:
    jobs = [
        Ahead(f"sw{number}", 5.0, 60.0, 600.0, after=(f"sw{number - 1}",) if number % 5 else (), site=f"s{number % 9}")
        for number in range(1000)
    ]
    told = forecast(jobs, Course(20, 20, copies_per_site=2), START)
    assert len(told.spans) == 1000
