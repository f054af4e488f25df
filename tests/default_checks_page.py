"""Which checks come with swimctl, by system: docs/default-checks.md is made from their files.

`python tests/default_checks_page.py` writes the page anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from swimctl.checks.rules import defaults_of, pings_of
from swimctl.config.checks import CheckRule
from swimctl.platforms import PLATFORM_NAMES

PAGE = Path(__file__).parent.parent / "docs" / "default-checks.md"
ADDRESS = "ADDRESS"
_HEAD = """\
# Checks that come with swimctl

    swimctl checks list sw1

Rules compare what a device says before its upgrade with what it says after it. [Their form](checks.md) is the one of
your own rules, and a rule of yours with the same name takes the place of one of these. The page is written by
`python tests/default_checks_page.py`.

- *asked of*: devices with it have it in their running configuration. *All*: it costs one command on each device.
  *`defaults: all`*: only if `swimctl.checks.defaults` is `all`.
- *verdict*: `fail` sends the device back to its old release. `warn` is told in the job's last message.
- After a boot, sessions need minutes to come back. The Post-Checks ask again, as long as they wait for links
  (`tolerances.patience`), for access points as long as for phones (`tolerances.end_device_patience`).
- What was broken before the upgrade is tolerated after it.

A check of reachability needs an address of your network. Name it, and each device must reach it as before:
[pings](checks.md#pings). It is the rule `ping-ADDRESS` below.
"""


def _asked_of(rule: CheckRule) -> str:
    if ADDRESS in rule.about:
        return "who names an address"
    if rule.extra:
        return "`defaults: all`"
    if rule.when:
        return "devices with it"
    return "models with it" if rule.on.model else "all"


def _rows(platform: str) -> Iterator[str]:
    for name, rule in {**defaults_of(platform), **pings_of(platform, [ADDRESS])}.items():
        command = rule.command_on(platform).replace("|", "\\|")
        yield f"| `{name}` | {rule.about} | `{command}` | {_asked_of(rule)} | `{rule.verdict}` |"


def page() -> str:
    """Write docs/default-checks.md."""
    lines = [_HEAD]
    for platform in PLATFORM_NAMES:
        lines += [f"## {platform}", "", "| rule | holds if | command | asked of | verdict |", "|---|---|---|---|---|"]
        lines += [*_rows(platform), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
