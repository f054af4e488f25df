"""The tool of a release: one version everywhere, and a changelog with its day."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import release

import swimctl


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Copy what a release changes."""
    for name in (*release.PLACES, release.CHANGELOG):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(release.ROOT / name, tmp_path / name)
    return tmp_path


def test_a_release_has_its_version_everywhere_and_its_changes_below_its_day(tree: Path) -> None:
    before = (tree / "CHANGELOG.md").read_text(encoding="utf-8")
    release.main("77.0.1", tree)
    assert '__version__ = "77.0.1"\n' in (tree / "swimctl/__init__.py").read_text(encoding="utf-8")
    assert "\nversion: 77.0.1\n" in (tree / "ansible_collections/swimctl/swim/galaxy.yml").read_text(encoding="utf-8")
    after = (tree / "CHANGELOG.md").read_text(encoding="utf-8")
    head, _, rest = after.partition("## 77.0.1 - 2")
    assert head.endswith("\n## Unreleased\n\n")
    assert rest.partition("\n")[2] == before.partition("## Unreleased\n")[2]


def test_the_changelog_ends_at_this_version_and_what_comes_next_is_above_it() -> None:
    changelog = (release.ROOT / release.CHANGELOG).read_text(encoding="utf-8")
    coming, *released = re.findall(r"^## (\S+)", changelog, re.MULTILINE)
    assert coming == "Unreleased"
    assert released[:1] in ([], [swimctl.__version__]), "python tests/release.py VERSION writes both"
    assert released == sorted(released, key=release.numbers, reverse=True)
    for name, line in release.PLACES.items():
        assert f"{line.format(swimctl.__version__)}\n" in (release.ROOT / name).read_text(encoding="utf-8"), name


@pytest.mark.parametrize("version", ["1.0", "v1.0.0", "01.0.0", "1.0.0rc1", ""])
def test_what_is_no_version_is_refused_and_nothing_is_written(tree: Path, version: str) -> None:
    with pytest.raises(release.NoRelease):
        release.main(version, tree)
    assert f'"{swimctl.__version__}"' in (tree / "swimctl/__init__.py").read_text(encoding="utf-8")


def test_a_release_is_newer_than_the_last_one_and_has_changes(tree: Path) -> None:
    release.main("77.0.1", tree)
    with pytest.raises(release.NoRelease, match=r"77\.0\.1 is not newer"):
        release.main("77.0.1", tree)
    with pytest.raises(release.NoRelease, match=r"9\.0\.0 is not newer"):
        release.main("9.0.0", tree)
    with pytest.raises(release.NoRelease, match="has nothing under"):
        release.main("77.0.2", tree)
    (tree / "CHANGELOG.md").write_text("# Changelog\n", encoding="utf-8")
    with pytest.raises(release.NoRelease, match="has nothing under"):
        release.main("77.0.3", tree)
    (tree / "swimctl/__init__.py").write_text("", encoding="utf-8")
    with pytest.raises(release.NoRelease, match="has no line such as"):
        release.main("77.0.3", tree)
