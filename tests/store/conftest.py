from __future__ import annotations

import pytest
from support.new_stores import AS_SWIMCTL_DOES

from swimctl.store.database import Database


@pytest.fixture(autouse=True)
def _laid_by_swimctl(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each new store be laid as swimctl does it, not copied as for other tests."""
    monkeypatch.setattr(Database, "_prepare", AS_SWIMCTL_DOES)
