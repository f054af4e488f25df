"""What swimctl needs: the page with licences, and the SBOM."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import dependencies_page
import pytest

import swimctl

pytestmark = pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the page is about Python 3.11")
# What a program under Apache-2.0 may import. LGPL: from a package of its own, that its user can replace.
FITTING = {
    *("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CNRI-Python", "ISC", "LGPL-2.1", "LGPL-2.1-or-later", "MIT"),
    *("MIT-0", "MPL-2.0", "PSF-2.0", "Public Domain", "EPL-2.0"),
}


def test_the_page_says_what_is_needed() -> None:
    said = dependencies_page.PAGE.read_text(encoding="utf-8")
    assert said == dependencies_page.page(), "write it anew: python tests/dependencies_page.py"


def test_each_licence_fits() -> None:
    for each in dependencies_page.needed():
        alternatives = [set(re.split(r" AND ", one)) for one in each.licence.split(" OR ")]
        assert any(one <= FITTING for one in alternatives), each


def test_the_sbom_names_each_package_and_what_it_needs(tmp_path: Path) -> None:
    dependencies_page.main(str(tmp_path / "sbom.cdx.json"))
    document = json.loads((tmp_path / "sbom.cdx.json").read_text(encoding="utf-8"))
    assert document["metadata"]["component"]["version"] == swimctl.__version__
    packages = {each["bom-ref"]: each for each in document["components"]}
    assert {each["name"] for each in packages.values()} == {each.name for each in dependencies_page.needed()}
    known = {*packages, "swimctl"}
    needs = {each["ref"]: set(each["dependsOn"]) for each in document["dependencies"]}
    assert set(needs) == known
    assert all(below <= known for below in needs.values())
    reached, left = set[str](), {"swimctl"}
    while left:
        reached |= left
        left = set().union(*(needs[each] for each in left)) - reached
    assert reached == known
