"""Count what became of every capture, and print it at the end of the run: on a terminal, in CI, with workers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from platforms.material import CAPTURES

_PROPERTY = "captures"
_WORDS = ("parsed", "skipped", "failed")
_NONE = f"no captures at {CAPTURES}; set SWIMCTL_CAPTURES to where they are"

Count = Callable[[str, str, str, str], None]


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Count:
    """Give what notes a capture: platform, command, `parsed`, `skipped` or `failed`, and why."""
    if not CAPTURES.is_dir():
        record_property(_PROPERTY, _NONE)
        pytest.skip(_NONE)

    def note(platform: str, command: str, word: str, why: str = "") -> None:
        record_property(_PROPERTY, [platform, command, word, why])

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table; with workers, what a test noted has come with its report."""
    reports = [report for kind in ("passed", "failed", "skipped") for report in terminalreporter.getreports(kind)]
    noted = [
        value
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when in {"call", "setup"}
        for name, value in report.user_properties
        if name == _PROPERTY
    ]
    if _NONE in noted:
        terminalreporter.write_line(f"captures: {_NONE}")
    rows = [tuple(value) for value in noted if value != _NONE]
    if not rows:
        return
    terminalreporter.section("captures", sep="-")
    for line in _table(rows):
        terminalreporter.write_line(line)


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Give a line for each platform and command, the total, and how often each reason to skip one came."""
    counted = Counter((platform, command, word) for platform, command, word, _ in rows)
    lines = [_line("platform", "command", *_WORDS)]
    for platform, command in sorted({(platform, command) for platform, command, _, _ in rows}):
        lines.append(_line(platform, command, *(counted[platform, command, word] for word in _WORDS)))
    totals = Counter(word for _, _, word, _ in rows)
    lines.append(_line("total", f"{len(rows)} captures", *(totals[word] for word in _WORDS)))
    reasons = Counter(why for _, _, word, why in rows if word == "skipped")
    return [*lines, *(f"skipped {number}: {why}" for why, number in reasons.most_common())]


def _line(platform: str, command: str, parsed: object, skipped: object, failed: object) -> str:
    return f"{platform:<14}{command:<48}{parsed!s:>7}{skipped!s:>8}{failed!s:>7}"
