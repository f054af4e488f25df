from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.notification_server import Receiver, serving


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as one:
        yield one
