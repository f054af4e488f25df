from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.api_client import OPERATOR, READER, Api, answering, opened
from support.browser import browser
from support.projects import Project
from support.server_process import Served
from support.stores import StandingClock
from web.browsing import served_lab
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


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as opened:
        yield opened


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with served_lab(tmp_path) as one:
        yield one
