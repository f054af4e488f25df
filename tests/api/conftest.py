from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.api_client import Api, answering, opened
from support.projects import Project
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
