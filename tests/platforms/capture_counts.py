"""Count what became of every capture, and print it at the end of the run: on a terminal, in CI, with workers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from platforms.material import CAPTURES

_PROPERTY = "captures"
_WORDS = ("parsed", "refused", "skipped", "failed")
_NONE = f"no captures at {CAPTURES}; set SWIMCTL_CAPTURES to where they are"

Count = Callable[[str, str, str, str], None]


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Count:
    """Return what notes a capture: its source, its command, one of `_WORDS`, and why.

    `refused` rightly, with a reason that was checked; `skipped`: nothing of swimctl's reads it.
    """
    if not CAPTURES.is_dir():
        pytest.skip(_NONE)

    def note(platform: str, command: str, word: str, why: str = "") -> None:
        record_property(_PROPERTY, [platform, command, word, why])

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, or in red that there is none; with workers, what a test noted has come with its report."""
    reports = [report for kind in ("passed", "failed", "skipped") for report in terminalreporter.getreports(kind)]
    noted = [
        value
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when in {"call", "setup"}
        for name, value in report.user_properties
        if name == _PROPERTY
    ]
    concerned = any(report.nodeid.startswith("tests/platforms/") for report in reports)
    if concerned and not CAPTURES.is_dir():
        terminalreporter.section("NO CAPTURES: no parser was tried on what devices print", sep="!", red=True, bold=True)
        terminalreporter.write_line(f"captures: {_NONE}", red=True, bold=True)
    rows = [tuple(value) for value in noted]
    if not rows:
        return
    terminalreporter.section("captures", sep="-")
    for line in _table(rows):
        terminalreporter.write_line(line)


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Return a line for each source and command, for each platform, the total, and how often each reason came."""
    counted = Counter((platform, command, word) for platform, command, word, _ in rows)
    lines = [_line("platform", "command", *_WORDS)]
    for platform, command in sorted({(platform, command) for platform, command, _, _ in rows}):
        lines.append(_line(platform, command, *(counted[platform, command, word] for word in _WORDS)))
    platforms = sorted({_platform(row) for row in rows})
    reasons = Counter((word, why) for _, _, word, why in rows if word in {"refused", "skipped"})
    return [
        *lines,
        *(_total(platform, [row for row in rows if _platform(row) == platform]) for platform in platforms),
        _total("total", rows),
        *(f"{word} {number}: {why}" for (word, why), number in reasons.most_common()),
    ]


def _platform(row: tuple[str, ...]) -> str:
    return row[0].rpartition("/")[2]


def _total(name: str, rows: list[tuple[str, ...]]) -> str:
    totals = Counter(word for _, _, word, _ in rows)
    return _line(name, f"{len(rows)} captures", *(totals[word] for word in _WORDS))


def _line(platform: str, command: str, *counts: object) -> str:
    return f"{platform:<20}{command:<48}{''.join(f'{each!s:>8}' for each in counts)}"
