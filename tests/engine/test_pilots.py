"""The first of its kind goes alone, whatever was asked; the others follow when it is upgraded, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.batches import BAD, GOOD, UNTOUCHED, WAITS, Night, night
from support.stores import some_jobs, switches

from swimctl.engine.turns import behind
from swimctl.models import Caller, Outcome
from swimctl.states import JobStatus
from swimctl.store import First, Kind
from swimctl.waiting import Waiting, WaitKind

XE, NX = Kind("real", "cisco_xe", "cat9k_iosxe", "17.12"), Kind("real", "cisco_nxos", "nxos64-cs", "10.3")
THERE = (JobStatus.SUCCESS, Outcome.UNTOUCHED)


@pytest.fixture
def tonight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    with night(tmp_path, monkeypatch) as made:
        yield made


def test_the_others_follow_when_the_first_one_is_upgraded(tonight: Night) -> None:
    jobs = some_jobs(tonight.store, switches(3), kinds=[XE] * 3)
    seen: list[object] = []

    def looks() -> tuple[JobStatus, Outcome]:
        seen.extend(tonight.now(jobs)[1:])
        return GOOD

    tonight.ends["sw1"] = looks
    assert tonight.run(jobs) == [GOOD] * 3
    assert seen == [WAITS] * 2
    assert tonight.ran == ["sw1", "sw2", "sw3"]


def test_if_the_first_one_fails_nothing_else_of_its_kind_starts_and_the_batch_says_so_once(tonight: Night) -> None:
    tonight.ends["sw1"] = BAD
    jobs = some_jobs(tonight.store, switches(5), kinds=[XE, XE, NX, XE, NX])
    assert tonight.run(jobs) == [BAD, UNTOUCHED, GOOD, UNTOUCHED, GOOD]
    why = "sw1 was the first of its kind (cisco_xe cat9k_iosxe 17.12) and failed"
    assert tonight.error(jobs[1]) == f"not attempted: {why}; next: `swimctl retry --batch batch-00`"
    assert [words for words in tonight.told.words if words[0] == "stopped"] == [("stopped", "batch-0001", why)]


def test_a_failure_counts_whatever_became_of_the_device(tonight: Night) -> None:
    tonight.ends["sw1"] = (JobStatus.FAILED, Outcome.UPGRADED)
    jobs = some_jobs(tonight.store, switches(2), kinds=[XE] * 2)
    assert tonight.run(jobs)[1] == UNTOUCHED


def test_one_that_is_there_already_hands_on(tonight: Night) -> None:
    tonight.ends |= {"sw1": THERE, "sw2": BAD}
    jobs = some_jobs(tonight.store, switches(3), kinds=[XE] * 3)
    assert tonight.run(jobs) == [THERE, BAD, UNTOUCHED]


def test_a_wait_says_for_whom(tonight: Night) -> None:
    first, second = some_jobs(tonight.store, switches(2), kinds=[XE] * 2)
    assert tonight.run([first, second], only=[second])[1] == WAITS, "nobody runs the first one: it waits until the stop"
    said = [event.message for event in tonight.store.events(second.id) if event.kind == "waiting"]
    assert said == [Waiting(WaitKind.PILOT, "sw1 (cisco_xe cat9k_iosxe 17.12)", first.id).sentence()]


def test_who_lost_the_race_with_another_batch_waits_for_it(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both had looked before either began: the claim decides, and nobody is lost."""
    (theirs,) = some_jobs(tonight.store, ["sw9"], "batch-0002", kinds=[XE])
    (ours,) = some_jobs(tonight.store, ["sw1"], kinds=[XE])
    goes_first, looks = tonight.store.goes_first, list[int]()
    with tonight.store.register_runner() as other:
        assert tonight.store.claim(theirs.id, other) is not None

        def look(job_id: int) -> First | None:
            looks.append(job_id)
            if len(looks) == 4:
                tonight.store.move(theirs.id, other, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)
            return None if len(looks) < 3 else goes_first(job_id)

        monkeypatch.setattr(tonight.store, "goes_first", look)
        assert tonight.run([ours]) == [GOOD]
    said = [event.message for event in tonight.store.events(ours.id) if event.kind == "waiting"]
    assert said == [Waiting(WaitKind.PILOT, "sw9 (cisco_xe cat9k_iosxe 17.12)", theirs.id).sentence()]


@pytest.mark.parametrize("paused", [True, False])
def test_a_first_one_elsewhere_that_was_interrupted_ends_nothing_that_could_not_start_anyway(
    tonight: Night, paused: bool
) -> None:
    """Whoever left it may resume it before a pause ends."""
    (theirs,) = some_jobs(tonight.store, ["sw9"], "batch-0002", kinds=[XE])
    (ours,) = some_jobs(tonight.store, ["sw1"], kinds=[XE])
    with tonight.store.register_runner() as dies:
        assert tonight.store.claim(theirs.id, dies) is not None
    if paused:
        tonight.store.pause("batch-0001", Caller("ada", "terminal"))
    assert tonight.run([ours]) == [WAITS if paused else UNTOUCHED]
    assert (f"`swimctl resume {theirs.id}`" in tonight.error(ours)) is not paused


def test_what_holds_a_job_behind_the_first_one() -> None:
    assert behind(None) is None
    waits = behind(First(XE, 4, "sw1", failed=False))
    assert waits is not None
    assert not waits.ends
    gone = behind(First(XE, 4, "sw1", failed=False, elsewhere=True, interrupted=True))
    assert gone is not None
    assert gone.ends
    assert gone.why.endswith("was interrupted; next: `swimctl resume 4`")
    here = behind(First(XE, 4, "sw1", failed=False, interrupted=True))
    assert here is not None
    assert not here.ends, "who runs the batch takes it up"


KINDS = st.sampled_from([XE, NX, None])
ENDS = st.sampled_from([GOOD, GOOD, BAD, THERE, UNTOUCHED])


@settings(max_examples=settings.default.max_examples // 2)
@given(st.lists(st.tuples(KINDS, ENDS), min_size=1, max_size=9))
def test_no_order_of_kinds_and_ends_starts_what_must_not_start(
    fleet: list[tuple[Kind | None, tuple[JobStatus, Outcome]]],
) -> None:
    names = switches(len(fleet))
    expected, proved, broken = [], set[Kind](), set[Kind]()
    for name, (kind, end) in zip(names, fleet, strict=True):
        if kind in broken:
            continue
        expected.append(name)
        if kind is not None and kind not in proved and end in {GOOD, BAD, UNTOUCHED}:
            (proved if end == GOOD else broken).add(kind)
    with (
        TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patched,
        night(Path(folder), patched) as tonight,
    ):
        tonight.ends |= {name: end for name, (_, end) in zip(names, fleet, strict=True)}
        jobs = some_jobs(tonight.store, names, kinds=[kind for kind, _ in fleet])
        found = tonight.run(jobs)
    assert tonight.ran == expected
    for name, (status, outcome), (_, end) in zip(names, found, fleet, strict=True):
        assert (status, outcome) == (end if name in expected else UNTOUCHED)
