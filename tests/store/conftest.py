from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.new_stores import AS_SWIMCTL_DOES
from support.stores import StandingClock

from swimctl.store import Runner, Store
from swimctl.store.database import Database

# What they show is how a file is laid, or what is left of one when its writer or its disk dies.
OF_THE_FILE = {
    f"test_store_{name}"
    for name in (
        "deaths",
        "file",
        "golden_migration",
        "migrated_meanwhile",
        "power_loss",
        "replaced",
        "sightings",
        "trouble",
    )
}


@pytest.fixture
def laid_by_swimctl(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each new store be laid as swimctl does it, not copied as for other tests."""
    monkeypatch.setattr(Database, "_prepare", AS_SWIMCTL_DOES)


@pytest.fixture(autouse=True)
def _laid(request: pytest.FixtureRequest) -> None:
    if request.path.stem in OF_THE_FILE:
        request.getfixturevalue("laid_by_swimctl")


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def store(tmp_path: Path, clock: StandingClock) -> Iterator[Store]:
    with Store.open(tmp_path / "s.db", clock) as opened_store:
        yield opened_store


@pytest.fixture
def runner(store: Store) -> Iterator[Runner]:
    with store.register_runner() as registered:
        yield registered
