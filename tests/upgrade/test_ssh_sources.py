"""Jobs whose devices fetch the image from SSH servers of the user's own: each system's dialogue, each way to fail."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fleets.every import FLEETS
from support.oracle import really_of
from support.ssh_file_server import PASSWORD, Serving, free_port, serving_ssh, silent
from support.upgrades import SPEED, lab_folder, with_data
from support.upgrades import request as ask

from swimctl.cli.context import Context
from swimctl.lab.folder import COMMAND_LOG
from swimctl.models import Job, JobOptions, Outcome
from swimctl.platforms import schemes
from swimctl.states import JobStatus

PLATFORMS = ("cisco_ios", "cisco_xe", "cisco_nxos", "arista_eos", "cisco_xr", "juniper_junos")
PUSHED = "; next: the image is pushed"
WELL = "127.0.0.1"
ASK_FOR_KEYS = ("cisco_nxos", "juniper_junos")
BY_SSH = [(platform, scheme) for platform in PLATFORMS for scheme in ("scp", "sftp") if scheme in schemes(platform)]


def each(*quick: tuple[str, str]) -> list[Any]:
    """Return all systems with the ways in which they copy by SSH; `make test` tries the quick ones alone."""
    return [pytest.param(*pair, id="-".join(pair), marks=() if pair in quick else pytest.mark.prove) for pair in BY_SSH]


@dataclass
class Trial:
    """What became of a device and of its sources; `typed` are the lines and the answers that the device got."""

    job: Job
    failed: list[str]
    typed: list[str]
    folder: Path
    device: Any
    known: dict[str, str]


Sources = Callable[[bytes, ExitStack], Sequence[Any]]


@contextmanager
def tried(
    folder: Path, platform: str, sources: Sources, *, whole: bool = False, stall: float = 60, **known: str
) -> Iterator[Trial]:
    """Upgrade one device of a system, or copy to it, from such sources."""
    fleet = FLEETS[platform]
    spec = replace(fleet.make("sw1", version=fleet.old, **fleet.partner), ssh_port=free_port())
    settings = {"image_server": {"bind": "127.0.0.1", "stall": stall}, "distribution": {"minimum_rate": 0.001}}
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv("IMAGES_PW", PASSWORD)
        lab = stack.enter_context(lab_folder(folder, fleet=[spec], settings=settings, speed=SPEED, ssh=False))
        opened = stack.enter_context(Context(folder / "config.yaml").open())
        (image,) = [each for each in opened.store.images() if each.filename == fleet.image]
        lab.switch("sw1").known_hosts.update(known)
        listed = list(sources(image.path.read_bytes(), stack))
        said: dict[str, Any] = {"swimctl": {"distribution": {"sources": listed}}}
        if fleet.partner:
            said["redundancy_group"] = "sw1"  # its partner is no device of this lab
        with_data(folder, sw1=said)
        again = stack.enter_context(Context(folder / "config.yaml").open())
        made = again.service.trigger(ask(again, image=fleet.image, options=JobOptions(activate=whole)))
        again.engine.run(made.batch, made.jobs, threading.Event())
        job = again.store.job(made.jobs[0].id)
        failed = [each.message for each in again.store.events(job.id) if each.kind == "source"]
        device = lab.switch("sw1")
        if whole:
            assert really_of(device, fleet.target, len(lab.reloads("sw1"))) is Outcome.UPGRADED, job.error
        yield Trial(job, failed, lab.commands("sw1"), folder, device, device.known_hosts)


def served(name: str, content: bytes, stack: ExitStack, address: str = WELL, **how: Any) -> Serving:
    """Serve the image at an address until the end of the trial."""
    return stack.enter_context(serving_ssh(name, content, address, **how))


def nowhere_shown(folder: Path) -> None:
    """Hold that no file of swimctl's own has the password; the lab writes down what its devices were sent."""
    having = {path.name for path in folder.rglob("*") if path.is_file() and PASSWORD[:9].encode() in path.read_bytes()}
    assert having <= {COMMAND_LOG}


@pytest.mark.parametrize(("platform", "scheme"), each(("cisco_xr", "scp")))
def test_a_device_passes_over_a_server_without_the_file_and_is_upgraded_from_the_next(
    tmp_path: Path, platform: str, scheme: str
) -> None:
    name, servers = FLEETS[platform].image, []

    def sources(content: bytes, stack: ExitStack) -> Sequence[Any]:
        servers.append(served(name, content, stack))
        return [servers[0].source(scheme, "nowhere/"), servers[0].source(scheme)]

    with tried(tmp_path, platform, sources, whole=True) as trial:
        assert (trial.job.status, trial.job.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED), trial.job.error
        (failed,) = trial.failed
        assert failed.startswith(f"{servers[0].folder(scheme)}nowhere/ failed: sw1 did not fetch {name}: it says ")
        assert "o such file" in failed
        assert servers[0].asked[-1] == f"/{name}"
        assert servers[0].passwords == [PASSWORD] * 2
        # It is typed at a question, which hides it: no line that the device got has it.
        assert not [line for line in trial.typed if PASSWORD[:4] in line]
        nowhere_shown(tmp_path)


KEYS = ("unknown key", "changed key")
SAYS = {
    "unknown key": r"which the device does not know; compare it .* name it as `host_key` of this source",
    "changed key": r"the device knows another host key of the server, which shows",
    "unreachable": r"it says '.*(?:I/O error|Connection refused)",
    "password": r"asked again: .*password:",
    "no such file": r"it says .*no such file or directory",
    "cut": r"it says .*(?:I/O error|Connection closed|lost connection)",
    "full flash": r"it says .*(?:not enough|no) space",
    "wrong": r" from there is wrong: its (?:md5|sha512) is .*; it was removed;",
}
FAULTS = ("unreachable", "password", "no such file", "cut", "full flash", "wrong")


class Bed:
    """Servers of which each has its fault; a good one is behind them. `faults` are those of its system."""

    def __init__(self, platform: str, scheme: str) -> None:
        self.image, self.scheme = FLEETS[platform].image, scheme
        self.faults = (*(KEYS if platform in ASK_FOR_KEYS else ()), *FAULTS)
        self.servers: dict[str, Serving] = {}

    def __call__(self, content: bytes, stack: ExitStack) -> Sequence[Any]:
        """Start them and list them as sources."""
        return [self._at(fault, content, stack) for fault in (*self.faults, "")]

    def address(self, fault: str) -> str:
        """Return where a server is: one of loopback's."""
        return f"127.0.0.{(*KEYS, *FAULTS, '').index(fault) + 2}"

    def _at(self, fault: str, content: bytes, stack: ExitStack) -> dict[str, Any]:
        how: dict[str, dict[str, Any]] = {"password": {"password": "other"}, "cut": {"sent": len(content) // 2}}
        given = {"wrong": content[:-1] + bytes([content[-1] ^ 1]), "full flash": content * 8}.get(fault, content)
        server = served(self.image, given, stack, self.address(fault), key=fault, **how.get(fault, {}))
        self.servers[fault] = server
        folder = "nowhere/" if fault == "no such file" else ""
        source = server.source(self.scheme, folder, trusted=fault not in KEYS)
        return {**source, "url": f"{self.scheme}://127.0.0.99/"} if fault == "unreachable" else source


@pytest.mark.parametrize(("platform", "scheme"), each(("cisco_nxos", "scp")))
def test_each_fault_is_named_and_the_next_source_is_tried(tmp_path: Path, platform: str, scheme: str) -> None:
    bed = Bed(platform, scheme)
    with tried(tmp_path, platform, bed, **{bed.address("changed key"): "SHA256:another"}) as trial:
        assert (trial.job.status, trial.job.outcome) == (JobStatus.SUCCESS, Outcome.UNTOUCHED), trial.job.error
        for fault, said in zip(bed.faults, trial.failed, strict=True):
            assert re.search(SAYS[fault], said, re.IGNORECASE), said
        for fault, server in bed.servers.items():
            # Nothing is typed at a server that nobody vouches for, and nothing twice at one that refuses it.
            assert server.passwords == ([] if fault in {*KEYS, "unreachable"} else [PASSWORD]), fault
        for fault in {*KEYS} & {*bed.faults}:
            assert bed.servers[fault].fingerprint in trial.failed[bed.faults.index(fault)]
        nowhere_shown(tmp_path)


@pytest.mark.prove
@pytest.mark.parametrize("platform", ["cisco_nxos", "cisco_xe"])
def test_a_server_that_says_nothing_or_stands_still_is_left(tmp_path: Path, platform: str) -> None:
    name, go_on = FLEETS[platform].image, threading.Event()

    def sources(content: bytes, stack: ExitStack) -> Sequence[Any]:
        mute = Serving(stack.enter_context(silent("127.0.0.2")), "SHA256:" + "a" * 43)
        still = served(name, content, stack, "127.0.0.3", sent=len(content) // 2, stalls=go_on)
        stack.callback(go_on.set)
        return [mute.source("scp"), still.source("scp"), served(name, content, stack).source("scp")]

    with tried(tmp_path, platform, sources, stall=5) as trial:
        assert trial.job.status is JobStatus.SUCCESS, trial.job.error
        mute, still = trial.failed
        assert "stood still: the device took no byte after 0 within" in mute
        assert re.search(r"stood still: the device took no byte after [1-9]\d* within", still)
        nowhere_shown(tmp_path)
