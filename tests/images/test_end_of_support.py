"""The file with the ends of support: what it says of a device, and which mistake of it stands in which line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from swimctl.errors import ConfigError
from swimctl.images.end_of_support import Ends, in_train, read, support_of
from swimctl.models import Device

DEVICE = Device(1, "sw1", "cisco_xe", "192.0.2.1", model="C9300-48P")

YAML = """\
- {model: C9300-*, ends: 2030-10-31, note: the vendor's bulletin}
- platform: ios-xe
  release: "17.6"
  ends: 2026-03-31
- {platform: cisco_xe, model: "C9300-48*", release: 17.06.05, ends: 2025-01-31}
"""
CSV = """\
platform,model,release,ends,note
,C9300-*,,2030-10-31,the vendor's bulletin
ios-xe,,17.6,2026-03-31,
cisco_xe,C9300-48*,17.06.05,2025-01-31,
"""


@pytest.mark.parametrize(("name", "text"), [("ends.yaml", YAML), ("ends.csv", CSV), ("ends.CSV", f"\ufeff{CSV}")])
def test_both_forms_say_the_same_and_the_first_day_counts(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    known = read(path)
    assert known == (
        Ends(date(2030, 10, 31), model="C9300-*", note="the vendor's bulletin"),
        Ends(date(2026, 3, 31), "cisco_xe", release="17.6"),
        Ends(date(2025, 1, 31), "cisco_xe", "C9300-48*", "17.06.05"),
    )
    assert support_of(DEVICE, "17.6.5", known) == known[2]
    assert support_of(DEVICE, "17.06.04", known) == known[1]
    assert support_of(DEVICE, "17.12.4", known) == known[0]
    assert support_of(DEVICE, None, known) == known[0]
    other = Device(2, "nx1", "cisco_nxos", "192.0.2.2")
    assert support_of(other, "17.6.5", known) is None, "a release is of one system, and a model must be known"


@pytest.mark.parametrize(
    ("release", "train", "is_in"),
    [
        ("17.06.05", "17.6", True),
        ("17.9.4a", "17.9.4", True),
        ("17.9.4", "17.9.4a", False),
        ("17.12.4", "17.1", False),
        ("15.2(7)E3", "15.2(7)E", True),
        ("15.2(7)E3", "15.2(7)S", False),
        ("21.4R3-S2", "21.4", True),
        ("4.27.6M", "4.27", True),
        ("10.3(4a)", "10.3(4)", True),
    ],
)
def test_a_train_has_its_releases_and_no_others(release: str, train: str, is_in: bool) -> None:
    assert in_train(release, train) is is_in


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model: C9300", "{file}: must be a list, such as"),
        ("- C9300", "{file} line 1: must be a mapping, such as"),
        (
            "- {model: C9300, ends: 2030-01-01}\n- {modell: C9300, ends: 2030-01-01}",
            "{file} line 2: unknown key 'modell'",
        ),
        ("- {platform: cisco_xe, release: 17.10, ends: 2030-01-01}", "{file} line 1: put the release in quotes: YAML"),
        ("- {release: '17.10', ends: 2030-01-01}", "{file} line 1: a release needs its platform"),
        ("- {platform: panos, model: PA-1, ends: 2030-01-01}", "{file} line 1: 'panos' is no platform of swimctl"),
        ("- {platform: cisco_xe, ends: 2030-01-01}", "{file} line 1: needs a model or a release"),
        ("- {model: C9300}", "{file} line 1: ends is missing; write it as 2027-10-31"),
        ("- {model: C9300, ends: soon}", "{file} line 1: ends must be a day, not 'soon'; write it as 2027-10-31"),
        ("- {model: [C9300], ends: 2030-01-01}", "{file} line 1: model must be text; put it in quotes"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "ends.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        read(path)
    assert str(refused.value).startswith(said.format(file=path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "{file}: the first line must name the columns, some of platform, model, release, ends, note"),
        ("model,ends\nC9300,2030-01-01,more", "{file} line 2: has more values than the first line has columns"),
        ("model,ends\nC9300,31.10.2030", "{file} line 2: ends must be a day, not '31.10.2030'"),
        ("model,end\nC9300,2030-01-01", "{file} line 2: unknown key 'end'"),
    ],
)
def test_so_is_one_of_a_csv(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "ends.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        read(path)
    assert str(refused.value).startswith(said.format(file=path))


@pytest.mark.parametrize("name", ["ends.yaml", "ends.csv"])
def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with pytest.raises(ConfigError, match="does not exist; swimctl"):
        read(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        read(path)
