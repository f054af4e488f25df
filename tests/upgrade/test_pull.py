"""Jobs whose devices fetch the image themselves: what they do well, and each way to fail."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fleets.every import FLEETS
from support.certificates import self_signed
from support.copies import EIGHT, IMAGE, ONLY_COPIED, SERVER, Copies, require_outcomes_are_true, run_all, told
from support.oracle import assert_true, really_of
from support.upgrades import Upgraded, lab_folder, with_data
from support.upgrades import request as ask

from swimctl.cli.context import Context
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.faults import parse_fault
from swimctl.lab.fleet import LabFleet
from swimctl.lab.folder import COMMAND_LOG
from swimctl.models import JobOptions, Outcome
from swimctl.states import JobStatus
from swimctl.steps import pausing

REACH = "swimctl-reach"
FETCHING: Mapping[str, Mapping[str, str]] = {
    "cisco_ios": {},
    "cisco_xe_bundle": {},
    "cisco_nxos": {},
    "arista_eos": {"vrf": "MGMT"},
    "cisco_xr": {},
    "juniper_junos": {},
}
"""A system of each command to fetch, and of each driver that is no other's child; what its inventory says of copies."""
BY_HTTPS = "cisco_nxos"
REACHES = "the device reaches the image server and fetches the image"


@dataclass(frozen=True)
class Case:
    """What is wrong with a device, and what its inventory says of copies."""

    fault: str
    said: Mapping[str, str]


CASES: Mapping[str, Case] = {
    "unreachable": Case("pull-fails:unreachable", {"transport": "pull"}),
    "refused": Case("pull-fails:refused", {"transport": "pull"}),
    "unreachable, auto": Case("pull-fails:unreachable", {"transport": "auto"}),
    "hangs": Case("pull-fails:hangs", {"transport": "pull"}),
    "hangs, auto": Case("pull-fails:hangs", {"transport": "auto"}),
    "refused, auto": Case("pull-fails:refused", {"transport": "auto"}),
    "well, auto": Case("", {"transport": "auto"}),
    "cut": Case("pull-fails:cut", {"transport": "pull"}),
    "cut, auto": Case("pull-fails:cut", {"transport": "auto"}),
    "wrong byte": Case("corrupt-copy", {"transport": "pull"}),
    "slow": Case("slow-flash", {"transport": "pull"}),
    "lost session": Case("drop-session-at:copy", {"transport": "pull"}),
    "vrf": Case("", {"transport": "pull", "vrf": "Mgmt-vrf"}),
    "address": Case("", {"transport": "pull", "address": "localhost"}),
    "pushed": Case("", {}),
}


@dataclass(frozen=True)
class Tried(Copies):
    """What became of each case, with the lab still up."""

    def fetches(self, case: str) -> list[str]:
        """Return what the switch was told to fetch: the image, or what is nowhere."""
        return [url.rpartition("/")[2] for url in urls(self.result, self.names[case])]

    def failed(self, case: str) -> str:
        """Hold that the job failed and left nothing, and return why."""
        job = self.job(case)
        assert (job.status, job.outcome) == (JobStatus.FAILED, Outcome.UNTOUCHED), job.error
        assert IMAGE not in self.flash(case)
        return job.error or ""


def urls(result: Upgraded, name: str) -> list[str]:
    return [line.split()[1] for line in result.sent(name, "copy http")]


@contextmanager
def done(
    folder: Path,
    settings: Mapping[str, Any],
    options: JobOptions = ONLY_COPIED,
    data: Mapping[str, Mapping[str, Any]] | None = None,
    **lab: Any,
) -> Iterator[Upgraded]:
    """Run a batch with all of a lab's switches; `data` is what the inventory says of copies to each."""
    with lab_folder(folder, settings={"image_server": SERVER, **settings}, ssh=False, **lab) as fleet:
        with_data(folder, **{name: {"swimctl": {"distribution": dict(said)}} for name, said in (data or {}).items()})
        with Context(folder / "config.yaml").open() as opened:
            yield run_all(fleet, opened, options)


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """Run all cases in one batch, up to the copy."""
    singles = default_fleet(EIGHT * len(CASES))[::EIGHT]
    names = {case: spec.name for case, spec in zip(CASES, singles, strict=True)}
    fleet = [
        replace(spec, faults=(parse_fault(case.fault),) if case.fault else ())
        for case, spec in zip(CASES.values(), singles, strict=True)
    ]
    settings = {"workers": len(CASES), "distribution": {"minimum_rate": 0.001}}
    said = {names[case]: CASES[case].said for case in CASES}
    with done(tmp_path_factory.mktemp("pull"), settings, data=said, fleet=fleet) as result:
        require_outcomes_are_true(result)
        yield Tried(result, names)


one_lab = pytest.mark.xdist_group("pull")


def test_a_whole_upgrade_whose_device_fetches_the_image(tmp_path: Path) -> None:
    with done(tmp_path, {"distribution": {"transport": "pull"}}, JobOptions()) as result:
        job = result.jobs["sw1"]
        assert_true(result.lab, job)
        assert job.status is JobStatus.SUCCESS, job.error
        assert [url.rpartition("/")[2] for url in urls(result, "sw1")] == [REACH, IMAGE]
        assert "the device fetches the image" in told(result, job, "progress")
        assert (job.bytes_done, job.bytes_total) == (result.opened.store.image(job.image_id).size,) * 2
        ticket = urls(result, "sw1")[-1].split("/")[3]
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    # The lab writes down what its devices were sent; nothing of swimctl's has the ticket, or a long piece of it.
    assert [path.name for path, content in kept.items() if ticket[:9].encode() in content] == [COMMAND_LOG]
    transcript = next(content.decode() for path, content in kept.items() if path.name == "transcript.log")
    assert f"/********/{IMAGE} flash:{IMAGE}" in transcript
    assert "bytes copied in" in transcript


@pytest.mark.parametrize("platform", FETCHING)
def test_a_device_of_each_system_that_fetches_is_upgraded(tmp_path: Path, platform: str) -> None:
    fleet = FLEETS[platform]
    spec = fleet.make("sw1", version=fleet.old, **fleet.partner)
    served = dict(SERVER)
    if platform == BY_HTTPS:
        cert, key = self_signed(tmp_path)
        served |= {"tls_cert": cert.name, "tls_key": key.name}  # as they stand beside config.yaml
    settings = {"image_server": served, "distribution": {"transport": "pull"}}
    with lab_folder(tmp_path, fleet=[spec], settings=settings, ssh=False) as lab:
        said: dict[str, Any] = {"swimctl": {"distribution": dict(FETCHING[platform])}}
        if fleet.partner:
            said["redundancy_group"] = "sw1"  # its partner is no device of this lab
        with_data(tmp_path, sw1=said)
        with Context(tmp_path / "config.yaml").open() as opened:
            made = opened.service.trigger(ask(opened, image=fleet.image))
            opened.engine.run(made.batch, made.jobs, threading.Event())
            job = opened.store.job(made.jobs[0].id)
        assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED), job.error
        assert really_of(lab.switch("sw1"), fleet.target, len(lab.reloads("sw1"))) is Outcome.UPGRADED
        scheme = "https://" if platform == BY_HTTPS else "http://"
        fetched = [line for line in lab.commands("sw1") if scheme in line]
        assert len(fetched) == 2
        assert fleet.image in fetched[-1]
        shown = (tmp_path / "jobs" / "1" / "transcript.log").read_text(encoding="utf-8")
        assert fetched[-1].partition(scheme)[2].split("/")[1] not in shown


@one_lab
@pytest.mark.parametrize("case", ["unreachable", "refused"])
def test_by_day_a_device_that_must_fetch_and_cannot_is_refused(tried: Tried, case: str) -> None:
    why = tried.failed(case)
    assert f"image server: seen {tried.names[case]} did not come to http://127.0.0.1:" in why
    assert "next: the way from the device to it" in why
    assert tried.fetches(case) == [REACH]


@one_lab
@pytest.mark.parametrize("case", ["unreachable, auto", "refused, auto"])
def test_where_it_is_left_to_us_such_a_device_is_pushed_to_and_told_why(tried: Tried, case: str) -> None:
    tried.require_copied(case)
    (why,) = tried.told(case, "transport")
    assert why.startswith(f"the image is pushed: {tried.names[case]} did not come to http://127.0.0.1:")
    assert tried.fetches(case) == [REACH, REACH]


@one_lab
def test_a_device_that_tries_longer_than_a_command_may_take_is_no_worse_than_one_that_gives_up(tried: Tried) -> None:
    assert "image server: seen 'copy http://" in tried.failed("hangs")
    tried.require_copied("hangs, auto")
    (why,) = tried.told("hangs, auto", "transport")
    assert why.startswith("the image is pushed: 'copy http://")
    assert "did not end within" in why


@one_lab
def test_where_it_is_left_to_us_a_device_that_reaches_us_fetches_it(tried: Tried) -> None:
    tried.require_copied("well, auto")
    assert tried.told("well, auto", "transport") == [REACHES]
    assert tried.fetches("well, auto") == [REACH, REACH, IMAGE]
    assert REACH not in tried.flash("well, auto")


@one_lab
def test_a_copy_that_is_cut_each_time_leaves_nothing(tried: Tried) -> None:
    assert f"did not fetch {IMAGE}: it says '%Error reading http://127.0.0.1:" in tried.failed("cut")
    assert tried.fetches("cut") == [REACH, IMAGE, IMAGE]


@one_lab
def test_where_it_is_left_to_us_a_copy_that_is_cut_is_followed_by_a_push(tried: Tried) -> None:
    tried.require_copied("cut, auto")
    assert [why.partition(":")[0] for why in tried.told("cut, auto", "transport")] == [REACHES, "the image is pushed"]
    assert tried.fetches("cut, auto") == [REACH, REACH, IMAGE]


@one_lab
def test_one_wrong_byte_is_seen_by_the_devices_own_hash(tried: Tried) -> None:
    tried.require_copied("wrong byte")
    assert "its sha512 is" in " ".join(tried.told("wrong byte", "wrong"))
    assert tried.fetches("wrong byte") == [REACH, IMAGE, IMAGE]


@one_lab
def test_a_slow_flash_is_waited_for(tried: Tried) -> None:
    tried.require_copied("slow")
    assert tried.fetches("slow") == [REACH, IMAGE]


@one_lab
def test_a_session_that_is_lost_in_the_copy_says_nothing_of_it(tried: Tried) -> None:
    tried.require_copied("lost session")
    assert "the session ended in the copy, which may continue" in tried.told("lost session", "session")
    assert tried.fetches("lost session") == [REACH, IMAGE]


@one_lab
def test_ios_cannot_be_told_a_vrf(tried: Tried) -> None:
    assert "takes no VRF (Mgmt-vrf); next: `ip http client source-interface`" in tried.failed("vrf")
    assert tried.fetches("vrf") == []


@one_lab
def test_what_the_inventory_says_of_a_device_goes_before_the_settings(tried: Tried) -> None:
    tried.require_copied("address")
    assert all(url.startswith("http://localhost:") for url in urls(tried.result, tried.names["address"]))
    assert tried.fetches("address") == [REACH, IMAGE]


@one_lab
def test_where_nobody_says_anything_the_image_is_pushed(tried: Tried) -> None:
    tried.require_copied("pushed")
    assert tried.fetches("pushed") == []
    assert tried.told("pushed", "transport") == []


def test_a_copy_that_stands_still_is_given_up(tmp_path: Path) -> None:
    # A second, also of life: a deadline that short is not stretched for a busy machine.
    settings = {"distribution": {"transport": "auto"}, "image_server": {**SERVER, "stall": 1}}
    with done(tmp_path, settings, faults={"sw1": ["pull-fails:stalls"]}, speed=100) as result:
        job = result.jobs["sw1"]
        assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UNTOUCHED), job.error
        (why,) = told(result, job, "copy")
        assert f"the copy of {IMAGE} stood still: the device took no byte after" in why


def test_a_stop_in_the_middle_of_a_copy_is_obeyed_and_the_job_taken_up(tmp_path: Path) -> None:
    settings = {"image_server": SERVER, "distribution": {"transport": "pull"}}
    with (
        lab_folder(tmp_path, settings=settings, ssh=False, transfer=4_000) as lab,
        Context(tmp_path / "config.yaml").open() as opened,
    ):
        stop = threading.Event()
        made = opened.service.trigger(ask(opened, options=ONLY_COPIED))
        run = threading.Thread(target=lambda: opened.engine.run(made.batch, made.jobs, stop))
        run.start()
        while not opened.store.job(made.jobs[0].id).bytes_done:
            time.sleep(0.01)
        stop.set()
        run.join()
        job = opened.store.job(made.jobs[0].id)
        assert job.status not in {JobStatus.SUCCESS, JobStatus.FAILED}, job.error
        assert 0 < job.bytes_done < job.bytes_total
        opened.engine.resume([job], threading.Event())
        job = opened.store.job(job.id)
        assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UNTOUCHED), job.error
        assert _told_to_fetch(lab, "sw1") == [REACH, IMAGE, IMAGE]


def test_more_devices_fetch_than_may_talk_and_all_end_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As if each copy took so long that the device has asked all that it asks.
    monkeypatch.setattr(pausing, "_TOGETHER", 0.0)
    settings = {"image_server": SERVER, "distribution": {"transport": "pull"}, "workers": 2, "under_way": 6}
    lost = {"sw6": ["drop-session-at:copy"]}
    with (
        lab_folder(tmp_path, settings=settings, devices=6, ssh=False, transfer=1_500, faults=lost) as lab,
        Context(tmp_path / "config.yaml").open() as opened,
    ):
        made = opened.service.trigger(ask(opened, options=ONLY_COPIED))
        run = threading.Thread(target=lambda: opened.engine.run(made.batch, made.jobs, threading.Event()))
        run.start()
        most = 0
        while run.is_alive():
            jobs = opened.store.jobs(batch_id=made.batch.id)
            most = max(most, sum(0 < job.bytes_done < job.bytes_total for job in jobs))
            time.sleep(0.01)
        run.join()
        jobs = opened.store.jobs(batch_id=made.batch.id)
        assert most == 6, "of two threads, none is held by a device that fetches"
        assert [(job.status, job.outcome, job.error) for job in jobs] == [
            (JobStatus.SUCCESS, Outcome.UNTOUCHED, None)
        ] * 6
        for job in jobs:
            first, *images = _told_to_fetch(lab, job.device_name)
            assert (first, len(images)) == (REACH, 1), job.device_name


def test_a_stop_reaches_those_that_are_left_alone_and_they_are_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pausing, "_TOGETHER", 0.0)
    settings = {"image_server": SERVER, "distribution": {"transport": "pull"}, "workers": 2}
    with (
        lab_folder(tmp_path, settings=settings, devices=2, ssh=False, transfer=4_000) as lab,
        Context(tmp_path / "config.yaml").open() as opened,
    ):
        stop = threading.Event()
        made = opened.service.trigger(ask(opened, options=ONLY_COPIED))
        run = threading.Thread(target=lambda: opened.engine.run(made.batch, made.jobs, stop))
        run.start()
        while not all(job.bytes_done for job in opened.store.jobs(batch_id=made.batch.id)):
            time.sleep(0.01)
        stop.set()
        run.join()
        jobs = opened.store.jobs(batch_id=made.batch.id)
        assert not {job.status for job in jobs} & {JobStatus.SUCCESS, JobStatus.FAILED}, [job.error for job in jobs]
        assert all(0 < job.bytes_done < job.bytes_total for job in jobs)
        opened.engine.resume(jobs, threading.Event())
        jobs = opened.store.jobs(batch_id=made.batch.id)
        assert [(job.status, job.error) for job in jobs] == [(JobStatus.SUCCESS, None)] * 2
        assert all(IMAGE in lab.switch(job.device_name).flash(1).files for job in jobs)


def _told_to_fetch(lab: LabFleet, name: str) -> list[str]:
    return [line.rpartition("/")[2].partition(" ")[0] for line in lab.commands(name) if "http://" in line]


def test_a_flash_that_is_full(tmp_path: Path) -> None:
    # A workflow without a readiness check, which would not let it come to this.
    settings = {"distribution": {"transport": "pull"}, "workflows": {"copy": {"steps": ["distribution"]}}}
    with done(tmp_path, settings, JobOptions(workflow="copy", activate=False), free=1_000_000) as result:
        job = result.jobs["sw1"]
        assert job.status is JobStatus.FAILED
        assert "(Not enough space on device)" in (job.error or "")
        assert IMAGE not in result.lab.switch("sw1").flash(1).files


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = {"image_server": {**SERVER, "port": taken.getsockname()[1]}}
        said = {"sw1": {"transport": "pull"}, "sw2": {"transport": "auto"}}
        with done(tmp_path, settings, data=said, devices=2) as result:
            must, may = result.jobs["sw1"], result.jobs["sw2"]
            assert "the image server cannot listen on 127.0.0.1" in (must.error or "")
            assert must.outcome is Outcome.UNTOUCHED
            assert may.status is JobStatus.SUCCESS, may.error
            assert "cannot listen" in " ".join(told(result, may, "transport"))


def test_the_plan_says_by_day_what_a_job_would_meet_by_night(tmp_path: Path) -> None:
    settings = {"distribution": {"transport": "pull"}, "image_server": SERVER}
    faults = {"sw1": ["pull-fails:unreachable"]}
    with (
        lab_folder(tmp_path, faults=faults, devices=2, settings=settings, ssh=False) as lab,
        Context(tmp_path / "config.yaml").open() as opened,
    ):
        image = next(image for image in opened.store.images() if image.filename == IMAGE)
        no, yes = (opened.engine.check(device, image, JobOptions()) for device in opened.inventory.devices)
        assert [finding.rule for finding in no.refused] == ["image server"]
        assert yes.ready
        assert "image server" in {finding.rule for finding in yes.findings}
        assert {line.rpartition("/")[2] for line in lab.commands("sw2") if line.startswith("copy")} <= {
            f"{REACH} flash:{REACH}"
        }
