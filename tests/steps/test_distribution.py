"""The image on a device of paper: what counts as verified, what is removed, and what stays in the record of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.scripted_steps import IMAGE, LOST, Scripted, activated, runs, stands

from swimctl.errors import DeviceError, StepFailed, Stopped, TransferFailed, Unreachable
from swimctl.images.turns import SiteTurns, Turns
from swimctl.models import Finding, JobOptions, Outcome
from swimctl.platforms.base import Cleaned
from swimctl.platforms.cisco_xe.driver import SUPPORT
from swimctl.platforms.facts import HashResult, Placement
from swimctl.sessions.transports import TRANSPORTS
from swimctl.steps import distribution
from swimctl.steps.base import JobContext
from swimctl.steps.distribution import Distribution
from swimctl.steps.ending import COPY, outcome_of_failure
from swimctl.steps.pausing import Pause

UP = 30 * 86_400
RIGHT, WRONG, NONE = (HashResult("flash:", "sha512", digest, None) for digest in ("a" * 128, "c" * 128, None))
ABSENT, AS_BEFORE = stands(Placement.ABSENT), runs("17.06.05", "17.06.05", uptime=UP)
ROOM = [Finding("free flash", ok=True, seen="9 MB", needed="7 MB")]
NO_ROOM = [Finding("free flash", ok=False, seen="2 MB", needed="7 MB", next_command="`dir flash:`")]
CLEAN = JobOptions(cleanup_flash=True)


class PaperCopy:
    """A transport that only counts, or raises."""

    def __init__(self, *raised: Exception) -> None:
        self.raised, self.sent, self.whole = list(raised), 0, 0
        self.given: tuple[Any, ...] = ()

    def send(
        self,
        path: Path,
        to: str,
        target: Any,
        settings: Any,
        clock: Any,
        moved: Callable[[int], None],
        login: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self.sent += 1
        with login():
            pass
        self.given = path, to, target, settings, clock
        if self.raised:
            raise self.raised.pop(0)
        moved(IMAGE.size)
        self.whole += 1


@pytest.fixture
def copy(monkeypatch: pytest.MonkeyPatch) -> PaperCopy:
    made = PaperCopy()
    monkeypatch.setitem(TRANSPORTS, "scp", made)
    return made


def job(folder: Path, **script: Any) -> Scripted:
    path = folder / IMAGE.filename
    with path.open("wb") as file:
        file.truncate(IMAGE.size)
    facts: dict[str, Any] = {
        "running": [AS_BEFORE], "installed": [ABSENT], "file_size": [IMAGE.size], "file_hash": [RIGHT],
        "spread": [""], "space": [ROOM], "clean": [Cleaned()], "remove_file": [None],
    }  # fmt: skip
    return Scripted(image=replace(IMAGE, path=path), **{**facts, **script})


def ends(one: Scripted, error: type[DeviceError] = StepFailed) -> tuple[Outcome, str]:
    with pytest.raises(error) as failed:
        Distribution().run(one.context)
    outcome, told = outcome_of_failure(one.context, failed.value)
    return outcome, f"{failed.value}; {told}"


# What counts as verified.


def test_a_file_whose_hash_the_device_proves_is_not_copied(tmp_path: Path, copy: PaperCopy) -> None:
    assert "was there already" in Distribution().run(job(tmp_path).context).message
    assert copy.sent == 0


@pytest.mark.parametrize(("digest", "words"), [(NONE, "the device gave no hash"), (WRONG, "its sha512 is cccc")])
def test_without_the_right_hash_from_the_device_nothing_is_verified(
    tmp_path: Path, copy: PaperCopy, digest: HashResult, words: str
) -> None:
    one = job(tmp_path, file_hash=[digest])
    outcome, text = ends(one)
    assert words in text
    assert outcome is Outcome.UNTOUCHED
    assert copy.sent == 2
    assert one.driver.times("remove_file") == 3
    assert one.driver.times("spread") == 0


@pytest.mark.parametrize(
    ("able", "asked"), [(("sha512", "md5"), "sha512"), (("md5",), "md5"), (("md5", "sha512"), "sha512")]
)
def test_the_device_proves_it_by_the_hash_that_is_wished_or_by_one_that_it_can_compute(
    tmp_path: Path, copy: PaperCopy, able: tuple[str, ...], asked: str
) -> None:
    right = HashResult("flash:", asked, ("a" * 128 if asked == "sha512" else "b" * 32).upper(), None)
    one = job(tmp_path, support=replace(SUPPORT, hashes=able), file_hash=[right], spread=["flash-2: has it too"])
    assert "its hash verified" in Distribution().run(one.context).message
    assert f"the device computes the {asked} of {IMAGE.filename}" in one.record.said
    assert one.told("spread") == ["flash-2: has it too"]
    assert copy.sent == 0


def test_a_stop_is_obeyed_in_the_middle_of_a_copy(tmp_path: Path, copy: PaperCopy) -> None:
    one = job(tmp_path, file_size=[None])

    class Stop(threading.Event):
        def is_set(self) -> bool:
            return copy.sent > 0

    with pytest.raises(Stopped):
        Distribution().run(replace(one.context, stop=Stop()))
    assert (copy.sent, copy.whole) == (1, 0)


@pytest.mark.parametrize("size", [IMAGE.size - 1, IMAGE.size + 1, 0])
def test_a_file_of_another_size_is_never_hashed(tmp_path: Path, copy: PaperCopy, size: int) -> None:
    one = job(tmp_path, file_size=[size])
    ends(one)
    assert one.driver.times("file_hash") == 0
    assert copy.sent == 2


@pytest.mark.parametrize("placement", [Placement.ADDED, Placement.NEXT, Placement.UNCOMMITTED, Placement.COMMITTED])
def test_a_wrong_file_that_the_installer_names_is_not_removed(
    tmp_path: Path, copy: PaperCopy, placement: Placement
) -> None:
    one = job(tmp_path, file_hash=[NONE], installed=[stands(placement)])
    assert "nothing was deleted" in ends(one)[1]
    assert one.driver.times("remove_file") == 0
    assert copy.sent == 0


@pytest.mark.parametrize("options", [JobOptions(), CLEAN])
def test_once_an_activation_was_sent_nothing_is_cleaned_copied_or_asked(
    tmp_path: Path, copy: PaperCopy, options: JobOptions
) -> None:
    one = job(tmp_path, memory=activated(), options=options)
    message = Distribution().run(one.context).message
    assert message == "the activation was sent before; the image is no longer needed"
    assert (one.opened, one.driver.asked, copy.sent) == (0, [], 0)


def test_once_an_add_was_sent_nothing_is_cleaned(tmp_path: Path, copy: PaperCopy) -> None:
    one = job(tmp_path, memory={"add sent": {"mark": None}}, options=CLEAN)
    Distribution().run(one.context)
    assert (one.driver.times("clean"), copy.sent) == (0, 0)


def test_a_clean_up_does_not_take_what_an_earlier_job_has_added(tmp_path: Path, copy: PaperCopy) -> None:
    one = job(tmp_path, options=CLEAN, installed=[stands(Placement.ADDED)])
    message = Distribution().run(one.context).message
    assert (one.driver.times("clean"), copy.sent) == (0, 0)
    assert one.told("added") == ["17.12.04 is already added: no clean-up, as it would remove that"]
    assert "removed" not in message


@pytest.mark.parametrize("size", [None, 500])
def test_where_its_file_is_gone_or_cut_short_what_was_added_is_cleaned_up(
    tmp_path: Path, copy: PaperCopy, size: int | None
) -> None:
    added = stands(Placement.ADDED)
    one = job(tmp_path, options=CLEAN, installed=[added, ABSENT], file_size=[size, None, IMAGE.size])
    assert "copied" in Distribution().run(one.context).message
    assert (one.driver.times("clean"), copy.sent) == (1, 1)


@pytest.mark.parametrize("error", [TransferFailed("the copy broke off"), Unreachable("no SSH session to sw1")])
def test_a_copy_that_breaks_off_once_is_told_and_made_again(
    tmp_path: Path, copy: PaperCopy, error: DeviceError
) -> None:
    one = job(tmp_path, file_size=[None, 500, IMAGE.size])
    copy.raised = [error]
    assert "copied, its hash verified" in Distribution().run(one.context).message
    assert (copy.sent, one.told("copy"), one.driver.times("remove_file")) == (2, [str(error)], 1)
    path, context = tmp_path / IMAGE.filename, one.context
    assert copy.given == (path, f"flash:{IMAGE.filename}", context.target, context.settings.distribution, one.clock)


def test_a_copy_that_breaks_off_twice_is_given_up_and_leaves_no_part_of_the_file(
    tmp_path: Path, copy: PaperCopy
) -> None:
    one = job(tmp_path, file_size=[None, 500, 700])
    copy.raised = [TransferFailed("the copy broke off"), TransferFailed("the copy broke off again")]
    assert ends(one, TransferFailed)[1].startswith("the copy broke off again")
    assert (copy.sent, len(one.told("copy")), one.driver.times("remove_file")) == (2, 2, 2)


def test_a_file_that_stays_wrong_is_given_up_with_what_was_wrong_each_time(tmp_path: Path, copy: PaperCopy) -> None:
    one = job(tmp_path, file_size=[None, 500, IMAGE.size], file_hash=[WRONG])
    with pytest.raises(StepFailed) as failed:
        Distribution().run(one.context)
    digests = f"its sha512 is {'c' * 16}…, not {'a' * 16}…"
    assert str(failed.value) == (
        f"{IMAGE.filename} was copied 2 times and is still wrong: {digests}; the file was removed; next: check the "
        "device's flash, what its log says of it, and `swimctl image verify`"
    )
    about = f"{IMAGE.filename} on the device is wrong"
    assert one.told("wrong") == [f"{about}: it has 500 bytes, not {IMAGE.size}", f"{about}: {digests}"]
    assert copy.sent == 2


@pytest.mark.parametrize("bytes_there", [None, IMAGE.size - 1, IMAGE.size + 1])
def test_an_image_file_that_is_not_the_one_that_was_added_is_not_copied(
    tmp_path: Path, copy: PaperCopy, bytes_there: int | None
) -> None:
    one = job(tmp_path, file_size=[None])
    path = tmp_path / IMAGE.filename
    path.unlink()
    if bytes_there is not None:
        with path.open("wb") as file:
            file.truncate(bytes_there)
    outcome, text = ends(one)
    assert text.startswith(f"{path} has changed since `image add`; next: `swimctl image verify 1`")
    assert (outcome, copy.sent) == (Outcome.UNTOUCHED, 0)


@pytest.mark.parametrize(
    ("clean", "next_"),
    [
        (SUPPORT.clean, f"`{SUPPORT.clean}` on the device, or run again with --cleanup-flash"),
        ("", f"{SUPPORT.look} on the device"),
    ],
)
def test_a_wrong_file_that_the_installer_names_says_where_it_stands_and_how_it_goes(
    tmp_path: Path, copy: PaperCopy, clean: str, next_: str
) -> None:
    one = job(tmp_path, file_size=[7], installed=[stands(Placement.ADDED)], support=replace(SUPPORT, clean=clean))
    with pytest.raises(StepFailed) as failed:
        Distribution().run(one.context)
    assert str(failed.value) == (
        f"{IMAGE.filename} on the device is wrong: it has 7 bytes, not {IMAGE.size}; seen: its release is "
        f"{Placement.ADDED} there; needed: a file that nothing refers to, before it is replaced; nothing was deleted; "
        f"next: {next_}"
    )
    assert copy.sent == 0


def test_before_each_copy_the_session_ends_as_it_would_idle_out_meanwhile(
    tmp_path: Path, copy: PaperCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    parted: list[int] = []
    monkeypatch.setattr(JobContext, "part", lambda _context: parted.append(copy.sent))
    Distribution().run(job(tmp_path, file_size=[None, None, IMAGE.size]).context)
    assert (parted, copy.sent) == ([0, 1], 2)


def test_a_session_that_is_lost_while_the_file_is_verified_is_opened_once_more(tmp_path: Path, copy: PaperCopy) -> None:
    one = job(tmp_path, file_hash=[LOST, RIGHT])
    assert "was there already" in Distribution().run(one.context).message
    assert (one.opened, copy.sent) == (2, 0)


# What was done to the device.


def test_a_copy_that_crashes_the_device_is_not_untouched(tmp_path: Path, copy: PaperCopy) -> None:
    one = job(tmp_path, file_size=[None], running=[AS_BEFORE, AS_BEFORE, runs("17.06.05", "17.06.05", uptime=60)])
    copy.raised = [TransferFailed("the copy broke off"), TransferFailed("the copy broke off")]
    one.clock.seconds = 900
    outcome, text = ends(one, TransferFailed)
    assert outcome is Outcome.ROLLED_BACK
    assert "it rebooted during the copy" in text


def test_a_copy_after_which_the_device_is_silent_leaves_it_unknown(tmp_path: Path, copy: PaperCopy) -> None:
    one = job(tmp_path, file_size=[None])
    away = Unreachable("no SSH session to sw1")
    copy.raised = [TransferFailed("the copy broke off"), TransferFailed("the copy broke off")]
    one.logins[:] = [None, None, away]
    outcome, text = ends(one, DeviceError)
    assert outcome is Outcome.UNKNOWN
    assert "it does not answer after the copy: no SSH session to sw1" in text


def test_a_hash_that_crashes_the_device_is_not_untouched_though_nothing_was_copied(
    tmp_path: Path, copy: PaperCopy
) -> None:
    one = job(tmp_path, file_hash=[LOST], running=[runs("17.06.05", "17.06.05", uptime=60)])
    one.clock.seconds = 900
    outcome, text = ends(one, DeviceError)
    assert copy.sent == 0
    assert outcome is Outcome.ROLLED_BACK
    assert "it rebooted since the job began" in text


# What was removed.


def test_what_a_clean_up_removed_is_in_the_record_and_in_the_message(tmp_path: Path, copy: PaperCopy) -> None:
    one = job(tmp_path, options=CLEAN, clean=[Cleaned(("a.pkg", "b.pkg"))])
    assert Distribution().run(one.context).message.endswith("; removed from its flash: a.pkg, b.pkg")
    assert one.record.memory["removed 1"] == ["a.pkg", "b.pkg"]
    assert one.told("removed") == ["a.pkg, b.pkg"]
    assert one.record.memory["removed 1 begun"] == one.record.said[0] == "install remove inactive"
    assert copy.sent == 0


def test_too_little_room_after_a_clean_up_says_what_is_gone(tmp_path: Path) -> None:
    one = job(tmp_path, options=CLEAN, clean=[Cleaned(("a.pkg",))], space=[NO_ROOM])
    outcome, text = ends(one)
    assert outcome is Outcome.UNTOUCHED, "the store reads `cleaned` of it, by what the record holds"
    assert f"still not enough space after the clean-up: {NO_ROOM[0]}" in text
    assert "removed from its flash: a.pkg" in text


def test_a_clean_up_that_fails_half_way_says_what_is_gone(tmp_path: Path) -> None:
    one = job(tmp_path, options=CLEAN, clean=[Cleaned(("a.pkg",), "'install remove inactive' failed: I/O error")])
    text = ends(one)[1]
    assert "failed: I/O error" in text
    assert "removed from its flash: a.pkg" in text


def test_where_no_command_cleans_up_nothing_is_recorded_as_removed(tmp_path: Path, copy: PaperCopy) -> None:
    refused = StepFailed("no clean-up here; next: `delete` on the device what is no longer needed")
    one = job(tmp_path, options=CLEAN, support=replace(SUPPORT, clean=""), clean=[refused])
    assert ends(one) == (Outcome.UNTOUCHED, f"{refused}; ")
    assert not [key for key in one.record.memory if key.startswith("removed")]
    assert one.record.said[0] == "cleaning up"
    assert copy.sent == 0


# What is recorded of a copy.


def test_a_copy_is_recorded_twice_a_second_at_most_and_at_its_end(
    tmp_path: Path, copy: PaperCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded: list[tuple[int, int, int]] = []
    ticks = iter([100.0, 100.0, 100.1, 100.2, 100.49, 100.5, 100.5, 100.6, 100.7])

    def send(*of: Any) -> None:
        for sent in (1, 200_000, 300_000, 400_000, 500_000, IMAGE.size):
            of[-2](sent)

    one = job(tmp_path, file_size=[None, IMAGE.size])
    monkeypatch.setattr(copy, "send", send)
    monkeypatch.setattr(distribution, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    monkeypatch.setattr(one.record, "progress", lambda *of: recorded.append(of))
    assert Distribution().run(one.context).message.startswith(f"{IMAGE.filename} copied, ")
    assert recorded == [(10, 1, IMAGE.size), (30, 500_000, IMAGE.size), (50, IMAGE.size, IMAGE.size)]


def test_a_second_copy_is_told_as_one(tmp_path: Path, copy: PaperCopy) -> None:
    one = job(tmp_path, file_size=[None])
    ends(one)
    assert [said for said in one.record.said if said.startswith("copying")] == ["copying", "copying again"]
    assert copy.sent == 2


def test_a_clean_up_that_is_lost_and_given_again_leaves_the_first_unsure(tmp_path: Path, copy: PaperCopy) -> None:
    one = job(tmp_path, options=CLEAN, clean=[LOST, Cleaned()])
    message = Distribution().run(one.context).message
    assert "what `install remove inactive` removed is not known" in message
    assert set(one.record.memory) >= {"removed 1 begun", "removed 2 begun", "removed 2"}
    assert "removed 1" not in one.record.memory
    assert copy.sent == 0


def test_a_wrong_file_from_before_the_job_counts_as_removed_and_its_own_copies_do_not(
    tmp_path: Path, copy: PaperCopy
) -> None:
    one = job(tmp_path, file_hash=[WRONG])
    ends(one)
    assert one.record.memory["removed 1"] == [IMAGE.filename]
    assert one.record.memory["removed 1 begun"] == f"delete {IMAGE.filename}"
    assert "removed 2 begun" not in one.record.memory
    assert COPY in one.record.memory
    assert copy.sent == 2


def test_a_device_waits_without_a_thread_until_its_site_has_room_for_its_copy(tmp_path: Path, copy: PaperCopy) -> None:
    one = job(tmp_path, file_size=[None, IMAGE.size])
    sites = SiteTurns(1)
    ber = taken(sites.of("ber"))
    taken(sites.of("muc"))
    context = replace(one.context, sites=sites, device=replace(one.context.device, site="ber"))
    parts = Distribution().in_parts(context)
    pauses = [next(parts), next(parts)]
    assert pauses == [Pause(1.0, obeys=True, early=True)] * 2
    assert one.record.said == ["waiting: as many devices of the site ber copy as may at once"]
    assert copy.sent == 0
    ber.leave()
    assert "copied" in one.through(parts).message
    assert one.record.said[:2] == ["waiting: as many devices of the site ber copy as may at once", "copying"]
    assert copy.sent == 1
    assert ber.take(), "it has given its turn back"


def test_a_stop_is_obeyed_by_who_waits_for_its_site(tmp_path: Path, copy: PaperCopy) -> None:
    one = job(tmp_path, file_size=[None])
    sites = SiteTurns(1)
    ber = taken(sites.of("ber"))
    context = replace(one.context, sites=sites, device=replace(one.context.device, site="ber"))
    parts = Distribution().in_parts(context)
    next(parts)
    one.context.stop.set()
    with pytest.raises(Stopped):
        next(parts)
    assert copy.sent == 0
    assert not ber.take(), "it gave back what it never had"


def test_a_device_gives_the_turn_of_its_site_back_however_its_copy_ends(tmp_path: Path, copy: PaperCopy) -> None:
    sites = SiteTurns(1)
    copy.raised += [TransferFailed("no byte moved")] * 2
    one = job(tmp_path, file_size=[None])
    context = replace(one.context, sites=sites, device=replace(one.context.device, site="ber"))
    with pytest.raises(TransferFailed):
        Distribution().run(context)
    taken(sites.of("ber"))


def test_a_device_waits_for_its_turn_at_the_image_server_without_a_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, made = job(tmp_path, file_size=[None, IMAGE.size]), PaperPulling()
    made.turns, made.fails = Turns(1), False
    assert made.turns.take()
    monkeypatch.setattr(distribution, "Pulling", lambda *_: made)
    parts = Distribution().in_parts(replace(one.context, images=cast("Any", object())))
    assert next(parts).early
    assert one.record.said == ["waiting: as many devices fetch images as may at once"]
    assert made.ran == 0
    made.turns.leave()
    assert "copied" in one.through(parts).message
    assert made.ran == 1
    assert made.turns.take()


def test_a_device_waits_for_its_relay_without_a_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, made = job(tmp_path, file_size=[None, IMAGE.size]), PaperPulling()
    made.prepares, made.fails = 3, False
    monkeypatch.setattr(distribution, "Pulling", lambda *_: made)
    parts = Distribution().in_parts(replace(one.context, images=cast("Any", object())))
    assert [next(parts).early for _ in range(3)] == [True] * 3
    assert made.ran == 0
    assert "copied" in one.through(parts).message
    assert made.ran == 1


@pytest.mark.parametrize("pulls", [True, False])
def test_a_copy_whose_batch_ends_while_it_waits_does_not_begin(
    tmp_path: Path, copy: PaperCopy, monkeypatch: pytest.MonkeyPatch, *, pulls: bool
) -> None:
    one, made = job(tmp_path, file_size=[None]), PaperPulling()
    made.prepares, made.fails = 3, False
    made.failures = [] if pulls else ["it does not reach the server"]
    monkeypatch.setattr(distribution, "Pulling", lambda *_: made)
    sites = SiteTurns(1)
    ber = taken(sites.of("ber"))
    over: list[str] = []

    def in_time(_context: JobContext) -> None:
        if over:
            raise StepFailed("its batch was to end by then")

    given = {"images": cast("Any", object()), "sites": sites, "in_time": in_time}
    parts = Distribution().in_parts(replace(one.context, **given, device=replace(one.context.device, site="ber")))
    next(parts)
    ber.leave()
    for _ in range(2 if pulls else 0):
        next(parts)  # it waits for its relay
    over.append("now")
    with pytest.raises(StepFailed, match="was to end by then"):
        one.through(parts)
    assert (made.ran, copy.sent) == (0, 0)
    assert ber.take(), "it has given its turn back"


def taken(turns: Turns | None) -> Turns:
    """Take a turn, which there must be."""
    assert turns is not None
    assert turns.take()
    return turns


class PaperPulling:
    """A device that fetches its image until that failed once."""

    def __init__(self, *_: Any) -> None:
        self.failures: list[str] = []
        self.attempts, self.foreign = 2, False
        self.turns: Turns | None = None
        self.fails, self.ran, self.prepares = True, 0, 0

    def pulls(self) -> bool:
        return not self.failures

    def prepared(self, _held: ExitStack) -> Iterator[Pause]:
        for _ in range(self.prepares):
            yield Pause(1, early=True)
        self.prepares = 0

    def run(self, _moved: Callable[[int], None], again: str) -> Iterator[Pause]:
        assert (again, self.prepares) == ("", 0)
        self.ran += 1
        if self.fails:
            raise TransferFailed("it stood still")
        yield from ()

    def failed(self, why: str) -> None:
        self.failures.append(why)

    def wrong(self, why: str) -> None:
        raise AssertionError(why)


def test_a_pull_that_failed_is_told_to_whoever_decides_and_the_next_copy_is_a_push(
    tmp_path: Path, copy: PaperCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = job(tmp_path, file_size=[None, None, IMAGE.size])
    made = PaperPulling()
    monkeypatch.setattr(distribution, "Pulling", lambda *_: made)
    assert "copied" in Distribution().run(replace(one.context, images=cast("Any", object()))).message
    assert made.failures == ["it stood still"]
    assert copy.sent == 1
    assert one.told("copy") == ["it stood still"]
