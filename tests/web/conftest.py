from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.api_client import OPERATOR, READER, Api, answering, opened
from support.projects import Project
from support.stores import StandingClock
from web.visitor import Visitor

from swimctl.web import add_pages


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def api(project: Project, clock: StandingClock) -> Iterator[Api]:
    with opened(project, clock) as api, answering(api.backend, add_pages) as api.address:
        yield api


@pytest.fixture
def stranger(api: Api) -> Visitor:
    return Visitor(api)


@pytest.fixture
def operator(api: Api) -> Visitor:
    visitor = Visitor(api)
    assert visitor.sign_in(OPERATOR).status == 303
    return visitor


@pytest.fixture
def reader(api: Api) -> Visitor:
    visitor = Visitor(api)
    assert visitor.sign_in(READER).status == 303
    return visitor
