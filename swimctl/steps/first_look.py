"""The look at a device before anything is changed: the rules, and all that is asked again by night.

It is one look for whoever asks: a job's readiness check, `swimctl plan`, `swimctl device check`, `device capture`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TypeVar

from swimctl.checks.asking import Taken, Wanted
from swimctl.errors import (
    CommandRefused,
    DeadlineExceeded,
    StepFailed,
    UnexpectedPrompt,
    UnparsableOutput,
)
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.platforms.base import Netconf, OffersNetconf, Reply, Session
from swimctl.platforms.driver import (
    Answers,
    AsksFirst,
    Checks,
    ForetellsClean,
    Identifies,
    NamesCommands,
    NamesModels,
    TellsOfImage,
)
from swimctl.platforms.facts import Placement, Running, Snapshot
from swimctl.platforms.rules import again, in_service, kind
from swimctl.platforms.serials import read_serials
from swimctl.platforms.terminal import Answer
from swimctl.sessions.one_look import one_look
from swimctl.steps.target import called, is_beyond, is_patch, is_whole, on_target
from swimctl.steps.who import NOBODY, Met, stranger
from swimctl.waivers import covering

# An answer that says no, or cannot be read: the session goes on, and so do the questions.
_UNREADABLE = (CommandRefused, UnparsableOutput, StepFailed)
# What closes the session: nothing more can be asked.
_ENDS = (DeadlineExceeded, UnexpectedPrompt)

COPY = "(copy)"
"""Stands among the commands of a device where its image is copied, which is no command of ours in every case."""
_READABLE = "readable "
_SPARE = frozenset({"serials"})
"""What a baseline may lack: its device is then known by its host name."""
_NAMED = re.compile(r"'([^']+)'")
_REPORT = (
    "if its AAA server refuses the command, allow it to that account; `swimctl device capture {name} --out DIR` "
    "collects what it prints, for a bug report"
)
_MENDS = {
    DeadlineExceeded: "the rest was not asked; swimctl.deadlines.command sets how long it may take",
    UnexpectedPrompt: "the rest was not asked",
}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What a device said. `already`: it has the image, and there is nothing to do; then nothing else was asked.

    `configuration` and `snapshot` are what the upgrade will be compared with; None where they could not be read.
    `closed`: the session had to be closed on the way. `log` is the newest mark of the device's own log. `running` is
    what the right device runs; None where it could not be read. `held` is the size of the image's file on the device,
    None where there is none. `cleanable` is what a clean-up that was asked for would remove. `origin` is from where
    the image would come: `push`, `swimctl`, `relay URL`, or a URL; empty where that was not asked. `commands` are
    those that a job would type to change the device, with COPY where its image comes. `checks` are the answers of the
    checks by rules, those that were left out among them.
    """

    findings: tuple[Finding, ...]
    already: str = ""
    configuration: str | None = None
    snapshot: Snapshot | None = None
    closed: bool = False
    log: str | None = None
    running: Running | None = None
    held: int | None = None
    cleanable: tuple[str, ...] = ()
    origin: str = ""
    commands: tuple[str, ...] = ()
    checks: tuple[Taken, ...] = ()

    @property
    def refused(self) -> tuple[Finding, ...]:
        """List the rules that do not hold and that nobody waived."""
        return tuple(finding for finding in self.findings if not finding.passes)

    @property
    def unreadable(self) -> tuple[Finding, ...]:
        """List what was asked and could not be read."""
        return tuple(finding for finding in self.findings if finding.rule.startswith(_READABLE))

    @property
    def ready(self) -> bool:
        """Return whether a job would go on from here."""
        return not self.refused


@one_look()
def first_look(
    session: Session,
    make: Callable[[Session], AsksFirst],
    device: Device,
    image: Image,
    options: JobOptions,
    *,
    username: str,
    taken_at: str,
    wanted: Wanted | None = None,
    met: Met = NOBODY,
) -> FirstLook:
    """Ask a device all that its upgrade asks before and after the reload; changes nothing.

    `make` makes its driver in an open session, `username` is who asks, `wanted` are the checks by rules. `met` is what
    was seen of the device before: where another one answers now, that is said and nothing else is asked.
    What cannot be read is a finding; raises SessionLost and what comes of a lost session.
    """
    noting = _Noting(session)
    asked = _Asked(device, username, noting)
    driver = asked.answer("running release", lambda: make(noting))
    if driver is None:
        return FirstLook(tuple(asked.findings), closed=asked.ended)
    identity = asked.answer("identity", lambda: driver.identity(device))
    # The wrong device may run the target too, and a stack with a member missing does not run it as a whole.
    known = identity is not None and all(finding.ok for finding in identity)
    other = asked.answer("serial numbers", lambda: stranger(met, driver, device)) if known else None
    if other is not None:
        return FirstLook((*(identity or ()), other))
    told = asked.answer("installed release", lambda: _already(driver, image, options)) if known else None
    already, running = told or ("", None)
    if already and not options.force:
        return FirstLook(tuple(identity or ()), already, running=running)
    rules = asked.answer("facts", lambda: driver.check(device, image, cleanup=options.cleanup_flash)) or identity or ()
    asked.findings += rules
    asked.findings += in_service(driver.support.issu, wanted=options.issu)
    asked.findings += kind(image, driver.support.kinds)
    if options.activate:
        asked.findings += again(already, driver.support)
    if identity is not None and not known:
        # Another device, or one that tells this account little.
        return FirstLook(tuple(asked.findings), closed=asked.ended, running=running)
    held = asked.answer("files", lambda: driver.file_size(image))
    doomed: tuple[str, ...] = ()
    cleans = options.cleanup_flash and not asked.answer(
        "what is added", lambda: is_whole(image, driver.installed(image), held)
    )
    if cleans and isinstance(driver, ForetellsClean):
        doomed = asked.answer("what a clean-up removes", driver.cleanable) or ()
    asked.answer("members", driver.unready)
    commands = asked.answer("commands", lambda: _typed(driver, image, options, cleans=cleans)) or ()
    log = asked.answer("log", driver.log_mark)
    configuration = asked.answer("configuration", driver.configuration)
    snapshot = asked.answer("baseline", lambda: driver.snapshot(taken_at, whole=False))
    unread = {piece: why for piece, why in (snapshot.unread if snapshot else {}).items() if piece not in _SPARE}
    for piece, why in unread.items():
        asked.tell(f"{piece.replace('_', ' ')} of the baseline", why, noting.given_as(why))
    whole = None if unread else snapshot
    taken: tuple[Taken, ...] = ()
    if wanted is not None and not asked.ended:
        taken = wanted.take(noting, configuration, lambda: models_of(driver))
        asked.findings += wanted.findings(taken, device.name, username)
        asked.ended = any(each.ended for each in taken)
    return FirstLook(
        with_waivers(asked.findings, options, device.name),
        configuration=configuration,
        snapshot=whole,
        closed=asked.ended,
        log=log,
        running=running,
        held=held,
        cleanable=doomed,
        commands=commands,
        checks=taken,
    )


@one_look()
def what_runs(session: Session, make: Callable[[Session], Answers], device: Device) -> tuple[Running, tuple[str, ...]]:
    """Return what a device runs, once it is proved the right one with all of its members, and its serial numbers.

    Where it tells no serial number, there is none. Raises StepFailed where a rule does not hold, and any DeviceError.
    """
    driver = make(session)
    prove(driver, device)
    running = driver.running()
    try:
        return running, read_serials(driver.serials())
    except _UNREADABLE:
        return running, ()


def models_of(driver: object) -> tuple[str, ...]:
    """Return the models that a device says it is, none where it does not say."""
    try:
        return driver.models() if isinstance(driver, NamesModels) else ()
    except _UNREADABLE:
        return ()


def prove(driver: Identifies, device: Device) -> None:
    """Raise StepFailed where it is not the right device with all of its members."""
    odd = [finding for finding in driver.identity(device) if not finding.ok]
    if odd:
        raise StepFailed(" | ".join(map(str, odd)))


def with_waivers(findings: Iterable[Finding], options: JobOptions, device: str) -> tuple[Finding, ...]:
    """Return findings, those marked that somebody waived as they are."""
    return tuple(
        finding
        if finding.ok
        else replace(finding, waived=covering(options.waivers, device, finding.rule, finding.seen))
        for finding in findings
    )


def _typed(driver: Checks, image: Image, options: JobOptions, *, cleans: bool) -> tuple[str, ...]:
    """Return what a job would type to change the device."""
    cleaning = (driver.support.clean,) if cleans and driver.support.clean else ()
    return (*cleaning, COPY, *(driver.typed(image) if options.activate and isinstance(driver, NamesCommands) else ()))


def _already(driver: TellsOfImage, image: Image, options: JobOptions) -> tuple[str, Running]:
    """Return that the device has what it is to get, or is to keep; empty where it has not, and what it runs."""
    running, installed = driver.running(), driver.installed(image)
    if options.leave_newer and is_beyond(running, image.version):
        return f"runs {running.version}, newer than {image.version}: it is left as it is", running
    there = installed.placement is Placement.COMMITTED and not installed.timer_runs
    if not (there and on_target(running, image.version)):
        return "", running
    what = called(image) if is_patch(image) else running.version
    return f"already runs {what}, committed, on every member", running


@dataclass
class _Noting:
    """A session that notes the commands; a refusal or an odd output belongs to the last one."""

    session: Session
    asked: list[str] = field(default_factory=list)

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        """Run a command and note it."""
        self.asked.append(command)
        return self.session.run(command, deadline, quiet=quiet)

    def converse(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        """Run a command that may ask, and note it."""
        self.asked.append(command)
        return self.session.converse(command, answers, deadline, closing=closing)

    def ended_within(self, seconds: float, *, watch: bool = False) -> bool:
        """Return whether the session ends by itself."""
        return self.session.ended_within(seconds, watch=watch)

    @property
    def netconf(self) -> Netconf | None:
        """Return the way to the device's models, where there is one beside the session."""
        return self.session.netconf if isinstance(self.session, OffersNetconf) else None

    def given_as(self, why: str) -> str:
        """Return the command as it was given that a message names: a parser may name it without its arguments."""
        named = "".join(_NAMED.findall(why)[:1])
        return next(iter(get_close_matches(named, reversed(self.asked), n=1)), named)


@dataclass
class _Asked:
    """The questions so far: what could not be read of them is a finding, each cause once."""

    device: Device
    username: str
    session: _Noting
    findings: list[Finding] = field(default_factory=list)
    ended: bool = False

    def answer(self, what: str, ask: Callable[[], T]) -> T | None:
        """Return the answer, None where there is none."""
        if self.ended:
            return None
        try:
            return ask()
        except (*_UNREADABLE, *_ENDS) as error:
            self.ended = isinstance(error, _ENDS)
            self.tell(what, str(error), self.session.asked[-1], _MENDS.get(type(error), _REPORT))
            return None

    def tell(self, what: str, seen: str, command: str, mend: str = _REPORT) -> None:
        """Report a command that could not be read."""
        if seen in {finding.seen for finding in self.findings}:
            return
        self.findings.append(
            Finding(
                f"{_READABLE}{what}",
                ok=False,
                seen=seen,
                needed="an output that can be read",
                next_command=f"type `{command}` on {self.device.name} as '{self.username}'; "
                + mend.format(name=self.device.name),
            )
        )
