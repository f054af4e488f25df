"""Terminals on devices, by netmiko: every command has a deadline, every question an answer or a refusal."""

from __future__ import annotations

import codecs
import contextlib
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from swimctl.clock import Clock, Deadline
from swimctl.errors import (
    DeadlineExceeded,
    NoPrivilege,
    SessionLost,
    UnexpectedPrompt,
    UnparsableOutput,
)
from swimctl.platforms import terminal_of
from swimctl.platforms.base import Netconf
from swimctl.platforms.talk import Lull, Talk, talked
from swimctl.platforms.terminal import Answer, Stand, body, has_echo, matching, plain, stand, without_pages
from swimctl.sessions import one_look
from swimctl.sessions.first_prompt import FirstPrompt
from swimctl.sessions.netmiko_terminal import LOST
from swimctl.sessions.targets import Target
from swimctl.sessions.transcript import Transcript
from swimctl.sessions.watchdog import GRACE, watchdog

# Real seconds of silence after which a prompt with text behind it, or a question, is believed.
_SILENCE = 1.0
# Real seconds of silence after which a prompt is believed that has something unknown behind it.
_ODD_SILENCE = 5.0
# Real seconds of silence after which a page is turned, and a question answered that nothing stands behind.
_SHORT_SILENCE = 0.1
# Characters from a command on in which its echo must come, else only silence ends the command.
_ECHO_WITHIN = 4000
# Characters at the end of an output that have its prompt or question: to read all at each step would be quadratic.
_LAST_LINES = 4000
# Characters of a login, its banner among them, that are looked at for the prompt.
_TAIL_OF_LOGIN = 20_000
# Bytes that are read at once, and characters of one command's output that are kept: of more, the middle is dropped.
_AT_ONCE, _MOST = 65_535, 16_000_000
# Real seconds in which the prompt must come after a question was refused, before the session is closed.
_REFUSED = 10.0
# What begins so changes nothing on any system, so that its output serves a whole look.
_READS = ("show ", "dir ", "more ", "file list ", "admin show ")
# Changes nothing either, and must be given each time.
_CHANGES_NOTHING = frozenset({"configure terminal", "end"})
# Lines of a configuration that a way back may type again.
_PUT_BACK = re.compile(r"show (?:running-config|boot)\b")
# Real seconds of silence after a closing line (`FAILED: …`) whose prompt does not come.
_CLOSING_SILENCE = 10.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a dialogue printed; `dropped` is true where the session ended in it.

    `whole` counts its characters where it was too long to keep: then the middle of `text` is missing.
    """

    text: str
    dropped: bool = False
    whole: int = 0


class Session:
    """One terminal in privileged mode. Not shared between threads."""

    def __init__(self, target: Target, clock: Clock, transcript: Transcript, connection: Any) -> None:  # noqa: ANN401 - netmiko has no types
        self._target = target
        self._clock = clock
        self._transcript = transcript
        self._heard = transcript.terminal()
        self._connection = connection
        self._news = threading.Event()
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._terminal = terminal_of(target.platform)
        self.hostname = ""
        # The way to the device's models beside this terminal; who opens the session for a job sets it.
        self.netconf: Netconf | None = None
        self._look: Callable[[], object] = lambda: None
        # Characters that came while commands ran: a sign of life of one that says nothing else.
        self.heard = 0
        # When it last sent anything, in real UTC.
        self.last_answer = clock.now()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the session; never raises."""
        self._heard.end()
        with contextlib.suppress(Exception):
            self._connection.remote_conn_pre.close()

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        """Run a command that asks nothing and give back what it printed, in this look already or now.

        `quiet` keeps the output out of the transcript (a configuration is full of secrets). Raises
        UnexpectedPrompt for a question, SessionLost and DeadlineExceeded as they say.
        """
        known = one_look.seen(self, command)
        if known is not None:
            return known
        if not command.startswith(_READS) and command not in _CHANGES_NOTHING:
            one_look.forget()
        reply = talked(self._converse(command, (), Deadline(self._clock, deadline), closing=None, quiet=quiet))
        if reply.dropped:
            raise SessionLost(f"the session to {self._target.name} ended in '{command}'")
        if reply.whole > len(reply.text):
            raise UnparsableOutput(command, "", f"it printed {reply.whole} characters; more than {_MOST} are not read")
        text = self._told(reply.text, command, quiet=quiet)
        if command.startswith(_READS) and not quiet:
            one_look.keep(self, command, text)
        return text

    def converse(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        """Run a command, answer its known questions, refuse any other.

        The session may drop: that is a Reply, as only the device can tell what it means. `closing` matches a line
        after which nothing more is waited for than a moment of silence.
        """
        return talked(self.talk(command, answers, deadline, closing=closing))

    def talk(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Talk[Reply]:
        """Do as `converse` does, and say at each lull that nothing is to be done. Not shared: one talk at a time."""
        one_look.forget()
        reply = yield from self._converse(
            command, answers, Deadline(self._clock, deadline), closing=closing, quiet=False
        )
        yield self._lull(0)
        return replace(reply, text=self._told(reply.text, command, quiet=False))

    @contextlib.contextmanager
    def watched(self, look: Callable[[], object]) -> Iterator[None]:
        """Have `look` called a few times a second while commands run; what it raises ends the session."""
        self._look = look
        try:
            yield
        except BaseException:
            self.close()
            raise
        finally:
            self._look = lambda: None

    def ended_within(self, seconds: float, *, watch: bool = False) -> bool:
        """Return whether the device ends the session within so many device seconds, typing nothing; see Deadline."""
        one_look.forget()
        deadline = Deadline(self._clock, seconds, watch=watch)
        with watchdog(deadline.left_real + GRACE, self.close) as bit:
            try:
                while not deadline.passed:
                    self._heard.add(self._read(min(0.5, max(deadline.left_real, 0.01))))
            except LOST:
                self.close()
                return not bit.is_set()
        return False

    def prepare(self, deadline: Deadline, answer_within: float | None = None) -> None:
        """Find the prompt, get privilege, and switch off what would break the reading of output.

        `answer_within`: device seconds for the answer to each line that is typed here, else those of the deadline.
        """
        seconds = deadline.seconds if answer_within is None else answer_within
        # Woken by what comes, a thread that waits costs nothing: hundreds of them may wait for minutes.
        self._connection.remote_conn.in_buffer.set_event(self._news)
        terminal = self._terminal

        def answer() -> Deadline:
            return Deadline(self._clock, seconds)

        first = FirstPrompt(self._target, terminal, self._read, self._write, _SILENCE, answer)
        with watchdog(deadline.left_real + answer().left_real + GRACE, self.close):
            self.hostname, prompt = first.find(deadline)
        # IOS shows '#' from level 2 on; at level 15 `enable` asks nothing.
        if terminal.enable and (stand(prompt, self.hostname, terminal).prompt != "#" or self._target.enable_secret):
            self._enable(answer())
        for command in terminal.setup:
            reply = talked(self._converse(command, (), answer(), closing=None, quiet=False))
            if reply.dropped:
                raise SessionLost(f"the session to {self._target.name} ended in '{command}'")
            lines = body(reply.text, command, self.hostname, terminal).split("\n")
            if refused := next(filter(terminal.refusals.fullmatch, lines), ""):
                self._transcript.note(f"'{command}' was refused: {refused.strip()!r}; swimctl turns the pages")

    def _enable(self, deadline: Deadline) -> None:
        secret = self._target.enable_secret or ""
        hint = "was refused" if secret else "is missing"
        problem = NoPrivilege(
            f"{self._target.name} gives '{self._target.username}' no privilege: the enable secret {hint}; "
            "set SWIMCTL_ENABLE_SECRET, or give the account privilege 15"
        )
        answers = (Answer(re.compile("assword"), secret),)
        try:
            reply = talked(self._converse("enable", answers, deadline, closing=None, quiet=False))
        except UnexpectedPrompt:  # it asks for the secret again and again
            raise problem from None
        if reply.dropped:
            raise SessionLost(f"the session to {self._target.name} ended in 'enable'")
        if stand(reply.text, self.hostname, self._terminal).prompt != "#":
            raise problem

    def _told(self, text: str, command: str, *, quiet: bool) -> str:
        """Return a command's output without the account's own secrets; what may be put back is kept as it is."""
        said = body(text, command, self.hostname, self._terminal)
        return said if quiet or _PUT_BACK.match(command) else self._transcript.redaction.output(said)

    def _converse(
        self,
        command: str,
        answers: Sequence[Answer],
        deadline: Deadline,
        *,
        closing: re.Pattern[str] | None,
        quiet: bool,
    ) -> Talk[Reply]:
        """Talk within the deadline, also where a call into the library does not return."""
        with watchdog(deadline.left_real + GRACE, self.close) as bit:
            reply = yield from self._talk(command, answers, deadline, closing=closing, quiet=quiet)
        if reply.dropped:
            self._heard.end()
            self._transcript.note(
                f"session {'closed by swimctl, too late,' if bit.is_set() else 'lost'} in '{command}'"
            )
            if bit.is_set():  # it says nothing of the device
                raise self._overdue(command, deadline, None if quiet else reply.text)
        return reply

    def _talk(
        self,
        command: str,
        answers: Sequence[Answer],
        deadline: Deadline,
        *,
        closing: re.Pattern[str] | None,
        quiet: bool,
    ) -> Talk[Reply]:
        """Read until the prompt is back, answering questions; every way out is a Reply or an error with a name."""
        text = ""
        gone = 0  # characters that were dropped from its middle
        seen = 0  # up to here the text has been answered
        turned = False  # pages were
        echoed = False  # a prompt from before the echo may be one that a late message brought
        answered: dict[str, int] = {}
        try:
            self._heard.add(self._read(0))  # printed while nobody asked: not this command's
            self._write(command + "\n")
            last_news = time.monotonic()
            while True:
                yield self._lull(0.05 if time.monotonic() - last_news < _SILENCE else 0.25)
                if news := self._read(0):
                    last_news = time.monotonic()
                    text += news
                    self.heard += len(news)
                    if not quiet and not gone:
                        self._heard.add(news)
                    if len(text) > _MOST + _MOST // 4:
                        cut = len(text) - _MOST
                        text, gone, seen = f"{text[: _MOST // 2]}{text[_MOST // 2 + cut :]}", gone + cut, seen - cut
                self._look()
                silence = time.monotonic() - last_news
                echoed = echoed or has_echo(text[:_ECHO_WITHIN], command)
                where = self._ends(text, seen, command)
                sure = where.sure and echoed
                if where.prompt and (sure or silence > (_ODD_SILENCE if where.odd else _SILENCE)):
                    self.hostname = where.learned or self.hostname
                    return self._reply(without_pages(text) if turned else text, gone, command)
                if where.question or where.page:
                    tail = text[max(seen, len(text) - _LAST_LINES) :]
                    reply = yield from self._reply_to(where, answers, answered, silence, command, tail)
                    if reply is not None:
                        seen = len(text)
                        self._write(reply)
                        last_news, turned = time.monotonic(), turned or where.page
                if closing and silence > _CLOSING_SILENCE and closing.search(plain(text)):
                    return self._reply(text, gone, command)
                if deadline.passed:
                    self.close()
                    raise self._overdue(command, deadline, None if quiet else text)
        except LOST:
            self.close()
            return replace(self._reply(text, gone, command), dropped=True)

    def _reply(self, text: str, gone: int, command: str) -> Reply:
        if gone:
            self._heard.end()
            self._transcript.note(f"'{command}' printed {len(text) + gone} characters; {gone} of them were dropped")
        else:
            self._heard.pause()
        return Reply(text, whole=len(text) + gone if gone else 0)

    def _overdue(self, command: str, deadline: Deadline, text: str | None) -> DeadlineExceeded:
        last = "" if text is None else self._transcript.redaction.text(_last_line(text[-_TAIL_OF_LOGIN:]))[:200]
        shown = "its output is not shown: it is the configuration" if text is None else f"last line: {last!r}"
        return DeadlineExceeded(f"'{command}' on {self._target.name} did not end within {deadline.told}; {shown}")

    def _ends(self, text: str, seen: int, command: str) -> Stand:
        tail = text[max(seen, len(text) - _LAST_LINES) :]
        return stand(tail, self.hostname, self._terminal, command)

    def _reply_to(
        self, where: Stand, answers: Sequence[Answer], answered: dict[str, int], silence: float, command: str, tail: str
    ) -> Talk[str | None]:
        """Choose what to type at a question; None: wait, it may be part of a longer text."""
        if where.page:
            return " " if silence > _SHORT_SILENCE else None
        question = where.question or ""
        known = matching(question, answers, tail)
        if known is not None and silence > (_SHORT_SILENCE if where.sure else _SILENCE):
            times = answered[known.question.pattern] = answered.get(known.question.pattern, 0) + 1
            if times <= (1 if known.once else 2):
                return known.reply if known.one_key else known.reply + "\n"
        elif silence <= 2 * _SILENCE:
            return None
        refusal = "no\n" if "yes/no" in question else "n\n" if "y/n" in question else "\x03"
        with contextlib.suppress(*LOST):
            self._write(refusal)
            yield from self._wait_for_prompt(_REFUSED)
        self.close()
        again = " again" if known is not None else ""
        raise UnexpectedPrompt(
            f"'{command}' on {self._target.name} asked{again}: {self._transcript.redaction.text(question.strip())!r}; "
            "it was refused and the session closed"
        )

    def _wait_for_prompt(self, seconds: float) -> Talk[None]:
        """Read until a prompt comes: a session that ends while the device still asks may leave its installer locked.

        Seen on a C9300 with 17.18.3: every later `install …` is refused until the device is reloaded.
        """
        text, end = "", time.monotonic() + seconds
        while time.monotonic() < end and not stand(text, self.hostname, self._terminal).prompt:
            if not (news := self._read(0)):
                yield self._lull(0.25)
                news = self._read(0)
            self._heard.add(news)
            text = (text + news)[-_TAIL_OF_LOGIN:]

    def _lull(self, seconds: float) -> Lull:
        return Lull(seconds, self._news)

    def _write(self, text: str) -> None:
        self._heard.pause()
        self._connection.write_channel(text)

    def _read(self, wait: float) -> str:
        """Return what has come, at most so much at once that a deadline is kept whatever a device prints."""
        channel = self._connection.remote_conn
        if news := self._received(channel):
            return news
        if channel is None or ((channel.closed or channel.eof_received) and not channel.recv_ready()):
            raise EOFError
        return self._received(channel) if wait and self._news.wait(wait) else ""

    def _received(self, channel: Any) -> str:  # noqa: ANN401 - paramiko has no types
        if channel is None or not channel.recv_ready():
            return ""
        news: bytes = channel.recv(_AT_ONCE)
        if news:  # else that is how it says that nothing more comes
            self.last_answer = self._clock.now()
        return self._decoder.decode(news)


def _last_line(text: str) -> str:
    return plain(text).rstrip().rpartition("\n")[2]
