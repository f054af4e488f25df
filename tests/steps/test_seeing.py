"""One look after a reload: what hangs takes the rest with it and says so, and what was not kept is not asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.after_reload import COMMITTED, after_reload
from support.scripted_steps import AFTER, BEFORE, NEW, OLD, TARGET_RUNS, Scripted, runs

from swimctl.errors import DeadlineExceeded, SessionLost, UnexpectedPrompt, UnparsableOutput
from swimctl.platforms import configured
from swimctl.platforms.facts import Running, Snapshot
from swimctl.steps.evidence import Compared, Seen, Unread
from swimctl.steps.seeing import Table, see

TEXT = "hostname sw1\nvlan 10\nend\n"
KEPT = configured("cisco_xe", TEXT)
WHOLE = replace(BEFORE, configuration=KEPT.digest, blocks=KEPT.blocks)


def job(before: Snapshot = WHOLE, **script: Any) -> Scripted:
    return after_reload(before=before, **{"installed": [COMMITTED], "configuration": [TEXT], **script})


def test_a_device_that_is_well_is_as_before_and_nothing_is_unread() -> None:
    seen, after = see((made := job()).context, made.driver, WHOLE)
    assert after is not None
    assert (after.configuration, after.blocks) == (KEPT.digest, KEPT.blocks)
    assert (seen.installed, seen.late, seen.abnormal) == (COMMITTED, "", "")
    assert isinstance(seen.compared, Compared)
    assert seen.compared.unread == {}
    assert made.driver.asked[-1] == "installed"


@pytest.mark.parametrize("error", [DeadlineExceeded("it did not end within 60s"), UnexpectedPrompt("it asked")])
def test_what_hangs_is_unread_and_so_is_what_would_have_come_behind_it(error: Exception) -> None:
    made = job(configuration=[error])
    seen, after = see(made.context, made.driver, WHOLE)
    assert after is not None
    assert isinstance(seen.compared, Compared)
    assert seen.compared.unread == {"configuration": str(error)}
    assert seen.installed == Unread(f"it was not asked, because the session had to be closed: {error}")
    assert made.driver.times("installed") == 0


def test_what_does_not_read_takes_nothing_with_it() -> None:
    made = job(configuration=[UnparsableOutput("show running-config", "~")])
    seen, _ = see(made.context, made.driver, WHOLE)
    assert seen.installed == COMMITTED
    assert isinstance(seen.compared, Compared)
    assert "cannot read the output of 'show running-config'" in seen.compared.unread["configuration"]


def test_where_no_configuration_was_kept_none_is_asked_for() -> None:
    bare = replace(BEFORE, configuration="", blocks=())
    made = job(bare)
    seen, after = see(made.context, made.driver, bare)
    assert after is not None
    assert (made.driver.times("configuration"), after.configuration, after.blocks) == (0, "", ())
    assert isinstance(seen.compared, Compared)
    assert seen.compared.unread == {}


def test_a_configuration_that_may_only_be_cut_is_unread_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swimctl.steps.seeing.may_be_cut", lambda platform, *blocks: f"{platform} breaks off: {blocks}")
    made = job(configuration=["hostname sw1\nend\n"])
    seen, _ = see(made.context, made.driver, WHOLE)
    now = configured("cisco_xe", "hostname sw1\nend\n")
    assert isinstance(seen.compared, Compared)
    assert seen.compared.unread == {"configuration": f"cisco_xe breaks off: {(KEPT.blocks, now.blocks)}"}


def test_without_a_mark_of_the_boot_no_reload_is_called_abnormal() -> None:
    made = job()
    del made.record.memory["boot"]
    seen, after = see(made.context, made.driver, WHOLE)
    assert after is not None
    assert seen.abnormal == ""


NOT_ASKED = Unread("it was not asked")


def test_where_what_must_come_back_cannot_be_read_all_else_that_was_seen_stays() -> None:
    error = UnparsableOutput("show interfaces", "~")
    made = job(snapshot=[error], unready=["module 2 boots"])
    bare = job(snapshot=[error])
    seen, after = see(bare.context, bare.driver, WHOLE)
    assert (seen, after) == (Seen(TARGET_RUNS, "", COMMITTED, Unread(str(error))), None)
    seen, after = see(made.context, made.driver, WHOLE)
    assert (seen, after) == (Seen(TARGET_RUNS, "module 2 boots", NOT_ASKED, NOT_ASKED), None)


@pytest.mark.parametrize("running", [runs(NEW), runs(OLD, OLD), runs(NEW, OLD)])
def test_of_a_device_that_is_not_all_there_or_runs_something_else_nothing_more_is_asked(running: Running) -> None:
    made = job(running=[running])
    seen, after = see(made.context, made.driver, WHOLE)
    assert (seen, after) == (Seen(running, "", NOT_ASKED, NOT_ASKED), None)
    assert (made.driver.times("snapshot"), made.driver.times("installed")) == (0, 0)


def test_where_it_does_not_read_what_is_late_the_rest_is_compared() -> None:
    error = UnparsableOutput("show module", "~")
    made = job(unready=[error])
    seen, after = see(made.context, made.driver, WHOLE)
    assert seen.late == Unread(str(error))
    assert after is not None


def test_a_reload_that_the_device_calls_abnormal_is_told_also_while_members_are_missing() -> None:
    for members in ((NEW, NEW), (NEW,)):
        now = replace(runs(*members), abnormal="a watchdog")
        seen, _ = see((made := job(running=[now])).context, made.driver, WHOLE)
        assert seen.abnormal == "the device calls its last reload abnormal: a watchdog"


def test_a_piece_that_does_not_read_is_held_against_itself_and_named_unless_no_look_needs_it_again() -> None:
    unread = {"neighbours": "denied", "serials": "denied too"}
    made = job(snapshot=[replace(AFTER, neighbours=(), serials=(), interfaces_up=(), unread=unread)])
    seen, _ = see(made.context, made.driver, WHOLE)
    assert isinstance(seen.compared, Compared)
    assert seen.compared.unread == {"neighbours": "denied"}
    assert seen.compared.found.complaint.startswith("2 uplinks lost")
    assert "neighbours" not in seen.compared.found.complaint


def test_the_table_that_hangs_once_is_not_asked_for_again() -> None:
    error = DeadlineExceeded("it did not end within 60s")
    made = job(installed=[error])
    table = Table(made.context)
    with pytest.raises(SessionLost, match="it did not end within 60s"):
        table.read(made.driver)
    assert table.read(made.driver) == Unread(str(error))
    assert made.driver.times("installed") == 1
    garbled = UnparsableOutput("show install summary", "~")
    again = Table((other := job(installed=[garbled, COMMITTED])).context)
    assert [again.read(other.driver), again.read(other.driver)] == [Unread(str(garbled)), COMMITTED]
