"""Push an image over SCP, on a connection of its own: the control session idles out under a long copy."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path
from typing import Self

import paramiko
from scp import SCPClient, SCPException

from swimctl.ciphers import prefer_gcm
from swimctl.clock import Clock, Deadline
from swimctl.descriptors import starved
from swimctl.errors import LoginFailed, TransferFailed, Unreachable
from swimctl.platforms import scp_server
from swimctl.settings import Distribution
from swimctl.targets import Target, open_socket
from swimctl.transports.base import Progress
from swimctl.watchdog import GRACE, watchdog

# A bigger read a packet's worth at a time saves calls; measured 178 against 154 MB/s with a 64 KB device window.
_CHUNK = 128 * 1024
_LOGIN_SECONDS = 60.0


class _Pace:
    """Close the connection of a copy that stands still, or that falls below the slowest rate allowed."""

    def __init__(self, size: int, limits: Distribution, clock: Clock, client: paramiko.SSHClient) -> None:
        self._clock = clock
        self._client = client
        self._whole = Deadline(clock, limits.stall + size / (limits.minimum_rate * 1e6))
        self._limits = limits
        self._stall = Deadline(clock, limits.stall)
        self._done = threading.Event()
        self.verdict = ""
        self._watch = threading.Thread(target=self._run, daemon=True, name="copy-watchdog")

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()

    def moved(self) -> None:
        self._stall = Deadline(self._clock, self._limits.stall)

    def _run(self) -> None:
        while not self._done.wait(max(0.05, min(1.0, self._stall.left_real, self._whole.left_real))):
            if self._stall.passed:
                self.verdict = f"no byte moved for {self._limits.stall:.0f}s"
            elif self._whole.passed:
                self.verdict = f"slower than {self._limits.minimum_rate} MB/s on the whole"
            if self.verdict:
                with contextlib.suppress(Exception):
                    self._client.close()
                return


class ScpPush:
    """Push with the classic SCP protocol; the device has to serve it, and to let the account write."""

    def send(
        self, source: Path, destination: str, target: Target, limits: Distribution, clock: Clock, progress: Progress
    ) -> None:
        """Copy `source` to the device's path `destination`."""
        size = source.stat().st_size
        raised: list[BaseException] = []
        begun = False
        with contextlib.closing(_login(target, clock)) as client, _Pace(size, limits, clock, client) as pace:

            def report(_name: bytes, _size: int, sent: int) -> None:
                nonlocal begun
                begun = begun or sent > 0
                pace.moved()
                try:
                    progress(sent)
                except BaseException as error:  # kept to be raised as it is: scp would hide it behind its own
                    raised.append(error)
                    raise

            transport = client.get_transport()
            if transport is None:
                raise TransferFailed(f"the connection for the copy to {target.name} closed at once")
            try:
                # The device reads the path as typed: quoting it would be part of the name.
                scp = SCPClient(
                    transport, buff_size=_CHUNK, socket_timeout=None, progress=report, sanitize=lambda path: path
                )
                scp.put(str(source), destination)
            except (SCPException, paramiko.SSHException, OSError, EOFError) as error:
                if raised:
                    raise raised[0] from None
                why = pace.verdict or _reason(error, "" if begun else scp_server(target.platform))
                raise TransferFailed(f"the copy of {source.name} to {target.name} broke off: {why}") from error


def _reason(error: BaseException, server: str) -> str:
    """Tell what went wrong; `server` is what may be off where not a byte was taken."""
    if none_left := starved(error):
        return str(none_left)
    text = str(error).strip() or "the connection was lost"
    if "rivilege denied" in text:
        return "the device says 'Privilege denied.': the account needs privilege 15"
    return f"{text}; is {server} configured on the device?" if server else text


def _login(target: Target, clock: Clock) -> paramiko.SSHClient:
    deadline = Deadline(clock, _LOGIN_SECONDS)
    client = paramiko.SSHClient()
    # As netmiko does for the terminal session: switches' keys are new after each replacement.
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 - see above
    sock = open_socket(target, deadline)
    started = time.monotonic()
    try:
        with watchdog(deadline.left_real + GRACE, sock.close):
            client.connect(
                target.address,
                port=target.port,
                username=target.username,
                password=target.password,
                sock=sock,
                timeout=deadline.left_real,
                banner_timeout=deadline.left_real,
                auth_timeout=deadline.left_real,
                look_for_keys=False,
                allow_agent=False,
                key_filename=target.extras.get("key_file") if target.extras.get("use_keys") else None,
                passphrase=target.extras.get("passphrase"),
                transport_factory=prefer_gcm,
            )
    except paramiko.AuthenticationException as error:
        sock.close()
        what = "did not answer" if deadline.passed else "refused"
        raise LoginFailed(f"{target.name} {what} the login of '{target.username}' for the copy") from error
    except (paramiko.SSHException, OSError, EOFError) as error:
        none_left = starved(error)  # asked before the socket is closed: that gives a descriptor back
        sock.close()
        took = time.monotonic() - started
        why = f"no SSH connection for the copy to {target.name} after {took:.0f}s: {error}"
        raise none_left or Unreachable(why) from error
    return client
