"""NETCONF beside a terminal, by ncclient: a device's YANG models are read where it offers them, and never waited for.

A device without it costs a job one attempt to connect. One whose models were read is tried again after a while: its
NETCONF comes up minutes after its terminal (bforejt/nautobot-upgrades saw one to three).
"""

from __future__ import annotations

import contextlib
import logging
import selectors
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final, TypeVar

import paramiko

from swimctl.clock import Clock, Deadline
from swimctl.errors import AccountStopped, HostKeyRefused, LoginFailed, UnparsableOutput
from swimctl.platforms.base import Netconf
from swimctl.sessions.targets import Target
from swimctl.sessions.transcript import Transcript
from swimctl.sessions.watchdog import GRACE, watchdog
from swimctl.sessions.way import enter, greeting

# It logs each message with all that is in it.
logging.getLogger("ncclient").setLevel(logging.CRITICAL)

# Real seconds to connect: a device that drops what comes to a closed port must not keep a job waiting.
_QUICK: Final = 3.0
# Device seconds until something is tried again that had worked before.
_AGAIN: Final = 60.0
_OPENING: Final = "NETCONF"
# Bytes of one reply: the largest that a device of ours gives has some hundred thousand.
_MOST: Final = 16_000_000

T = TypeVar("T")


class _Refused(Exception):
    """The login was refused: one more try might lock the account."""


class _Lost(Exception):
    """The session cannot be used any more."""


class Models:
    """What a job knows of a device's models: whether they are offered, and what must not be tried again yet.

    `tell` is given a sentence each time that changes. `login` is what each login happens within: it is given what
    raises Unreachable where nothing greets at the port, and may raise to prevent the login.
    """

    def __init__(
        self,
        target: Target,
        clock: Clock,
        transcript: Transcript,
        seconds: float,
        tell: Callable[[str], None],
        login: Callable[[Callable[[], bool]], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._target = target
        self._clock = clock
        self._transcript = transcript
        self._seconds = seconds
        self._tell = tell
        self._login = login
        self._worked: set[str] = set()
        self._shut: dict[str, Deadline | None] = {}

    @contextmanager
    def beside(self) -> Iterator[Netconf]:
        """Yield a way to the models for as long as a terminal lasts; it is opened where somebody asks for one."""
        link = _Link(self)
        try:
            yield link
        finally:
            link.close()

    def may(self, what: str) -> bool:
        """Return whether something may be tried now."""
        if what not in self._shut:
            return True
        until = self._shut[what]
        return until is not None and until.passed

    def failed(self, what: str, why: str, *, final: bool = False) -> None:
        """Record that something is not available: for the whole job, or, where it had worked before, for a while."""
        if what not in self._shut:
            self._tell(f"no models are read: {what}: {why}; only the printed output decides")
        again = what in self._worked and not final
        self._shut[what] = Deadline(self._clock, _AGAIN, watch=True) if again else None

    def worked(self, what: str) -> None:
        """Record that something is available."""
        self._worked.add(what)
        if what in self._shut:
            del self._shut[what]
            self._tell(f"models are read again: {what}")

    def open(self) -> Any:  # noqa: ANN401 - ncclient has no types
        """Open a session; None where that may not be tried now, or did not work."""
        if not self.may(_OPENING):
            return None
        try:
            manager = self._open()
        except _Refused as error:
            self.failed(_OPENING, str(error), final=True)
        except Exception as error:  # noqa: BLE001 - whatever a library says, the terminal goes on without it
            self.failed(_OPENING, _first_line(error))
        else:
            self.worked(_OPENING)
            return manager
        return None

    def get(self, manager: Any, model: str, subtree: str) -> str:  # noqa: ANN401 - as above
        """Get part of a model. Raises _Lost where the session is of no use any more, ValueError for a refusal."""
        from ncclient.operations import RPCError

        deadline = Deadline(self._clock, self._seconds)
        manager.timeout = deadline.left_real
        with watchdog(deadline.left_real + GRACE, lambda: _close(manager)) as bit:
            try:
                reply = str(manager.get(filter=("subtree", subtree)).xml)
            except RPCError as error:
                raise ValueError(f"{error.tag or 'error'}: {_first_line(error)}") from None
            except Exception as error:  # noqa: BLE001 - as in `open`
                why = f"no answer within {deadline.seconds:.0f}s" if bit.is_set() else _first_line(error)
                raise _Lost(why) from None
        self._transcript.note(f"read {model} by NETCONF:\n{reply}")
        return self._transcript.redaction.output(reply)

    def _open(self) -> Any:  # noqa: ANN401 - as above
        target, port = self._target, self._target.netconf_port
        deadline = Deadline(self._clock, self._seconds)
        self._transcript.note(f"connecting to {target.name} ({target.address}:{port}) by NETCONF")
        try:
            with self._login(lambda: bool(greeting(target, min(_QUICK, max(1.0, deadline.left_real)), port))):
                transport = enter(target, deadline, port=port, most=_QUICK, purpose=" by NETCONF")
        except (LoginFailed, AccountStopped, HostKeyRefused) as error:
            raise _Refused(str(error)) from error
        with watchdog(deadline.left_real + GRACE, transport.close):
            try:
                return _manager(transport, deadline.left_real)
            except BaseException:
                transport.close()
                raise


def _manager(transport: paramiko.Transport, seconds: float) -> Any:  # noqa: ANN401 - as above
    """Begin NETCONF over a connection that is logged in; ncclient would open one of its own, by a way of its own."""
    from ncclient.manager import Manager, make_device_handler
    from ncclient.transport import SSHSession

    class Over(SSHSession):  # type: ignore[misc] # as above
        def begin(self) -> None:
            self._transport = transport
            self._channel = transport.open_session(timeout=seconds)
            self._channel_id, self._channel_name = self._channel.get_id(), "netconf"
            self._channel.invoke_subsystem("netconf")
            self._connected = True
            self._closing.clear()
            self._post_connect(seconds)
            self.parser = self._device_handler.get_xml_parser(self)

        _taken = 0

        def _transport_write(self, data: bytes) -> int:
            self._taken = 0
            return int(super()._transport_write(data))

        def _transport_read(self) -> bytes:
            # A reply without an end would fill the memory before its deadline.
            data: bytes = super()._transport_read()
            self._taken += len(data)
            if self._taken > _MOST:
                raise ValueError(f"it sent more than {_MOST} bytes without an end")
            return data

        _selector: selectors.BaseSelector | None = None

        def _transport_register(self, selector: selectors.BaseSelector, event: int) -> None:
            self._selector = selector
            super()._transport_register(selector, event)

        def run(self) -> None:
            # ncclient leaves its selector, with the descriptor in it, to the garbage collector.
            try:
                super().run()
            finally:
                if self._selector is not None:
                    self._selector.close()

    # ncclient's own handler for IOS-XE does more than is wanted here.
    handler = make_device_handler({"name": "default"})
    session = Over(handler)
    session.begin()
    return Manager(session, handler, timeout=seconds)


class _Link:
    """The way beside one terminal; one session at most, opened at the first reading."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._manager: Any = None

    def read(self, model: str, subtree: str, parse: Callable[[str], T]) -> T | None:
        """Get the subtree of a YANG model and parse the reply; see platforms.base.Netconf."""
        models = self._models
        if not models.may(model):
            return None
        if self._manager is None:
            self._manager = models.open()
        if self._manager is None:
            return None
        try:
            found = parse(models.get(self._manager, model, subtree))
        except _Lost as error:
            self.close()
            models.failed(_OPENING, str(error))
            return None
        except (ValueError, UnparsableOutput) as error:
            models.failed(model, str(error))
            return None
        models.worked(model)
        return found

    def close(self) -> None:
        """End the session; never raises."""
        manager, self._manager = self._manager, None
        if manager is not None:
            _close(manager)


def _close(manager: Any) -> None:  # noqa: ANN401 - as above
    # No <close-session>: nobody waits for the answer of a device that may be going down.
    with contextlib.suppress(Exception):
        manager._session.close()  # noqa: SLF001 - ncclient has no other way without an exchange


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).split("\n", 1)[0]
