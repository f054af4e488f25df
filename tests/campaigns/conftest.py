from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.campaigns import Wished, wished


@pytest.fixture
def wish(tmp_path: Path) -> Iterator[Wished]:
    with wished(tmp_path) as made:
        yield made
