"""One SSH channel as a terminal of a lab switch: what the switch's commands do, done on the wire."""

from __future__ import annotations

import asyncio
from typing import Protocol

import asyncssh

from swimctl.lab.clock import LabClock
from swimctl.lab.effects import Ask, Effect, Fetch, Greet, Hangup, Pause, Print
from swimctl.lab.fetching import fetch
from swimctl.lab.servers import greeted
from swimctl.lab.terminal import Entered, Keyboard, LineEditor, Pager, on_screen
from swimctl.lab.vty import Vty

READ_BYTES = 65_536
_DRAINED = 30_000
"""Characters from which on an output waits until the client has taken it."""
TWO_PACKETS = 0.3
"""Real seconds within which CR and LF may come and be one Enter."""


class Host(Protocol):
    """What a terminal needs of the switch's place in the server."""

    @property
    def clock(self) -> LabClock:
        """Return the switch's clock."""

    def look(self) -> None:
        """Run everything that is due on the switch."""


class Console:
    """Run commands of one session for one channel.

    A command runs on the switch: when the client goes away in the middle, it goes on, with "" as every answer.
    """

    def __init__(
        self,
        host: Host,
        session: Vty,
        stdin: asyncssh.SSHReader[str],
        stdout: asyncssh.SSHWriter[str],
    ) -> None:
        self._host = host
        self._session = session
        self._stdin = stdin
        self._stdout = stdout
        self._keyboard = Keyboard()
        self._gone = False
        self._at_margin = True
        self._fed_at = 0.0
        self._unsent: list[str] = []

    async def shell(self) -> None:
        """Prompt for commands and run them until the session or the client ends."""
        self._send(self._session.banner())
        try:
            while not (self._session.done or self._gone):
                self._send(self._session.prompt)
                entered = await self._line(self._session.prompt, secret=not self._session.echoes)
                if entered.leaves_config and "(config" in self._session.prompt:
                    await self.run("end", length=0)
                elif not entered.broken:
                    await self.run(entered.text, self._session.length)
        except EOFError:
            return

    async def run(self, line: str, length: int) -> None:
        """Run one command line to its end; `length` is that of the screen, 0 without a pager."""
        pager = Pager(length)
        dialogue = self._session.line(line)
        try:
            effect = next(dialogue)
            self._host.look()
            while True:
                answer = await self._perform(effect, pager)
                self._host.look()
                effect = dialogue.send(answer)
        except StopIteration:
            self._host.look()
        finally:
            dialogue.close()

    def syslog(self, text: str) -> None:
        """Print a syslog line, wherever the cursor stands."""
        self._send(self._session.heard(text.rstrip("\n"), at_margin=self._at_margin))
        self.flush()

    async def _perform(self, effect: Effect, pager: Pager) -> str:
        match effect:
            case Print(text):
                await self._page(text, pager)
            case Pause(seconds):
                pager.reset()
                self.flush()
                await self._host.clock.sleep(seconds)
            case Ask(prompt, secret, one_key):
                pager.reset()
                self._send(prompt)
                return await self._answer(prompt, secret=secret, one_key=one_key)
            case Fetch():
                pager.reset()
                self.flush()
                return await fetch(effect, self._host.clock, self._show)
            case Greet(url):
                self.flush()
                return await greeted(url)
            case Hangup():
                self.hang_up()
        return ""

    def _show(self, text: str) -> None:
        self._send(text)
        self.flush()

    async def _page(self, text: str, pager: Pager) -> None:
        self._send(pager.show(text))
        while pager.wants_key and not self._gone:
            try:
                key = await self._key()
            except EOFError:
                key = "q"
            self._send(pager.press(key))
        if not self._gone and len(text) > _DRAINED:
            self.flush()
            await self._stdout.drain()

    async def _answer(self, prompt: str, *, secret: bool, one_key: bool) -> str:
        try:
            if not one_key:
                entered = await self._line(prompt, secret=secret)
                return "" if entered.broken else entered.text
            key = await self._key()
        except EOFError:
            return ""
        if key == "\x03":
            key = "n"
        elif key != "\n":
            self._keyboard.swallow_enter()
        self._send("\n" if key == "\n" else f"{key}\n")
        return "" if key == "\n" else key

    async def _line(self, prompt: str, *, secret: bool = False) -> Entered:
        editor = LineEditor(self._keyboard, prompt, secret)
        while True:
            echo, entered = editor.step()
            self._send(echo)
            if entered is not None:
                return entered
            await self._fill()

    async def _key(self) -> str:
        while True:
            key = self._keyboard.key()
            if key is not None:
                return key
            await self._fill()

    async def _fill(self) -> None:
        self.flush()
        if self._gone:
            raise EOFError
        try:
            keys = await self._stdin.read(READ_BYTES)
        except asyncssh.TerminalSizeChanged:
            return
        except (asyncssh.BreakReceived, asyncssh.SignalReceived):
            keys = "\x03"
        except (asyncssh.Error, OSError):
            keys = ""
        if not keys:
            raise EOFError
        now = asyncio.get_running_loop().time()
        self._keyboard.feed(keys, later=now - self._fed_at > TWO_PACKETS)
        self._fed_at = now

    def _send(self, text: str) -> None:
        if self._gone or not text:
            return
        self._unsent.append(on_screen(text))
        self._at_margin = text.endswith("\n")

    def flush(self) -> None:
        """Send what was printed: an echo, an output and the prompt behind it go in one packet, not in three."""
        text, self._unsent = "".join(self._unsent), []
        if self._gone or not text:
            return
        try:
            self._stdout.write(text)
        except OSError:
            self._gone = True

    def hang_up(self) -> None:
        """Close the connection; a running command goes on without its terminal."""
        self.flush()
        self._gone = True
        self._stdout.channel.get_connection().close()
