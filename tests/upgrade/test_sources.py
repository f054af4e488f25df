"""Jobs whose devices fetch the image from servers of the user's own: the first that works, and each way to fail."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fleets.every import FLEETS
from support.copies import EIGHT, IMAGE, ONLY_COPIED, SERVER, Copies, require_outcomes_are_true, run_all, told
from support.file_server import Served, serving
from support.ftp_server import serving_ftp
from support.oracle import assert_true, really_of
from support.upgrades import lab_folder, with_data
from support.upgrades import request as ask

from swimctl.cli.context import Context
from swimctl.cli.plan import looked_at, show
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.folder import COMMAND_LOG
from swimctl.models import Outcome
from swimctl.platforms import signs_in
from swimctl.states import JobStatus

USER, PASSWORD = "fetcher", "S3cret/of:images?"
PUSHED = "the image is pushed"
CASES = 16
_ACCOUNT = re.compile("//[^/]*@")


class Bed:
    """Servers of the user's own, each with what is wrong with it."""

    def __init__(self, content: bytes, name: str, stack: ExitStack) -> None:
        self.content, self.name, self.stack = content, name, stack
        self.go_on = threading.Event()
        # Before the servers end, which wait for what they still serve.
        self.well = self.serve()

    def serve(self, content: bytes | None = None, **how: Any) -> Served:
        return self.stack.enter_context(serving(self.name, self.content if content is None else content, **how))

    def ftp(self, folder: str = "", **how: Any) -> dict[str, Any]:
        """Return a source at an FTP server, with an account that is let in unless that is said otherwise."""
        account = how.pop("account", f"{USER}:{PASSWORD}")
        server = self.stack.enter_context(serving_ftp(self.name, self.content, account=account, **how))
        return {"url": f"{server.folder}{folder}", "username": USER, "password": {"env": "IMAGES_PW"}}

    def nobody(self, scheme: str = "http") -> str:
        """Return the URL of a folder at which nobody listens."""
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            return f"{scheme}://127.0.0.1:{nobody.getsockname()[1]}/"


@dataclass(frozen=True)
class Tried(Copies):
    """What became of each case, with the lab still up; `listed` are the sources of each."""

    listed: Mapping[str, list[Any]]
    folder: Path

    def copied(self, case: str) -> list[str]:
        """Hold that the image is there and verified, and return what the job says of its sources."""
        self.require_copied(case)
        return self.told(case, "source")

    def places(self, case: str) -> list[str]:
        """Return the folders from which the switch was told to fetch, in order."""
        lines = [line for line in self.result.sent(self.names[case], "copy ") if "://" in line]
        return [_ACCOUNT.sub("//", line.split()[1].rpartition("/")[0] + "/") for line in lines]


def listed(bed: Bed) -> dict[str, list[Any]]:
    """Return the sources of each case; the one that works is the last, where one does."""
    well, content = bed.well.folder, bed.content
    wrong = content[:-1] + bytes([content[-1] ^ 1])
    return {
        "well": [well, bed.nobody()],
        "unreachable": [bed.nobody(), well],
        "no such file": [f"{well}nowhere/", well],
        "wrong hash": [bed.serve(wrong).folder, well],
        "wrong size": [bed.serve(content + b"more").folder, well],
        "cut": [bed.serve(sent=len(content) // 2).folder, well],
        "refused": [
            {"url": bed.serve(account="somebody:else").folder, "username": USER, "password": {"env": "IMAGES_PW"}},
            {"url": bed.serve(account=f"{USER}:{PASSWORD}").folder, "username": USER, "password": {"env": "IMAGES_PW"}},
        ],
        "all fail": [bed.nobody(), f"{well}nowhere/"],
        "then swimctl": [bed.nobody(), "swimctl"],
        "then a push": [bed.nobody(), "push"],
        "swimctl first": ["swimctl", well],
        "ftp": [bed.ftp(), bed.nobody()],
        "ftp, unreachable": [bed.nobody("ftp"), well],
        "ftp, no such file": [bed.ftp("nowhere/"), well],
        "ftp, cut": [bed.ftp(sent=len(content) // 2), well],
        "ftp, refused": [bed.ftp(account="somebody:else"), well],
    }


@contextmanager
def secret() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMAGES_PW", PASSWORD)
        yield


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """Run all cases in one batch, up to the copy."""
    folder = tmp_path_factory.mktemp("sources")
    singles = default_fleet(EIGHT * CASES)[::EIGHT]
    settings = {"image_server": SERVER, "workers": len(singles), "distribution": {"minimum_rate": 0.001}}
    with (
        secret(),
        lab_folder(folder, fleet=singles, settings=settings, ssh=False) as lab,
        ExitStack() as stack,
        Context(folder / "config.yaml").open() as opened,
    ):
        (image,) = [each for each in opened.store.images() if each.filename == IMAGE]
        bed = Bed(image.path.read_bytes(), IMAGE, stack)
        cases = listed(bed)
        names = {case: spec.name for case, spec in zip(cases, singles, strict=True)}
        said = {names[case]: {"swimctl": {"distribution": {"sources": cases[case]}}} for case in cases}
        with_data(folder, **said)
        with Context(folder / "config.yaml").open() as again:
            result = run_all(lab, again)
            require_outcomes_are_true(result)
            yield Tried(result, names, cases, folder)


one_lab = pytest.mark.xdist_group("sources")


@one_lab
def test_the_first_source_is_taken_and_nothing_said_against_it(tried: Tried) -> None:
    assert tried.copied("well") == []
    assert tried.places("well") == tried.listed["well"][:1]
    assert f"the device fetches the image from {tried.listed['well'][0]}" in told(
        tried.result, tried.job("well"), "progress"
    )


@one_lab
@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("unreachable", "it says '%Error opening"),
        ("no such file", "(No such file or directory)'"),
        ("wrong hash", f"{IMAGE} from there is wrong: its sha512 is"),
        ("wrong size", f"{IMAGE} from there is wrong: it has"),
        ("cut", "it says '%Error reading"),
        ("ftp, unreachable", "it says '%Error opening ftp://"),
        ("ftp, no such file", "(No such file or directory)'"),
        ("ftp, cut", "it says '%Error reading ftp://"),
        ("ftp, refused", "it says '%Error opening ftp://"),
    ],
)
def test_a_source_that_fails_is_named_with_why_and_the_next_is_taken(tried: Tried, case: str, why: str) -> None:
    (said,) = tried.copied(case)
    first, second = (each["url"] if isinstance(each, dict) else each for each in tried.listed[case])
    assert said.startswith(f"{first} failed: ")
    assert why in said
    assert said.endswith(f"; next: the device fetches the image from {second}")
    assert tried.places(case) == [first, second]


@one_lab
def test_an_ftp_server_is_a_source_as_any_other(tried: Tried) -> None:
    assert tried.copied("ftp") == []
    assert tried.places("ftp") == [tried.listed["ftp"][0]["url"]]


@one_lab
def test_who_is_refused_at_one_source_signs_in_at_the_next_and_no_record_has_the_password(tried: Tried) -> None:
    (said,) = tried.copied("refused")
    first, second = tried.listed["refused"]
    assert said.startswith(f"{first['url']} failed: ")
    assert said.endswith(second["url"])
    quoted = "S3cret%2Fof%3Aimages%3F"
    having = {
        path.name
        for path in tried.folder.rglob("*")
        if path.is_file() and any(each.encode() in path.read_bytes() for each in (PASSWORD, quoted, PASSWORD[:9]))
    }
    # The lab writes down what its devices were sent.
    assert having == {COMMAND_LOG}


@one_lab
def test_behind_a_list_comes_what_transport_says_which_is_a_push(tried: Tried) -> None:
    first, second = tried.copied("all fail")
    assert first.endswith(f"; next: the device fetches the image from {tried.listed['all fail'][1]}")
    assert second.endswith(f"; next: {PUSHED}")


@one_lab
def test_a_list_may_end_with_swimctl_itself(tried: Tried) -> None:
    (said,) = tried.copied("then swimctl")
    assert said.endswith("; next: the device fetches the image from swimctl")
    assert len(tried.places("then swimctl")) == 2


@one_lab
def test_a_list_may_end_with_a_push(tried: Tried) -> None:
    (said,) = tried.copied("then a push")
    assert said.endswith(f"; next: {PUSHED}")
    assert tried.places("then a push") == tried.listed["then a push"][:1]


@one_lab
def test_swimctl_may_be_the_first_of_a_list(tried: Tried) -> None:
    assert tried.copied("swimctl first") == []
    assert told(tried.result, tried.job("swimctl first"), "transport") == [
        "the device reaches the image server and fetches the image"
    ]


@pytest.mark.parametrize(
    ("platform", "serve"),
    [
        *((platform, serving) for platform in ("cisco_nxos", "cisco_xr")),
        *((platform, serving_ftp) for platform in ("arista_eos", "juniper_junos")),
        # IOS takes both as IOS-XE does above.
        *(pytest.param("cisco_ios", serve, marks=pytest.mark.prove) for serve in (serving, serving_ftp)),
        *(pytest.param(name, serving, marks=pytest.mark.prove) for name in ("arista_eos", "juniper_junos")),
        *(pytest.param(name, serving_ftp, marks=pytest.mark.prove) for name in ("cisco_nxos", "cisco_xr")),
    ],
)
def test_a_device_of_each_system_passes_over_a_source_that_has_no_such_file(
    tmp_path: Path, platform: str, serve: Callable[..., AbstractContextManager[Served]]
) -> None:
    fleet = FLEETS[platform]
    spec = fleet.make("sw1", version=fleet.old, **fleet.partner)
    scheme = "ftp" if serve is serving_ftp else "http"
    account = f"{USER}:{PASSWORD}" if scheme in signs_in(platform) else ""
    with (
        secret(),
        lab_folder(tmp_path, fleet=[spec], settings={"image_server": SERVER}, ssh=False) as lab,
        Context(tmp_path / "config.yaml").open() as opened,
    ):
        (image,) = [each for each in opened.store.images() if each.filename == fleet.image]
        with serve(fleet.image, image.path.read_bytes(), account=account) as server:
            good: Any = {"url": server.folder, "username": USER, "password": {"env": "IMAGES_PW"}}
            sources = [f"{server.folder}nowhere/", good if account else server.folder]
            said: dict[str, Any] = {"swimctl": {"distribution": {"sources": sources}}}
            if fleet.partner:
                said["redundancy_group"] = "sw1"  # its partner is no device of this lab
            with_data(tmp_path, sw1=said)
            with Context(tmp_path / "config.yaml").open() as again:
                made = again.service.trigger(ask(again, image=fleet.image))
                again.engine.run(made.batch, made.jobs, threading.Event())
                job = again.store.job(made.jobs[0].id)
                (failed,) = [each.message for each in again.store.events(job.id) if each.kind == "source"]
        assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED), job.error
        assert really_of(lab.switch("sw1"), fleet.target, len(lab.reloads("sw1"))) is Outcome.UPGRADED
        assert failed.startswith(f"{server.folder}nowhere/ failed: sw1 did not fetch {fleet.image}: it says ")
        assert server.asked[-1] == f"/{fleet.image}"


def test_a_whole_upgrade_from_a_source_that_stands_still_and_one_that_works(tmp_path: Path) -> None:
    settings = {"image_server": {**SERVER, "stall": 1}}
    with (
        lab_folder(tmp_path, settings=settings, ssh=False, speed=100) as lab,
        Context(tmp_path / "config.yaml").open() as opened,
        ExitStack() as stack,
    ):
        (image,) = [each for each in opened.store.images() if each.filename == IMAGE]
        bed = Bed(image.path.read_bytes(), IMAGE, stack)
        stalls = bed.serve(sent=image.size // 2, stalls=bed.go_on)
        stack.callback(bed.go_on.set)
        with_data(tmp_path, sw1={"swimctl": {"distribution": {"sources": [stalls.folder, bed.well.folder]}}})
        with Context(tmp_path / "config.yaml").open() as again:
            made = again.service.trigger(ask(again))
            again.engine.run(made.batch, made.jobs, threading.Event())
            job = again.store.job(made.jobs[0].id)
            (said,) = [each.message for each in again.store.events(job.id) if each.kind == "source"]
        assert_true(lab, job)
        assert job.status is JobStatus.SUCCESS, job.error
        assert f"stood still: the device took no byte after {image.size // 2} within" in said


def test_by_day_a_source_that_a_system_cannot_take_is_refused_with_its_name(tmp_path: Path) -> None:
    fleet = FLEETS["juniper_junos"]
    spec = fleet.make("sw1", version=fleet.old)
    source = {"url": "sftp://images.example/junos", "username": USER, "password": {"env": "IMAGES_PW"}}
    with secret(), lab_folder(tmp_path, fleet=[spec], ssh=False):
        with_data(tmp_path, sw1={"swimctl": {"distribution": {"sources": [source, "push"]}}})
        with Context(tmp_path / "config.yaml").open() as opened:
            made = opened.service.trigger(ask(opened, image=fleet.image, options=ONLY_COPIED))
            opened.engine.run(made.batch, made.jobs, threading.Event())
            job = opened.store.job(made.jobs[0].id)
    assert job.status is JobStatus.FAILED
    assert "image sources: seen sftp://images.example/junos/: the copy command of juniper_junos takes" in (
        job.error or ""
    )
    assert "not sftp" in (job.error or "")


def test_the_plan_shows_from_where_the_image_would_come(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with lab_folder(tmp_path, ssh=False):
        with_data(tmp_path, sw1={"swimctl": {"distribution": {"sources": ["https://images.example/ios"]}}})
        context = Context(tmp_path / "config.yaml")
        with context.open() as opened:
            assert show(context, looked_at(context, opened, opened.service.plan(ask(opened)))) == 0
    said = capsys.readouterr().out
    assert "\thttps://images.example/ios/\t" in said
    assert " wan=0 " in said
