"""What the driver of every platform has beside what all have: one way to keep what runs, and one way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from swimctl import platforms
from swimctl.platforms.arista_eos.driver import AristaEos
from swimctl.platforms.cisco_ios.driver import BootVariable
from swimctl.platforms.cisco_nxos.driver import CiscoNxos
from swimctl.platforms.cisco_xe.driver import CiscoXe
from swimctl.platforms.cisco_xe.requested import Requested
from swimctl.platforms.cisco_xr.driver import CiscoXr
from swimctl.platforms.driver import (
    Aborts,
    Adds,
    Cleans,
    Commits,
    CommitsImage,
    KeepsJournal,
    NamesNextBoot,
    Restores,
    Returns,
    Saves,
    Traces,
)
from swimctl.platforms.fetching import Fetches
from swimctl.platforms.juniper_junos.driver import JuniperJunos

DRIVERS = (AristaEos, BootVariable, CiscoNxos, CiscoXe, CiscoXr, JuniperJunos, Requested)


def has(driver: type, capability: type) -> bool:
    """Return whether the class has what a small protocol names."""
    return all(hasattr(driver, name) for name in vars(capability) if not name.startswith("_") and name != "unpacks")


@pytest.mark.parametrize("driver", DRIVERS)
def test_it_has_one_way_to_keep_what_runs_and_one_way_back(driver: type) -> None:
    assert has(driver, Commits) is not has(driver, CommitsImage)
    assert has(driver, Aborts) is not has(driver, Returns)


@pytest.mark.parametrize("driver", DRIVERS)
def test_one_that_leads_back_from_what_is_committed_also_takes_back_what_an_activation_left_set(driver: type) -> None:
    assert has(driver, Restores) is has(driver, Returns)


@pytest.mark.parametrize("driver", DRIVERS)
def test_it_tells_of_others_who_install_by_its_log_or_by_its_next_boot(driver: type) -> None:
    assert has(driver, KeepsJournal) is not has(driver, NamesNextBoot)
    assert has(driver, Traces) is has(driver, KeepsJournal)


@pytest.mark.parametrize("driver", DRIVERS)
def test_it_cleans_where_its_words_name_a_command_for_that(driver: type) -> None:
    assert has(driver, Cleans) is bool(driver.support.clean)  # type: ignore[attr-defined]


@pytest.mark.parametrize("driver", DRIVERS)
def test_it_fetches_where_its_platform_names_the_command(driver: type) -> None:
    assert has(driver, Fetches) is bool(platforms.fetches(driver.__module__.split(".")[2]))


def test_those_whose_reload_loses_what_is_not_saved_are_saved_before_it() -> None:
    # A boot variable is saved together with its configuration, in the activation.
    assert {each for each in DRIVERS if not has(each, Saves)} == {BootVariable, CiscoXr, JuniperJunos}
    assert {each for each in DRIVERS if has(each, Adds)} == {CiscoXe, CiscoXr, JuniperJunos}


def test_no_method_takes_what_it_does_not_use() -> None:
    code = Path(platforms.__path__[0]).rglob("*.py")
    assert not [path.name for path in code if "noqa: ARG" in path.read_text(encoding="utf-8")]
