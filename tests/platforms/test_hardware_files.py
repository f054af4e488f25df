"""The data files of which hardware a family fits: what they must hold, and that the packaged ones hold it."""

from __future__ import annotations

from pathlib import Path

import pytest

from swimctl.errors import ConfigError
from swimctl.platforms import _PLATFORMS, hardware

GOOD = """
families: {big: [a, b-*], small: [c, d]}
hardware:
  - {models: ['X1'], runs: [small], source: seen}
  - {models: ['X'], runs: [a], maybe: [big, c], source: seen}
"""


def written(folder: Path, text: str) -> hardware.Table:
    path = folder / "hardware.yaml"
    path.write_text(text, encoding="utf-8")
    return hardware.read(path)


@pytest.mark.parametrize("platform", _PLATFORMS)
def test_the_packaged_files_are_whole_and_every_family_is_for_some_hardware(platform: str) -> None:
    table = hardware.table(platform)
    used = {name for row in table.hardware for name in (*row.runs, *row.maybe)}
    for group, families in table.families.items():
        assert group in used or used.intersection(families), f"{group} is for no hardware"


@pytest.mark.parametrize(
    ("family", "model", "verdict"),
    [
        ("c", "X10", True),
        ("a", "X10", False),
        ("a", "X20", True),
        ("b-2", "x20", None),
        ("c", " X20 ", None),
        ("d", "X20", False),
        ("e", "X20", None),
        ("a", "AX1", None),
        ("a", "", None),
    ],
)
def test_the_first_row_that_fits_decides(tmp_path: Path, family: str, model: str, verdict: bool | None) -> None:
    assert written(tmp_path, GOOD).fits(family, model) is verdict


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("maybe: [big, c]", "maybe: [bigg]", "not under families: bigg"),
        ("small: [c, d]", "small: [c, a]", "twice"),
        ("small: [c, d]", "small: [c, big]", "twice"),
        ("['X1']", "['X(1']", "unterminated"),
        ("['X1']", "[]", "models"),
        ("['X1']", "X1", "models"),
        (", source: seen", "", "source"),
        ("source: seen", "source: ''", "source"),
        ("runs: [a]", "run: [a]", "run"),
        ("runs: [a]", "runs: [1]", "runs"),
        ("hardware:", "hardware: [", "line"),
    ],
)
def test_a_mistake_in_a_file_is_an_error(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert before in GOOD
    with pytest.raises(ConfigError, match=said) as refused:
        written(tmp_path, GOOD.replace(before, after))
    assert "hardware.yaml" in str(refused.value)


def test_an_empty_or_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        written(tmp_path, "")
    with pytest.raises(ConfigError, match="does not exist"):
        hardware.read(tmp_path / "none.yaml")
