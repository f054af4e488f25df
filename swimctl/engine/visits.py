"""Devices asked without a job: what a job's readiness check would say, and what they print. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, replace
from functools import partial
from typing import Protocol

from swimctl.captures.recording import Capture, Recorded, Recording, record
from swimctl.checks.asking import Taken, Wanted
from swimctl.checks.rules import Check
from swimctl.clock import Clock, rfc3339
from swimctl.config.settings import Settings
from swimctl.errors import SwimctlError
from swimctl.images.server import ImageServer
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.platforms import base as platforms
from swimctl.platforms import driver_factory
from swimctl.platforms.base import Netconf
from swimctl.platforms.driver import Driver
from swimctl.platforms.facts import Running
from swimctl.platforms.prompts import name_in
from swimctl.sessions.connecting import connect
from swimctl.sessions.logins import DeviceLogins, answers
from swimctl.sessions.netconf import Models
from swimctl.sessions.one_look import one_look
from swimctl.sessions.redaction import Redaction
from swimctl.sessions.session import Session
from swimctl.sessions.targets import Target
from swimctl.sessions.transcript import Transcript
from swimctl.steps.first_look import FirstLook, first_look, models_of, prove, what_runs
from swimctl.steps.reach import Images
from swimctl.steps.who import NOBODY, Met


class Known(Protocol):
    """What is known of devices beforehand."""

    logins: DeviceLogins

    def target(self, device: Device) -> Target:
        """Return how a device is entered."""

    @property
    def images(self) -> ImageServer:
        """Return the image server of this process."""

    def images_of(self, device: Device, whose: str) -> Images:
        """Return where a device may fetch its image; see Images."""

    def secrets_of(self, target: Target) -> tuple[str, ...]:
        """Return what no record of a device may show."""

    def checks_of(self, device: Device) -> tuple[Check, ...]:
        """Return the checks by rules of a device."""


class Visits:
    """Log in to devices, each with a transcript of its own."""

    def __init__(self, settings: Settings, clock: Clock, known: Known) -> None:
        self._known = known
        self._logins = known.logins
        self._settings = settings
        self._clock = clock
        self._target = known.target

    def check(self, device: Device, image: Image, options: JobOptions, met: Met = NOBODY) -> FirstLook:
        """Return what the readiness check of a job with these options would find; `met` was seen of it before."""
        with self._known.images.look(device.name) as whose:
            return self._checked(device, image, options, met, self._known.images_of(device, whose))

    def _checked(self, device: Device, image: Image, options: JobOptions, met: Met, images: Images) -> FirstLook:
        target = self._target(device)
        transcript, make = self._transcript(target), self._maker(device, options)

        @contextmanager
        def enter() -> Iterator[Driver]:
            with self._session(device, target, transcript) as session:
                driver = make(session)
                prove(driver, device)
                yield driver

        with self._redacting(target):
            with self._session(device, target, transcript) as session:
                look = first_look(
                    session,
                    make,
                    device,
                    image,
                    options,
                    username=target.username,
                    taken_at=rfc3339(self._clock.now()),
                    wanted=self._wanted(device, self._known.checks_of(device)),
                    met=met,
                )
            look = images.ruled(look, enter, device, image, self._settings)
        return replace(
            look,
            findings=tuple(_redacted(each, transcript.redaction) for each in look.findings),
            cleanable=tuple(map(transcript.redaction.text, look.cleanable)),
            commands=tuple(map(transcript.redaction.text, look.commands)),
            checks=_without_secrets(look.checks, transcript.redaction),
        )

    def runs(self, device: Device) -> tuple[Running, tuple[str, ...]]:
        """Return what a device runs, and its serial numbers; see what_runs."""
        target = self._target(device)
        transcript = self._transcript(target)
        with self._redacting(target), self._session(device, target, transcript) as session:
            return what_runs(session, self._maker(device, JobOptions()), device)

    def ask(self, device: Device, names: Sequence[str] = ()) -> tuple[Taken, ...]:
        """Return what a device says for its checks by rules, or for those of these names."""
        target, checks = self._target(device), self._known.checks_of(device)
        if names:
            checks = tuple(each for each in checks if each.name in names)
        transcript = self._transcript(target)
        with self._redacting(target), self._session(device, target, transcript) as session, one_look():
            driver = self._maker(device, JobOptions())(session)
            prove(driver, device)
            # What it asks for alone may be long: it is read where a check is only for devices that have a feature.
            configuration = driver.configuration() if any(each.rule.when for each in checks) else None
            taken = self._wanted(device, checks).take(session, configuration, lambda: models_of(driver))
        return _without_secrets(taken, transcript.redaction)

    def _wanted(self, device: Device, checks: tuple[Check, ...]) -> Wanted:
        return Wanted(checks, device.platform, self._settings.deadlines.command, device.model)

    def record(self, device: Device) -> Capture:
        """Return what it prints where an upgrade would ask it, and what its models say where it offers them."""
        target = self._target(device)
        transcript, limits = self._transcript(target), self._settings.deadlines
        recording = Recording(lambda: self._connect(device, target, transcript))
        try:
            with self._redacting(target), self._models(device, target, transcript, recording.told) as way:
                recording.beside(way)
                capture = record(
                    recording,
                    self._maker(device, JobOptions()),
                    device,
                    username=target.username,
                    seconds=limits.command,
                )
        finally:
            recording.close()
        shown = tuple(_shown(each, transcript.redaction) for each in capture.recorded)
        known = {
            device.name,
            device.serial,
            *name_in(recording.hostname).split(),
            target.address,
            target.username,
            *self._known.secrets_of(target),
        }
        return replace(capture, recorded=shown, known=frozenset(word for word in known if word))

    def _maker(self, device: Device, options: JobOptions) -> Callable[[platforms.Session], Driver]:
        factory = driver_factory(device.platform)
        return lambda session: factory(session, self._settings, options)

    @contextmanager
    def _session(self, device: Device, target: Target, transcript: Transcript) -> Iterator[Session]:
        beside = self._models(device, target, transcript, transcript.note)
        session = self._connect(device, target, transcript)
        with session, beside as session.netconf:
            yield session

    def _connect(self, device: Device, target: Target, transcript: Transcript) -> Session:
        with self._logins.login(device, lambda: answers(target, self._clock, self._settings)) as accepted:
            limits = self._settings.deadlines
            return connect(target, self._clock, transcript, limits.connect, limits.setup, accepted)

    def _models(
        self, device: Device, target: Target, transcript: Transcript, tell: Callable[[str], None]
    ) -> AbstractContextManager[Netconf | None]:
        if self._settings.evidence.netconf == "off":
            return nullcontext()
        seconds, login = self._settings.deadlines.command, partial(self._logins.login, device, by="NETCONF")
        return Models(target, self._clock, transcript, seconds, tell, login).beside()

    @contextmanager
    def _redacting(self, target: Target) -> Iterator[None]:
        """Redact the device's secrets in every error."""
        try:
            yield
        except SwimctlError as error:
            redaction = Redaction(self._known.secrets_of(target))
            error.args = tuple(redaction.data(list(error.args)))
            raise

    def _transcript(self, target: Target) -> Transcript:
        return Transcript(
            self._settings.jobs_dir / "checks" / f"{target.name}.log",
            self._clock,
            Redaction(self._known.secrets_of(target)),
        )


def _shown(recorded: Recorded, redaction: Redaction) -> Recorded:
    return replace(recorded, text=redaction.text(recorded.text), failure=redaction.text(recorded.failure))


def _without_secrets(taken: Sequence[Taken], redaction: Redaction) -> tuple[Taken, ...]:
    return tuple(replace(each, why=redaction.text(each.why)) for each in taken)


def _redacted(finding: Finding, redaction: Redaction) -> Finding:
    return Finding(**redaction.data(asdict(finding)))


def secrets(target: Target) -> tuple[str, ...]:
    """Return what no record may show: passwords, and the passphrase of the key, as netmiko has it.

    One that is the account's own name, or the word `enable`, is none: it stands in every message, and to mask it there
    would tell where it fits and take the sense of the rest.
    """
    known = (target.password, target.enable_secret, target.extras.get("passphrase"))
    return tuple(str(secret) for secret in known if secret and secret not in {target.username, "enable"})
