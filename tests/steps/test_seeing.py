"""One look after a reload: what hangs takes the rest with it and says so, and what was not kept is not asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.after_reload import COMMITTED, after_reload
from support.scripted_steps import BEFORE, Scripted

from swimctl.errors import DeadlineExceeded, UnexpectedPrompt, UnparsableOutput
from swimctl.platforms import configured
from swimctl.platforms.facts import Snapshot
from swimctl.steps.evidence import Compared, Unread
from swimctl.steps.seeing import see

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
    assert seen.installed == Unread(f"it was not asked, as the session had to be closed: {error}")
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
    seen, _ = see(made.context, made.driver, bare)
    assert made.driver.times("configuration") == 0
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
