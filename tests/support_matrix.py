"""Docs/platforms.md: what swimctl can do on each platform, from what each driver says of itself.

`python tests/support_matrix.py` writes the page again.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from swimctl import platforms
from swimctl.inventory.sources import SCHEMES
from swimctl.platforms import PLATFORM_NAMES, fetches, installs, schemes, signs_in
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
    return f"`{command}`" if command else "no command"


def _sources(platform: str) -> str:
    accounts = signs_in(platform)
    signs = f"with an account: {', '.join(accounts)}" if accounts else "without an account"
    refused = [scheme for scheme in SCHEMES if scheme not in schemes(platform)]
    not_taken = f" It does not take {' or '.join(refused)}: swimctl knows no such command." if refused else ""
    return f"It takes `sources` of {', '.join(schemes(platform))} ({signs}).{not_taken}"


def _section(platform: str, support: Support) -> list[str]:
    guide = _GUIDES / f"{platform}.md"
    return [
        f"## {support.name}",
        "",
        f"- In an inventory: `{platform}`. Kinds of files: {', '.join(sorted(installs(platform)))}.",
        f"- Prepare: {_code(support.add)}. Activate: {_code(support.activate)}. Commit: {_code(support.commit)}.",
        f"- Go back: {_code(support.back)}.",
        f"- The way back by hand: {support.way_back}.",
        f"- Members: {support.members}.",
        f"- In service (`--issu`): {support.issu or 'never'}.",
        *([f"- Access points: {_code(support.predownload)}, if you ask for it."] if support.predownload else []),
        f"- A copy is verified by {' or '.join(support.hashes)}. `--cleanup-flash`: {_code(support.clean)}.",
        f"- With `transport: pull` or `auto`, the device fetches the image with {_code(fetches(platform))}. "
        f"{_sources(platform)}"
        if fetches(platform)
        else "- It cannot fetch an image. Use `transport: push` or `auto`, which pushes.",
        "- Not supported:",
        *(f"  - {sentence}" for sentence in support.refuses),
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
            "swimctl supports these systems. All of this was tested with simulated devices, nothing with real ones.",
            "**Try a platform on one device first, with a console that you can reach.**",
            "",
            "`python tests/support_matrix.py` writes this page from what each driver says of itself.",
            "",
            "| system | platform in the inventory | activate | go back | in service |",
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
