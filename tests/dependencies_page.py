"""What swimctl needs, with versions and licences: docs/dependencies.md.

`python tests/dependencies_page.py` writes the page anew; with the name of a file, it writes an SBOM into it.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import swimctl

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "dependencies.md"
# What a package's own words of its licence are called in SPDX.
_SPDX = {
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "mit": "MIT",
    "mit license": "MIT",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "gnu lesser general public license v2 or later (lgplv2+)": "LGPL-2.1-or-later",
    "gnu library or lesser general public license (lgpl)": "LGPL-2.1-or-later",
    "isc license (iscl)": "ISC",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}


_SITE = (
    "The site of these pages (`make site`) is built by mkdocs-material (MIT) on MkDocs (BSD-2-Clause). swimctl",
    "itself needs neither. mkdocs-material is in maintenance: it gets corrections until May 2027. It was chosen",
    "because its site works without a network: search, styles and scripts come with the package. Its successor,",
    "Zensical, is made to read the same `mkdocs.yaml`, and the pages are plain Markdown in any case.",
    "`docs/scripts/iframe-worker.js` (MIT) makes the search work from a disk.",
)


@dataclass(frozen=True)
class Needed:
    """One package, and the packages that it needs itself."""

    name: str
    version: str
    licence: str
    needs: tuple[str, ...]

    @property
    def purl(self) -> str:
        """Return its name for other programs."""
        return f"pkg:pypi/{self.name}@{self.version}" if self.version else f"pkg:pypi/{self.name}"


def licence(found: Distribution) -> str:
    """Return the licence of a package: an expression of SPDX where it says one or its words are known."""
    said = found.metadata
    if expression := said.get("License-Expression"):
        return str(expression)
    classified = [each.rpartition(" :: ")[2] for each in said.get_all("Classifier") or () if each.startswith("License")]
    words = [each for each in classified if each != "OSI Approved"] or [str(said.get("License") or "").split("\n")[0]]
    return " OR ".join(sorted({_SPDX.get(each.lower().strip(), each.strip()) for each in words})) or "not said"


def needs_of(found: Distribution, extras: frozenset[str] = frozenset()) -> Iterator[Requirement]:
    """Yield what a package needs here, with these of its extras."""
    for text in found.requires or ():
        wanted = Requirement(text)
        if wanted.marker is None or any(wanted.marker.evaluate({"extra": each}) for each in extras or {""}):
            yield wanted


def declared() -> list[Requirement]:
    """Return what pyproject.toml says that swimctl needs without its extras."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [Requirement(text) for text in document["project"]["dependencies"]]


def pinned() -> dict[str, str]:
    """Return the versions that the tests ran with."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    parts = (line.partition("==") for line in lines if "==" in line)
    return {canonicalize_name(name): version for name, _, version in parts}


def needed() -> list[Needed]:
    """Return what swimctl needs without its extras, and what that needs, by name."""
    found: dict[str, Needed] = {}
    left, versions = declared(), pinned()
    while left:
        wanted = left.pop()
        name = canonicalize_name(wanted.name)
        if name in found or (wanted.marker is not None and not wanted.marker.evaluate({"extra": ""})):
            continue
        here = distribution(wanted.name)
        more = list(needs_of(here, frozenset(wanted.extras)))
        needs = tuple(sorted({canonicalize_name(each.name) for each in more}))
        found[name] = Needed(name, versions.get(name, ""), licence(here), needs)
        left += more
    return [found[name] for name in sorted(found)]


def page() -> str:
    """Return the page."""
    rows = [f"| {each.name} | {each.version or 'any'} | {each.licence} |" for each in needed()]
    return "\n".join(
        [
            "# What swimctl needs",
            "",
            "    python tests/dependencies_page.py sbom.cdx.json",
            "",
            "This writes an SBOM (CycloneDX, JSON) of swimctl and of all packages below. Without a file, it writes",
            "this page. Versions are those of `constraints.txt`, for Python 3.11 on Linux, without extras. Licences",
            "are those that the packages say of themselves.",
            "",
            *_SITE,
            "",
            "| package | version | licence |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def sbom() -> dict[str, Any]:
    """Return the SBOM."""
    own = {"type": "application", "bom-ref": "swimctl", "name": "swimctl", "version": swimctl.__version__,
           "licenses": [{"license": {"id": "Apache-2.0"}}]}  # fmt: skip
    packages = needed()
    refs = {each.name: each.purl for each in packages}
    direct = sorted({refs[canonicalize_name(each.name)] for each in declared()})
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": own},
        "components": [
            {
                "type": "library",
                "bom-ref": each.purl,
                "name": each.name,
                **({"version": each.version} if each.version else {}),
                "purl": each.purl,
                "licenses": [{"license": {"name": each.licence}}],
            }
            for each in packages
        ],
        "dependencies": [
            {"ref": "swimctl", "dependsOn": direct},
            *({"ref": each.purl, "dependsOn": [refs[name] for name in each.needs]} for each in packages),
        ],
    }


def main(*names: str) -> None:
    """Write the page, or the SBOM into each file that is named."""
    for name in names:
        Path(name).write_text(json.dumps(sbom(), indent=2) + "\n", encoding="utf-8")
    if not names:
        PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
