from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.api_client import Api, answering, opened
from support.projects import Project, make_project, without_the_callers
from support.stores import StandingClock


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def idle(project: Project, clock: StandingClock) -> Iterator[Api]:
    """Make all that the API works with, without serving it yet."""
    with opened(project, clock) as api:
        yield api


@pytest.fixture
def api(idle: Api) -> Iterator[Api]:
    with answering(idle.backend) as idle.address:
        yield idle


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Serve one API to all tests of a module that ask it for what it refuses: nothing is ever made in it."""
    with pytest.MonkeyPatch.context() as patched:
        without_the_callers(patched, tmp_path_factory.mktemp("elsewhere"))
        with opened(make_project(tmp_path_factory.mktemp("served") / "project"), StandingClock()) as api:
            with answering(api.backend) as api.address:
                yield api
            assert api.store.batches() == []
