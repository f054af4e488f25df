"""The how-to page of the rehearsal, typed to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.howto import Machine, Page
from support.upgrades import lab_folder

pytestmark = pytest.mark.prove


def test_the_night_is_rehearsed(tmp_path: Path) -> None:
    page = Page("rehearsal.md")
    with lab_folder(tmp_path, devices=2) as lab:
        machine = Machine(tmp_path, {"acc7": "sw2", "sw7": "sw2"})
        said = machine.type(page.block("swimctl rehearse --all --canary 2"))
        assert "swimctl: rehearsal devices=2 rehearsed=2 problems=0" in said
        one, drawn = page.block("swimctl rehearse --all --fault").splitlines()
        assert "never-returns" in machine.type(one, code=1)
        assert "install-fails" in machine.type(drawn, code=1)
        said = machine.type(page.block("swimctl device capture"))
        assert "swimctl: rehearsal devices=1 rehearsed=1 problems=0" in said
        assert lab.reloads("sw1") == lab.reloads("sw2") == []
    page.over()
