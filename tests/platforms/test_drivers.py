"""What the driver of every platform has beside what all have: one way to keep what runs, and one way back."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

from swimctl import platforms
from swimctl.platforms.arista_eos.driver import AristaEos
from swimctl.platforms.base import Support
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
    PutsBack,
    Restores,
    Returns,
    Saves,
    Traces,
)
from swimctl.platforms.fetching import Fetches
from swimctl.platforms.juniper_junos.driver import JuniperJunos


def _drivers() -> Iterator[type]:
    """Yield each class of each platform that says what it supports and activates, wherever in its package it is."""
    for module in sorted(walk_packages(platforms.__path__, f"{platforms.__name__}."), key=lambda each: each.name):
        if module.name.split(".")[2] in platforms.PLATFORM_NAMES:
            for value in vars(import_module(module.name)).values():
                own = isinstance(value, type) and value.__module__ == module.name
                if own and hasattr(value, "activate") and isinstance(getattr(value, "support", None), Support):
                    yield value


DRIVERS = tuple(_drivers())


def has(driver: type, capability: type) -> bool:
    """Return whether the class has what a small protocol names."""
    return all(hasattr(driver, name) for name in vars(capability) if not name.startswith("_") and name != "unpacks")


@pytest.mark.parametrize("driver", DRIVERS)
def test_it_has_one_way_to_keep_what_runs_and_one_way_back(driver: type) -> None:
    assert has(driver, Commits) is not has(driver, CommitsImage)
    assert has(driver, Aborts) is not has(driver, Returns)


@pytest.mark.parametrize("driver", DRIVERS)
def test_one_that_leads_back_from_what_is_committed_also_takes_back_what_an_activation_left_set(driver: type) -> None:
    assert (has(driver, Restores) or has(driver, PutsBack)) is has(driver, Returns)


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


def test_each_platform_has_one() -> None:
    assert {each.__module__.split(".")[2] for each in DRIVERS} == set(platforms.PLATFORM_NAMES)


@pytest.mark.parametrize(
    ("driver", "saves", "adds"),
    [
        (AristaEos, True, False),
        (BootVariable, False, False),  # it is saved together with its configuration, in the activation
        (CiscoNxos, True, False),
        (CiscoXe, True, True),
        (CiscoXr, False, True),
        (JuniperJunos, False, True),
        (Requested, True, False),
    ],
)
def test_those_whose_reload_loses_what_is_not_saved_are_saved_before_it(driver: type, saves: bool, adds: bool) -> None:
    assert driver in DRIVERS
    assert (has(driver, Saves), has(driver, Adds)) == (saves, adds)


def test_no_method_takes_what_it_does_not_use() -> None:
    code = Path(platforms.__path__[0]).rglob("*.py")
    assert not [path.name for path in code if "noqa: ARG" in path.read_text(encoding="utf-8")]
