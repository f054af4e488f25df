"""What the pages show: all of it as text, whatever a device has printed, and nothing of the server itself."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from support.api_client import OPERATOR, Api, answering, many_jobs, opened
from support.projects import Project
from support.stores import StandingClock
from web.visitor import Visitor

from swimctl.campaigns.rule import Rule
from swimctl.errors import ConfigError
from swimctl.inventory.selection import Selection
from swimctl.models import Outcome
from swimctl.requests.service import NOBODY
from swimctl.states import JobStatus, StepStatus
from swimctl.store import Runner
from swimctl.web import add_pages, visit
from swimctl.web.site import PAGES
from swimctl.web.visit import HEADERS

EVIL = """<script>alert(1)</script>"><img src=x onerror=alert(2)> \u202egnp.exe {{ 7*7 }} </textarea></pre>"""
ODD = ("ber/1/sw1", "/sw1", "sw 1", "sw%2F1", "sw?1#2")


@pytest.fixture
def runner(api: Api) -> Iterator[Runner]:
    with api.store.register_runner() as registered:
        yield registered


def under_way(api: Api, runner: Runner, message: str = "copying") -> str:
    """Make a batch of three: one runs, one has failed, one waits."""
    batch = str(api.trigger("sw1", "sw2", "sw3", ticket="CHG-7", comment="for the new supervisor")["batch_id"])
    for job in (1, 2):
        assert api.store.claim(job, runner)
        api.store.step(job, runner, "readiness", StepStatus.RUNNING)
        api.store.say(job, runner, message)
    api.store.step(2, runner, "readiness", StepStatus.FAILED, message)
    api.store.move(2, runner, JobStatus.FAILED, f"not enough room: {message}", outcome=Outcome.UNTOUCHED)
    return batch


def test_the_first_page_has_each_batch_with_how_its_jobs_stand(api: Api, runner: Runner, reader: Visitor) -> None:
    assert "No batch yet" in reader.see("/")
    batch = under_way(api, runner)
    page = reader.see("/")
    assert f'href="/batches/{batch}"' in page
    assert all(word in page for word in ("CHG-7", api.store.image(1).version, OPERATOR, ">running<"))
    assert re.search(r'aria-label="1 failed, 1 distributing, 1 pending"', page)


def test_more_batches_than_a_page_has_are_on_the_next(api: Api, reader: Visitor) -> None:
    made = [many_jobs(api, count)[0].batch_id for count in range(1, 28)]
    first = reader.see("/")
    older = re.search(r'href="(/\?skip=25)">Older', first)
    assert older is not None
    second = reader.see(older[1])
    assert [sum(f'/batches/{batch}"' in page for batch in made) for page in (first, second)] == [25, 2]
    assert 'href="/?skip=0">Newer' in second


def test_a_batch_shows_first_what_needs_a_person(api: Api, runner: Runner, reader: Visitor) -> None:
    page = reader.see(f"/batches/{under_way(api, runner)}")
    places = [page.index(f">{title} ") for title in ("Needs a look", "Under way", "Waiting")]
    assert places == sorted(places)
    assert "not enough room: copying" in page
    assert "is untouched" in page
    assert "Readiness Check: copying" in page
    assert 'value="0"' in page


def test_a_thousand_jobs_that_are_alike_are_one_line(api: Api, reader: Visitor) -> None:
    batch = many_jobs(api, 1000)[0].batch_id
    page = reader.see(f"/batches/{batch}")
    assert "<b>1000 devices</b>" in page
    assert len(page.encode()) < 100_000
    assert '<a href="?of=waiting&amp;skip=500">and 500 more</a>' in page
    names = set(re.findall(r'href="(/jobs/[0-9]+)"', page))
    path = "?of=waiting&skip=500"
    for _ in range(5):  # 100 on each
        page = reader.see(f"/batches/{batch}{path}")
        names |= set(re.findall(r'href="(/jobs/[0-9]+)"', page))
        following = re.search(r'href="([^"]+)">\d+ more<', page)
        path = unescape(following[1]) if following else ""
    assert (len(names), path) == (1000, ""), "each of them can be reached"
    assert 'href="?of=waiting&amp;skip=800">900 before' in page


def test_no_page_is_rendered_in_the_loop_that_answers_others(
    api: Api, reader: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    render = visit.Unrendered.render

    def noted(page: visit.Unrendered) -> str:
        seen.append(threading.current_thread().name)
        return render(page)

    monkeypatch.setattr(visit.Unrendered, "render", noted)
    batch = many_jobs(api, 1000)[0].batch_id
    for path in ("/", f"/batches/{batch}", "/devices", "/images", "/jobs/1"):
        reader.see(path)
    assert len(seen) == 5
    assert all(name.startswith("api_") for name in seen), seen


def test_a_device_with_a_slash_in_its_name_has_a_page_to_which_its_links_lead(
    project: Project, clock: StandingClock
) -> None:
    hosts = "".join(f"{name!r}: {{platform: panos}}\n" for name in ODD)  # what is no switch may be called as it likes
    with opened(project, clock, hosts) as api, answering(api.backend, add_pages) as api.address:
        visitor = Visitor(api)
        visitor.sign_in(OPERATOR)
        links = re.findall(r'href="(/devices/[^"]+)"', visitor.see("/devices"))
        assert len(links) == len(ODD)
        titles = {re.search(r"<h1>(.*?) <span", visitor.see(unescape(link)))[1] for link in links}  # type: ignore[index]
        assert titles == set(ODD)


def test_a_thousand_that_failed_each_otherwise_are_folded_and_can_be_seen(
    api: Api, runner: Runner, reader: Visitor
) -> None:
    jobs = many_jobs(api, 130)
    for job in jobs:
        assert api.store.claim(job.id, runner)
        api.store.move(job.id, runner, JobStatus.FAILED, f"reason {job.id}", outcome=Outcome.UNTOUCHED)
    page = reader.see(f"/batches/{jobs[0].batch_id}")
    assert page.count("reason ") == 100
    assert 'href="?of=trouble&amp;skip=100">30 more' in page
    rest = reader.see(f"/batches/{jobs[0].batch_id}?of=trouble&skip=100")
    assert rest.count("reason ") == 30
    assert 'href="?of=trouble&amp;skip=0">100 before' in rest
    assert reader.see(f"/batches/{jobs[0].batch_id}?of=trouble&skip=9999").count("reason ") == 0


def test_a_job_shows_its_steps_its_events_and_what_was_typed(api: Api, runner: Runner, reader: Visitor) -> None:
    batch = under_way(api, runner)
    folder = api.backend.service.jobs_dir / "1"
    folder.mkdir(parents=True)
    (folder / "transcript.log").write_text(
        "----- 2031-05-04T12:00:00Z step: Readiness Check\nsw1#show version\nCisco IOS\n"
        "----- 2031-05-04T12:01:00Z step: Distribution\nsw1#copy\n"
    )
    page = reader.see("/jobs/1")
    assert f'href="/batches/{batch}"' in page
    assert all(word in page for word in ("Readiness Check", "running", "copying", "claimed"))
    assert "<span>Readiness Check running</span>" in page, "an event says of which step it is"
    assert page.count(">transcript</a>") == 1, "a step that did not begin has none"
    whole = reader.see("/jobs/1/transcript")
    assert "sw1#show version" in whole
    assert "sw1#copy" in whole
    assert "sw1#show version" not in reader.see("/jobs/1/transcript?step=distribution")
    assert "Cisco IOS" in reader.see("/jobs/1/transcript?q=cisco")
    assert "No line fits" in reader.see("/jobs/1/transcript?q=juniper")
    gone = reader.ask("GET", "/jobs/2/transcript")
    assert gone.status == 404
    assert b"has no transcript" in gone.body
    assert str(api.project.folder).encode() not in gone.body


def test_folders_are_taken_out_of_texts_and_links_stay(api: Api, runner: Runner, reader: Visitor) -> None:
    api.backend.folders.add(["/images", "/jobs", "/srv/j\u00f6rg & co"])
    under_way(api, runner, "/images/x.bin and /srv/j\u00f6rg & co/y.bin")
    page = reader.see("/jobs/1")
    assert "x.bin and y.bin" in page
    assert "/x.bin" not in page
    assert all(f'<a href="{path}"' in page for path in ("/", "/devices", "/images"))
    assert 'href="/jobs/2"' in reader.see("/?q=sw2")


def test_what_somebody_looks_for_is_found_by_device_and_by_ticket(api: Api, runner: Runner, reader: Visitor) -> None:
    under_way(api, runner)
    assert 'href="/jobs/2"' in reader.see("/?q=sw2")
    assert "not enough room: copying" in reader.see("/?q=sw2"), "and why it failed"
    assert "not enough room: copying" in reader.see("/devices/sw2")
    assert 'href="/jobs/1"' not in reader.see("/?q=sw2")
    assert 'href="/jobs/3"' in reader.see("/?q=CHG-7")
    assert "No job of a device" in reader.see("/?q=nothing")


def test_devices_show_what_they_run_against_their_golden_release(api: Api, reader: Visitor) -> None:
    device = api.backend.inventory.device("sw1")
    api.store.saw(device.id, "17.09.04a", {"1": "17.09.04a"}, "", by="scan", serials=("FOC1",))
    page = reader.see("/devices")
    assert f"17.09.04a → {api.store.image(1).version}" in page
    assert "never asked" in page
    assert "sw2" not in reader.see("/devices?status=other%20release")
    assert "<th>Model</th>" in reader.see("/devices?by=model")
    one = reader.see("/devices/sw1")
    assert all(word in one for word in ("17.09.04a", "other release", "scan"))
    assert reader.ask("GET", "/devices/nobody").status == 404
    assert "cat9k_iosxe.17.12.04.SPA.bin" in reader.see("/images")


def test_nothing_that_a_device_or_a_person_writes_becomes_markup(api: Api, runner: Runner, operator: Visitor) -> None:
    batch = api.trigger("sw1", "sw2", "sw3", ticket=EVIL, comment=EVIL)["batch_id"]
    for job in (1, 2):
        assert api.store.claim(job, runner)
        api.store.step(job, runner, "readiness", StepStatus.RUNNING)
        api.store.say(job, runner, EVIL)
    api.store.move(2, runner, JobStatus.FAILED, EVIL, outcome=Outcome.UNTOUCHED)
    api.store.saw(api.backend.inventory.device("sw1").id, EVIL, {EVIL: EVIL}, EVIL, by="scan", serials=())
    folder = api.backend.service.jobs_dir / "1"
    folder.mkdir(parents=True)
    (folder / "transcript.log").write_text(EVIL)
    pages = ["/", "/?q=" + "%3Cscript%3Ealert(1)", f"/batches/{batch}", "/jobs/1", "/jobs/2", "/jobs/1/transcript",
             "/jobs/1/transcript?q=%22%3E%3Cscript%3E", "/devices", "/devices/sw1", "/devices?q=%3Cscript%3E",
             "/plan?devices=%3C/textarea%3E%3Cscript%3E"]  # fmt: skip
    seen = [operator.see(path) for path in pages]
    seen.append(operator.ask("GET", "/batches/%3Cscript%3Ealert(1)%3C%2Fscript%3E").body.decode())
    for page in seen:
        assert "<script>" not in page
        assert "<img" not in page
        assert "\u202e" not in page
    assert any("&lt;script&gt;" in page for page in seen)


@pytest.mark.parametrize("page", [one for one in PAGES if one.method == "GET"], ids=lambda one: one.path)
def test_each_page_lets_nothing_in_from_elsewhere(page: object, api: Api, operator: Visitor, runner: Runner) -> None:
    batch = under_way(api, runner)
    api.backend.campaigns.create("sw1", Rule(Selection(all=True), "22:00-04:00@UTC"), NOBODY)
    path = re.sub(r"{name(:.+)?}", "sw1", page.path.replace("{batch}", batch).replace("{job}", "1"))  # type: ignore[attr-defined]
    answer = operator.ask("HEAD", path)
    assert {name: answer.headers[name.lower()] for name in HEADERS} == HEADERS
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "server" not in answer.headers
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_nothing_in_a_page_has_its_own_style_or_script(api: Api, operator: Visitor, runner: Runner) -> None:
    batch = under_way(api, runner)
    for path in ("/", f"/batches/{batch}", "/jobs/2", "/devices", "/images", "/plan", "/sign-in"):
        page = operator.see(path)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script>", page), path
        assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*', page) == []


def test_files_are_kept_by_browsers_as_long_as_they_are_the_same(operator: Visitor, stranger: Visitor) -> None:
    names = re.findall(r"/static/[a-z.]+\?v=[0-9a-f]{12}", operator.see("/"))
    assert len(names) == 3
    weight = 0
    for name in names:
        answer = stranger.ask("GET", name)
        assert answer.status == 200
        assert "immutable" in answer.headers["cache-control"]
        weight += len(answer.body)
    assert weight < 40_000
    for name in ("nothing.css", "..%2f..%2fmodels.py", "%2e%2e", ".hidden", "a" * 300, "%00"):
        assert stranger.ask("GET", f"/static/{name}").status == 404


def test_a_mistake_in_the_file_of_dates_is_no_mistake_of_who_looks(
    api: Api, reader: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ConfigError("/etc/dates/ends.yaml: the first entry has no platform")

    monkeypatch.setattr(type(api.backend.service), "compliance", refuse)
    for path in ("/devices", "/devices/sw1"):
        answer = reader.ask("GET", path)
        assert answer.status == 503
        assert b"has a mistake" in answer.body
        assert b"/etc/dates" not in answer.body


def test_a_page_that_is_not_there_says_so(operator: Visitor) -> None:
    for path in ("/batches/abcdef", "/jobs/77", "/jobs/x", "/jobs/99999999999999999999", "/devices/x"):
        answer = operator.ask("GET", path)
        assert answer.status == 404, path
        assert answer.headers["content-type"].startswith("text/html")
    assert operator.ask("POST", "/batches/abcdef/explode", {}).status == 403


def test_times_have_their_moment_for_every_zone(api: Api, runner: Runner, reader: Visitor) -> None:
    page = reader.see(f"/batches/{under_way(api, runner)}")
    assert 'datetime="2031-05-04T12:00:00+00:00"' in page
    api.clock.forward(timedelta(hours=2).total_seconds())
    assert "2 h" in reader.see("/")


def test_the_report_of_a_batch_is_a_file_to_keep(api: Api, runner: Runner, reader: Visitor) -> None:
    batch = under_way(api, runner, EVIL)
    assert f'href="/batches/{batch}/report"' in reader.see(f"/batches/{batch}")
    answer = reader.ask("GET", f"/batches/{batch}/report")
    assert answer.status == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="report-{batch[:8]}.html"'
    assert b"CHG-7" in answer.body
    assert b"<script>" not in answer.body
    assert reader.ask("GET", "/batches/nothing/report").status == 404
