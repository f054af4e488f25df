"""swimctl doctor: is this installation able to work."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from swimctl.cli import output
from swimctl.cli.context import Opened, of
from swimctl.errors import SwimctlError
from swimctl.inventory.selection import some
from swimctl.topics import TOPICS

if TYPE_CHECKING:
    from swimctl.config.settings import Settings
    from swimctl.models import Device, Image

app = typer.Typer()

_CONNECT_SECONDS = 3.0
# An old device takes seconds for the exchange of keys.
_KEYS_SECONDS = 15.0
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing looked at: `result` fail means that upgrades cannot work with it; `remedy` says what to do.

    `explain`: the topic of `swimctl explain`, where it is not the one that tells of this line.
    """

    what: str
    result: Literal["ok", "warn", "fail"]
    seen: str
    remedy: str = ""
    explain: str = ""
    devices_only: bool = False  # the installation is well, a device is not

    @property
    def more(self) -> str:
        """Return the topic of `swimctl explain` that tells more; empty where all is well."""
        if self.result == "ok":
            return ""
        return self.explain or next(one.name for one in TOPICS.values() for line in one.doctor if self._is(line))

    def _is(self, line: str) -> bool:
        return self.what == line or self.what.startswith(f"{line} ")

    @property
    def advice(self) -> str:
        """Return what to do, and where more about it is."""
        return f"{self.remedy}\nmore: `swimctl explain {self.more}`" if self.more else self.remedy

    def document(self) -> dict[str, str]:
        """Return it as JSON has it."""
        document = {"what": self.what, "result": self.result, "seen": self.seen, "remedy": self.remedy}
        return document | {"explain": self.more}


@app.command()
def doctor(
    ctx: typer.Context,
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Do not contact the devices.")] = False,
    deep: Annotated[bool, typer.Option("--deep", help="Compute the hashes of all image files again.")] = False,
    support: Annotated[
        Path | None,
        typer.Option("--support", metavar="FILE", help="Write a bundle for a report of a fault: a new .tar.gz file."),
    ] = None,
) -> None:
    """Check config, inventory, store, image files, folders and devices, and say what to do.

    Exit code 2: something of the installation is wrong. Exit code 1: only devices do not answer.
    """
    context = of(ctx)
    with context.open() as opened:
        found = list(examine(opened, offline=offline, deep=deep))
        documents = [one.document() for one in found]
        if support is not None:
            from swimctl.cli.support import write

            write(support, opened, documents)
            output.note(f"{support} is written; read its files before you send it to anybody")
    failed = [one for one in found if one.result == "fail"]
    code = 0 if not failed else 1 if all(one.devices_only for one in failed) else 2
    if context.json:
        output.print_json({"ok": not failed, "exit_code": code, "checks": documents})
    else:
        rows = [(one.what, one.result, one.seen, one.advice) for one in found]
        output.print_table(("Check", "Result", "Seen", "What to do"), rows)
    raise typer.Exit(code)


def examine(opened: Opened, *, offline: bool, deep: bool) -> Iterator[Examined]:
    """Check one part after the other; a part that cannot be opened ends what depends on it."""
    try:
        settings = opened.config.settings
    except SwimctlError as error:
        yield Examined("config", "fail", str(error), "correct it, or name another file with --config")
        return
    yield Examined("config", "ok", str(opened.config.path))
    yield from _clock(settings)
    if settings.notify:
        yield from _attempt("notifications", lambda: _notify(settings), "correct swimctl.notify, or leave it out")
    for path in dict.fromkeys((*settings.freeze_calendars, *settings.calendars.values())):
        remedy = "put a whole calendar there; until then nothing that needs it is activated"
        yield from _attempt(f"calendar {path.name}", lambda path=path: _calendar(settings, path), remedy)  # type: ignore[misc]  # mypy does not type a lambda's default
    if any(one.url for _, one in settings.write_back):
        yield from _attempt("write-back", lambda: _write_back(opened), "correct swimctl.write_back, or leave it out")
    if (dates := settings.compliance.end_of_support) is not None:
        yield from _attempt("ends of support", lambda: _dates(dates), "correct the file")
    if settings.checks.rules:
        yield from _attempt("checks", lambda: _checks(settings), "correct it, then `swimctl checks validate`")
    if settings.ldap.url and not offline:
        remedy = "correct swimctl.ldap; until then nobody can sign in by it, and tokens that exist go on working"
        yield from _attempt("ldap", lambda: _ldap(opened), remedy)
    yield from _attempt("jobs folder", lambda: _folder(settings.jobs_dir), "make it writable, or set swimctl.jobs_dir")
    try:
        problems = opened.store.check()
    except SwimctlError as error:
        yield Examined("store", "fail", str(error), "restore the file from a copy, or set swimctl.store to another")
        return
    for problem in problems:
        yield Examined("store", "fail", problem, "restore the file from a copy, or set swimctl.store to another")
    if not problems:
        yield Examined("store", "ok", str(settings.store))
    yield from _waiting(opened)
    yield from _accounts(opened)
    yield from _images(opened, deep=deep)
    yield from _inventory(opened, offline=offline)


def _attempt(what: str, look: Callable[[], str], remedy: str) -> Iterator[Examined]:
    try:
        yield Examined(what, "ok", look())
    except (SwimctlError, OSError) as error:
        yield Examined(what, "fail", str(error), remedy)


def _clock(settings: Settings) -> Iterator[Examined]:
    if settings.clock_speed != 1:
        seen = f"clock_speed is {settings.clock_speed:g}: deadlines pass {settings.clock_speed:g} times as fast"
        yield Examined(
            "clock", "warn", f"{seen} for real devices", "right for the lab; else remove swimctl.clock_speed"
        )


def _notify(settings: Settings) -> str:
    """Have the URLs read. Nothing is sent: people would take it for news."""
    from swimctl.notify.notifier import channels

    return f"readable, not tried: URL {', '.join(map(str, channels(settings)))}"


def _calendar(settings: Settings, path: Path) -> str:
    """Read a calendar, and say what comes next in it."""
    from swimctl.config.calendars import Calendars

    now = datetime.now(UTC)
    found = [one for one in Calendars(settings).openings(path, now) if one.closes > now]
    if not found:
        return f"{path}: nothing to come within a year"
    of = f"{output.local_time(found[0].opens)} to {output.local_time(found[0].closes)}: {found[0].of}"
    return f"{path}: {len(found)} to come within a year, the next one {of}"


def _write_back(opened: Opened) -> str:
    """Have the settings read. Nothing is sent: it would change what others see."""
    from swimctl.notify.source_of_truth import targets

    told = targets(opened.config.settings, opened.config.path.parent)
    return f"readable, not tried: {', '.join(f'{one.title} at {one.url}' for one in told)}"


def _ldap(opened: Opened) -> str:
    """Ask the directory as a sign-in does, without one."""
    outside = opened.outside
    return "" if outside is None else outside.directory.check()


def _dates(path: Path) -> str:
    from swimctl.images import end_of_support

    return f"{path} has {len(end_of_support.read(path))} dates"


def _checks(settings: Settings) -> str:
    """Have the parsers of all rules looked for. No device is asked."""
    from swimctl.checks.rules import valid

    return f"{len(valid(settings.checks.rules))} rules are right"


def _folder(path: Path) -> str:
    """Write a file into the folder, or into the nearest one that it would be made in."""
    there = next(folder for folder in (path, *path.parents) if folder.exists())
    with tempfile.TemporaryFile(dir=there):
        pass
    return str(path)


def _waiting(opened: Opened) -> Iterator[Examined]:
    interrupted = opened.store.interrupted()
    if interrupted:
        names = ", ".join(f"{job.device_name} (job {job.id})" for job in interrupted[:5])
        more = f" and {len(interrupted) - 5} more" if len(interrupted) > 5 else ""
        yield Examined("jobs", "warn", f"interrupted: {names}{more}", "swimctl resume")


def _accounts(opened: Opened) -> Iterator[Examined]:
    """Yield which accounts of devices are not tried, so that they are not locked."""
    from swimctl.sessions.logins import refused_accounts

    for why in refused_accounts(opened.store, opened.config.settings.login):
        yield Examined("logins", "fail", why, "try the account on one device by hand, correct user or password")


def _images(opened: Opened, *, deep: bool) -> Iterator[Examined]:
    images = opened.store.images()
    if not images:
        yield Examined("images", "warn", "the catalogue is empty", "swimctl image add FILE")
        return
    for image in images:
        remedy = f"put the file back, or: swimctl image remove {image.id}"
        yield from _attempt(f"image {image.id}", lambda image=image: _image(image, deep=deep), remedy)  # type: ignore[misc]  # mypy does not type a lambda's default
    if not opened.store.goldens():
        yield Examined("golden images", "warn", "none is set", "swimctl image golden ID, or upgrade with --image")


def _image(image: Image, *, deep: bool) -> str:
    """Compare the file's size with the catalogue's, and its hash where it was written to since it was added."""
    stat = image.path.stat()
    if stat.st_size != image.size:
        raise SwimctlError(f"{image.path} has {stat.st_size} bytes, the catalogue says {image.size}")
    written = datetime.fromtimestamp(stat.st_mtime, UTC)
    if not deep and written <= image.added_at:
        os.close(os.open(image.path, os.O_RDONLY))
        return f"{image.filename}: same size as when it was added, and not changed since"
    from swimctl.images.catalogue import hash_file

    _, sha512, _ = hash_file(image.path)
    if sha512 != image.sha512:
        raise SwimctlError(f"{image.path} is not the file that was added: its SHA-512 is {sha512[:16]}…")
    return f"{image.filename}: size and SHA-512 as added"


def _inventory(opened: Opened, *, offline: bool) -> Iterator[Examined]:
    try:
        inventory = opened.inventory
    except SwimctlError as error:
        yield Examined("inventory", "fail", str(error), "correct it")
        return
    usable = [device for device in inventory.devices if inventory.problem(device.name) is None]
    if others := inventory.left_out(inventory.devices):
        yield Examined("other hosts", "warn", others, "`swimctl device list` names them; they get no job")
    for device in usable:
        if twins := inventory.twins(device):
            seen = f"the same address and port, or serial number, as {', '.join(twins)}"
            yield Examined(f"device {device.name}", "warn", seen, "keep one of them: a device has one job at a time")
    result: Literal["ok", "fail"] = "ok" if usable else "fail"
    yield Examined("inventory", result, f"{len(usable)} devices", "" if usable else "add hosts to it")
    yield from _credentials(opened, usable)
    if not offline:
        yield from _reach(opened, usable)


def _credentials(opened: Opened, devices: Sequence[Device]) -> Iterator[Examined]:
    """Check that each device has an account, and whose; secrets that a reference names are read."""
    from swimctl.sessions.targets import target_of
    from swimctl.sessions.way import resolve

    inventory = opened.inventory
    nameless: list[str] = []
    without: dict[str, str] = {}
    otherwise: list[str] = []
    for device in devices:
        try:
            found = inventory.credentials(device)
            entered = resolve(target_of(inventory, opened.config.settings, device)).device
        except SwimctlError as error:
            yield Examined("credentials", "fail", str(error), "correct what it names")
            return
        keyed = bool(entered.keys) or entered.agent is not None or bool(inventory.connection_extras(device).get("pkey"))
        if not entered.user:
            nameless.append(device.name)
        elif not found.password and not keyed:
            without[device.name] = found.passed_over
        if inventory.enters_otherwise(device):
            otherwise.append(device.name)
    if nameless:
        seen = f"no user name for {some(nameless, 5)}"
        yield Examined("credentials", "fail", seen, "set SWIMCTL_USERNAME and SWIMCTL_PASSWORD, or credentials_file")
    if without:
        why = next((f"; {why}" for why in without.values() if why), "")
        seen = f"a user but no password for {some([*without], 5)}{why}"
        yield Examined("credentials", "warn", seen, "add the password beside the user, or remove the user there")
    if otherwise:
        seen = f"another account than in earlier releases, because the nearer one wins: {some(otherwise, 5)}"
        yield Examined(
            "credentials", "warn", seen, "nothing, if this is right; `swimctl device show NAME` shows which account"
        )


def _reach(opened: Opened, devices: Sequence[Device]) -> Iterator[Examined]:
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        problems = list(pool.map(lambda device: _greeting_problem(opened, device), devices))
    for device, problem in zip(devices, problems, strict=True):
        if problem:
            remedy = "is it on, is SSH enabled, is the address right, is there a firewall between?"
            yield Examined(f"device {device.name}", "fail", str(problem), remedy, problem.code, devices_only=True)
    reached = sum(not problem for problem in problems)
    if reached:
        yield Examined("reachability", "ok", f"{reached} of {len(devices)} devices answer with SSH")


def _greeting_problem(opened: Opened, device: Device) -> SwimctlError | None:
    """Return why no login to the device could begin on its way; None where one could. None is tried."""
    from swimctl.sessions.targets import target_of
    from swimctl.sessions.way import greeting, meet

    try:
        target = target_of(opened.inventory, opened.config.settings, device)
        greeting(target, _CONNECT_SECONDS)
        meet(target, _KEYS_SECONDS)
    except SwimctlError as error:
        return error
    return None
