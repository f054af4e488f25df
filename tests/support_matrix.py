"""What swimctl can do on which platform, as its drivers say themselves; docs/platforms.md shows it.

`python tests/support_matrix.py` writes the page anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from swimctl import platforms
from swimctl.platforms import PLATFORM_NAMES, fetches, installs
from swimctl.platforms.base import Support

PAGE = Path(__file__).parent.parent / "docs" / "platforms.md"
_GUIDES = PAGE.parent / "platforms"


def supported() -> Iterator[tuple[str, Support]]:
    """Yield what each driver of each platform offers, wherever in its package it says so."""
    seen = set()
    for module in sorted(walk_packages(platforms.__path__, f"{platforms.__name__}."), key=lambda each: each.name):
        platform = module.name.split(".")[2]
        if platform in PLATFORM_NAMES:
            for value in vars(import_module(module.name)).values():
                if isinstance(value, Support) and value.name not in seen:
                    seen.add(value.name)
                    yield platform, value


def _code(command: str) -> str:
    return f"`{command}`" if command else "none"


def _section(platform: str, support: Support) -> list[str]:
    guide = _GUIDES / f"{platform}.md"
    return [
        f"## {support.name}",
        "",
        f"- In an inventory: `{platform}`. Files: {', '.join(sorted(installs(platform)))}.",
        f"- Made ready by {_code(support.add)}, started by {_code(support.activate)}, kept by {_code(support.commit)}.",
        f"- The way back: {support.way_back} ({_code(support.back)}).",
        f"- Members: {support.members}.",
        f"- In service (`--issu`): {support.issu or 'never'}.",
        f"- Its device proves a copy by {' or '.join(support.hashes)}; `--cleanup-flash`: {_code(support.clean)}.",
        f"- It fetches an image by {_code(fetches(platform))} where `transport` is `pull` or `auto`."
        if fetches(platform)
        else "- It cannot fetch an image by itself here: `transport` must be `push`, or is `auto`, which pushes.",
        *(f"- Refused: {sentence}." for sentence in support.refuses),
        *([f"- More: [{guide.name}](platforms/{guide.name})."] if guide.exists() else []),
        "",
    ]


def page() -> str:
    """Write docs/platforms.md."""
    found = list(supported())
    rows = [
        f"| [{each.name}](#{_anchor(each.name)}) | `{platform}` | {_code(each.activate)} | {_code(each.back)} "
        f"| {'yes' if each.issu else 'no'} |"
        for platform, each in found
    ]
    return "\n".join(
        [
            "# Platforms",
            "",
            "What swimctl does on which system, as its drivers say themselves (`python tests/support_matrix.py` writes",
            "this page anew). All of it was tried against the lab's devices, none of it on real ones by this project's",
            "tests: try a platform on one device that you can reach by its console first.",
            "",
            "| system | in an inventory | started by | taken back by | in service |",
            "|---|---|---|---|---|",
            *rows,
            "",
            *(line for platform, each in found for line in _section(platform, each)),
        ]
    )


def _anchor(name: str) -> str:
    return "".join(letter for letter in name.lower().replace(" ", "-") if letter.isalnum() or letter in "-_")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
