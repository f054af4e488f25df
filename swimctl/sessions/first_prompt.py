"""Which prompt a terminal has after its login: the one that an empty line brings again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from swimctl.clock import Deadline
from swimctl.errors import DeadlineExceeded, NoCommandLine, UnexpectedPrompt
from swimctl.platforms import prompts
from swimctl.platforms.terminal import Terminal, find_prompt, no_command_line, plain
from swimctl.sessions.netmiko_terminal import LOST
from swimctl.sessions.targets import Target
from swimctl.sessions.way.refusals import turned_away

# Characters of a login, its banner among them, that are looked at.
_KEPT: Final = 20_000
# Lines that looked like prompts and did not come again, after which the terminal is given up. A banner has some too.
_MOST_TRIED: Final = 6
# Times the usual silence between two empty lines, at most, where none has brought a prompt yet.
_BETWEEN_MOST: Final = 8


@dataclass
class FirstPrompt:
    """Find the prompt of a terminal that has just been opened. `silence`: real seconds in which a line goes on.

    `read` waits so many seconds and returns what came; `answer_within` gives the deadline for what is typed.
    """

    target: Target
    terminal: Terminal
    read: Callable[[float], str]
    write: Callable[[str], None]
    silence: float
    answer_within: Callable[[], Deadline]

    def find(self, deadline: Deadline) -> tuple[str, str]:
        """Return what stays of the prompt, as prompts.py writes it, and the prompt as it stands.

        A line of a banner that looks like a prompt does not come again where an empty line is typed. Raises
        NoCommandLine, UnexpectedPrompt where another prompt comes each time, DeadlineExceeded where none.
        """
        whole = since = ""  # since the login, and since the last line that looked like a prompt
        tried: list[str] = []
        news_at = typed_at = time.monotonic()
        pause = self.silence
        while True:
            if deadline.passed:
                raise self._overdue(deadline, whole, tried)
            now = time.monotonic()
            if news := self._heard(whole):
                whole, since, news_at = (whole + news)[-_KEPT:], (since + news)[-_KEPT:], now
            silent = now - news_at > self.silence
            line = find_prompt(since, self.terminal)
            if line and tried and (known := prompts.stays(tried[-1], line)):
                return known, line
            if silent and not (line and prompts.is_plain(line)) and (why := no_command_line(whole, self._user)):
                raise NoCommandLine(f"{self.target.name} {why}")
            if line and (silent or prompts.is_plain(line)):
                if len(tried) == _MOST_TRIED:
                    raise self._restless([*tried, line])
                tried.append(line)
                since, deadline = "", self.answer_within()
                # The answer to a second line would pass for that of the next command, where AAA is slow.
                pause = deadline.left_real / 2
            elif silent and now - typed_at > pause:
                pause = pause if tried else min(pause * 2, self.silence * _BETWEEN_MOST)
            else:
                continue
            self.write("\n")
            typed_at = now

    @property
    def _user(self) -> str:
        return self.target.username

    def _heard(self, whole: str) -> str:
        try:
            return self.read(0.05)
        except LOST as error:
            if not (why := turned_away(whole)):
                raise
            raise NoCommandLine(
                f"{self.target.name} accepts the login of '{self._user}', and closes the session: {why!r}; the AAA "
                "servers must give this account a command line"
            ) from error

    def _overdue(self, deadline: Deadline, whole: str, tried: list[str]) -> DeadlineExceeded:
        last = plain(whole).rstrip().rsplit("\n", 1)[-1][:200]
        if tried:
            return DeadlineExceeded(
                f"an empty line on {self.target.name} did not bring the prompt {tried[-1]!r} again within "
                f"{deadline.told}; last line: {last!r}"
            )
        return DeadlineExceeded(
            f"no prompt from {self.target.name} within {deadline.told} of login; last line: {last!r}"
        )

    def _restless(self, tried: list[str]) -> UnexpectedPrompt:
        shown = ", ".join(repr(each) for each in tried[-3:])
        return UnexpectedPrompt(
            f"{self.target.name} shows another prompt at each empty line: {shown}; needed: one of which only numbers "
            "and a clock change; next: let its prompt be its host name (IOS, IOS-XE and EOS: `no prompt`), then "
            "`swimctl retry`"
        )
