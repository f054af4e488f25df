"""What the devices on paper of all platforms share: answers to change word by word, and rules to break one by one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from swimctl.models import Finding, Image
from swimctl.platforms.terminal import Answer
from swimctl.sessions.session import Reply


def image(platform: str, filename: str, family: str, version: str, size: int) -> Image:
    """Make an image of the catalogue."""
    added = datetime(2024, 5, 1, tzinfo=UTC)
    return Image(1, filename, Path(filename), platform, family, version, size, "a" * 128, "b" * 32, added)


_NO_DATA = {" | json": "% Invalid input\n", " | display xml": "syntax error, expecting <command>.\n"}


@dataclass
class Paper:
    """Answers a command with its text, or with its texts one after the other, and notes it; knows no other command.

    Without an answer for `… | json` or `… | display xml` it has no data: it refuses, and that is not noted.
    `configuration` is the command whose output no transcript may hold.
    """

    answers: Mapping[str, str | list[str]]
    asked: list[str] = field(default_factory=list)
    configuration: str = "show running-config"

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        assert deadline > 0
        assert quiet is (command == self.configuration)
        refusal = next((words for pipe, words in _NO_DATA.items() if command.endswith(pipe)), None)
        if refusal is not None and command not in self.answers:
            return refusal
        self.asked.append(command)
        answer = self.answers[command]
        if isinstance(answer, str):
            return answer
        return answer.pop(0) if len(answer) > 1 else answer[0]

    def converse(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        raise AssertionError(f"a check that changes nothing gave {command!r} ({answers}, {deadline}, {closing})")


def changed(answers: Mapping[str, str], *changes: tuple[str, str, str]) -> dict[str, str]:
    """Change words in what commands answer: (command, words, other words); the words must be there."""
    made = dict(answers)
    for command, words, others in changes:
        assert words in made[command], (command, words)
        made[command] = made[command].replace(words, others)
    return made


def lacking(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Return the rules that do not hold, by their names; each says what it sees and needs, and what to do, in words."""
    findings = list(findings)
    for finding in findings:
        for said in (finding.rule, finding.seen, finding.needed, finding.next_command):
            assert said.strip() == said != "", finding
    return {finding.rule: finding for finding in findings if not finding.ok}


@dataclass(frozen=True)
class Refused:
    """One way to break one rule: what is changed on paper, and the three things that a refusal must name.

    `also`: the rules that cannot but break with it.
    """

    rule: str
    seen: str
    needed: str
    next_command: str
    changes: tuple[tuple[str, str, str], ...] = ()
    asked: dict[str, Any] = field(default_factory=dict)
    also: Collection[str] = ()

    def is_told_by(self, findings: Iterable[Finding]) -> None:
        """Assert that these rules are broken, no other, and that all is named."""
        refused = lacking(findings)
        assert set(refused) == {self.rule, *self.also}, refused
        finding = refused[self.rule]
        assert self.seen in finding.seen
        assert self.needed in finding.needed
        assert self.next_command in finding.next_command
        assert all(words in str(finding) for words in (self.rule, f"seen {finding.seen}", "needed ", "next: "))
