"""Jobs whose devices fetch the image from a relay of their site: once over the WAN, and each way to fail."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fleets.every import FLEETS
from support.certificates import self_signed
from support.copies import EIGHT, IMAGE, SERVER, Copies, require_outcomes_are_true, run_all, told
from support.oracle import assert_true, really_of
from support.relays import TOKEN, RunningRelay, running_relay
from support.upgrades import lab_folder, with_data
from support.upgrades import request as ask

from swimctl.cli.context import Context
from swimctl.cli.plan import looked_at, show
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.faults import parse_fault
from swimctl.models import Image, Outcome
from swimctl.relays.shelf import Kept
from swimctl.states import JobStatus
from swimctl.tls import tls_context

PUSHED = "the image is pushed"
CASES = ("well", "well, too", "nobody there", "wrong token", "no room", "wrong file", "cut", "not reached", "then pull")


def said(relay: RunningRelay | str, **more: Any) -> dict[str, Any]:
    """Return what an inventory says of a relay."""
    url = relay if isinstance(relay, str) else relay.relay.url
    return {"swimctl": {"distribution": {"relay": {"url": url, "token": {"env": "RELAY_TOKEN"}, **more}}}}


def holding(relay: RunningRelay, image: Image, content: bytes) -> None:
    """Have a relay take these bytes for an image that it has read, as one does whose disk went bad since."""
    shelf = relay.server.shelf
    shelf.path(image.sha512).write_bytes(content)
    kept = shelf._kept[image.sha512] = Kept(image.sha512, image.size, image.size, ready=True)
    kept.seen = shelf._mark(image.sha512)


@contextmanager
def secret() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RELAY_TOKEN", TOKEN)
        patch.setenv("WRONG_TOKEN", "another-token-of-a-site")
        yield


@dataclass(frozen=True)
class Tried(Copies):
    """What became of each case, with the lab still up."""

    relays: Mapping[str, RunningRelay]
    folder: Path

    def copied(self, case: str) -> list[str]:
        """Hold that the image is there and verified, and return what the job says of its relay."""
        self.require_copied(case)
        return self.told(case, "relay")

    def fetches(self, case: str) -> list[str]:
        """Return what the switch was told to fetch, and from where: of the relay, or of another."""
        relay = self.relays.get(case)
        lines = [line.split()[1] for line in self.result.sent(self.names[case], "copy http")]
        at = "nowhere" if relay is None else relay.relay.url
        return [f"{'relay' if url.startswith(at) else 'other'} {url.rpartition('/')[2]}" for url in lines]


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """Run all cases in one batch, up to the copy."""
    folder = tmp_path_factory.mktemp("relay")
    singles = default_fleet(EIGHT * len(CASES))[::EIGHT]
    names = {case: spec.name for case, spec in zip(CASES, singles, strict=True)}
    fleet = [
        replace(spec, faults=(parse_fault("pull-fails:unreachable"),)) if spec.name == names["not reached"] else spec
        for spec in singles
    ]
    settings = {"image_server": SERVER, "workers": len(fleet), "distribution": {"minimum_rate": 0.001}}
    with (
        secret(),
        lab_folder(folder, fleet=fleet, settings=settings, ssh=False) as lab,
        ExitStack() as stack,
        Context(folder / "config.yaml").open() as opened,
        socket.socket() as nobody,
    ):
        nobody.bind(("127.0.0.1", 0))
        (image,) = [each for each in opened.store.images() if each.filename == IMAGE]
        content = image.path.read_bytes()
        well, small, wrong, cut = (
            stack.enter_context(running_relay(folder / name, most=most))
            for name, most in (("well", 10**9), ("small", 10), ("wrong", 10**9), ("cut", 10**9))
        )
        holding(wrong, image, content[:-1] + bytes([content[-1] ^ 1]))
        holding(cut, image, content[: len(content) // 2])
        data = {
            "well": said(well, address="localhost"),
            "well, too": said(well),
            "nobody there": said(f"http://127.0.0.1:{nobody.getsockname()[1]}"),
            "wrong token": said(well, token={"env": "WRONG_TOKEN"}),
            "no room": said(small),
            "wrong file": said(wrong),
            "cut": said(cut),
            "not reached": said(well),
            "then pull": said(small),
        }
        data["then pull"]["swimctl"]["distribution"]["transport"] = "auto"
        with_data(folder, **{names[case]: more for case, more in data.items()})
        with Context(folder / "config.yaml").open() as again:
            result = run_all(lab, again)
            require_outcomes_are_true(result)
            relays = {
                "well": well,
                "well, too": well,
                "wrong file": wrong,
                "cut": cut,
                "not reached": well,
                "then pull": small,
            }
            yield Tried(result, names, relays, folder)


one_lab = pytest.mark.xdist_group("relay")


@one_lab
def test_devices_of_a_site_get_the_image_from_its_relay_which_fetched_it_once(tried: Tried) -> None:
    relay = tried.relays["well"]
    size = tried.result.opened.store.image(tried.job("well").image_id).size
    for case in ("well", "well, too"):
        assert all(line.endswith("has the image, its hash verified") for line in tried.copied(case))
        assert f"the device fetches the image from the relay {relay.relay.url}" in told(
            tried.result, tried.job(case), "progress"
        )
    assert tried.fetches("well, too") == ["relay swimctl-reach", f"relay {IMAGE}"]
    assert relay.server.shelf.fetched == size
    assert relay.server.sent == 2 * size


@one_lab
def test_devices_find_it_where_the_inventory_says(tried: Tried) -> None:
    lines = tried.result.sent(tried.names["well"], "copy http")
    assert [line.split(":")[1] for line in lines] == ["//localhost"] * 2


@one_lab
@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("nobody there", "does not answer: Connection refused"),
        ("wrong token", "refuses: it is signed with another token than the relay's"),
        ("no room", "does not get the image: there is no room on the relay: the image has"),
        ("wrong file", f"failed: {IMAGE} from there is wrong: its sha512 is"),
        ("cut", "it says '%Error reading http://"),
        ("not reached", "it says '%Error opening http://"),
    ],
)
def test_a_relay_that_fails_is_named_with_why_and_the_next_way_is_taken(tried: Tried, case: str, why: str) -> None:
    line = tried.copied(case)[-1]
    assert line.startswith("the relay http://127.0.0.1:")
    assert why in line
    assert line.endswith(f"; next: {PUSHED}")
    assert tried.fetches(case).count(f"relay {IMAGE}") == (case in tried.relays)


@one_lab
def test_a_relay_whose_file_was_wrong_reads_it_again(tried: Tried) -> None:
    job = tried.job("wrong file")
    assert "its sha512 is" in " ".join(told(tried.result, job, "wrong"))
    (kept,) = tried.relays["wrong file"].server.shelf._kept.values()
    assert kept.seen == ()


@one_lab
def test_behind_the_relay_comes_what_transport_says(tried: Tried) -> None:
    assert tried.copied("then pull")[-1].endswith("; next: the device fetches the image from swimctl")
    assert tried.fetches("then pull") == ["relay swimctl-reach", "other swimctl-reach", f"other {IMAGE}"]


@one_lab
def test_no_record_has_the_token_or_a_ticket(tried: Tried) -> None:
    tickets = {line.split("/")[3] for line in tried.result.sent(tried.names["well, too"], "copy http")}
    kept = [path for path in (tried.folder / "jobs").rglob("*") if path.is_file()]
    assert kept
    for path in (*kept, tried.folder / "swimctl.db"):
        content = path.read_bytes()
        assert [word for word in (TOKEN, *tickets) if word.encode() in content] == [], path


@pytest.mark.prove
@pytest.mark.parametrize("platform", ["cisco_nxos", "arista_eos", "cisco_xr", "juniper_junos"])
def test_a_device_of_each_system_is_upgraded_from_a_relay(tmp_path: Path, platform: str) -> None:
    fleet = FLEETS[platform]
    spec = fleet.make("sw1", version=fleet.old, **fleet.partner)
    cert, key = self_signed(tmp_path)
    with (
        secret(),
        lab_folder(tmp_path, fleet=[spec], settings={"image_server": SERVER}, ssh=False) as lab,
        running_relay(tmp_path / "relay", tls=tls_context(cert, key)) as relay,
    ):
        data = said(relay, trust=cert.name)
        if fleet.partner:
            data["redundancy_group"] = "sw1"  # its partner is no device of this lab
        with_data(tmp_path, sw1=data)
        with Context(tmp_path / "config.yaml").open() as opened:
            made = opened.service.trigger(ask(opened, image=fleet.image))
            opened.engine.run(made.batch, made.jobs, threading.Event())
            job = opened.store.job(made.jobs[0].id)
            assert [each.message for each in opened.store.events(job.id) if each.kind in {"copy", "source"}] == []
        assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED), job.error
        assert really_of(lab.switch("sw1"), fleet.target, len(lab.reloads("sw1"))) is Outcome.UPGRADED
        assert relay.server.sent == relay.server.shelf.fetched


def test_the_plan_shows_that_the_device_reaches_its_relay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with secret(), lab_folder(tmp_path, ssh=False), running_relay(tmp_path / "relay") as relay:
        with_data(tmp_path, sw1=said(relay))
        context = Context(tmp_path / "config.yaml", json=True)
        for seen in (f"the device reaches {relay.relay.url}", "it is not reached: the relay "):
            with context.open() as opened:
                assert show(context, looked_at(context, opened, opened.service.plan(ask(opened)))) == 0
            assert seen in capsys.readouterr().out
            if relay._thread.is_alive():
                relay.die()
        assert list((tmp_path / "relay").iterdir()) == [], "a plan moves no image"


@pytest.mark.prove
def test_a_whole_upgrade_from_a_relay_that_gets_no_byte_more(tmp_path: Path) -> None:
    settings = {"image_server": {**SERVER, "stall": 1}}
    with (
        secret(),
        lab_folder(tmp_path, settings=settings, ssh=False, speed=100) as lab,
        running_relay(tmp_path / "relay") as relay,
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.MonkeyPatch.context() as patch,
    ):
        # What the relay asks never answers.
        place = f"http://127.0.0.1:{silent.getsockname()[1]}/a"
        want = relay.server.shelf.want
        patch.setattr(relay.server.shelf, "want", lambda sha512, size, _: want(sha512, size, place))
        with_data(tmp_path, sw1=said(relay))
        with Context(tmp_path / "config.yaml").open() as opened:
            made = opened.service.trigger(ask(opened))
            opened.engine.run(made.batch, made.jobs, threading.Event())
            job = opened.store.job(made.jobs[0].id)
            (line,) = [each.message for each in opened.store.events(job.id) if each.kind == "relay"]
        assert_true(lab, job)
        assert job.status is JobStatus.SUCCESS, job.error
        assert "does not get the image: 0 of" in line
        assert "no other came within 1s" in line
