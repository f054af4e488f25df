"""The forms of a report: each is whole by itself, says the same, and obeys nothing that a device said."""

from __future__ import annotations

import csv
import json
import re
import time
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from support.report_records import BATCH, NEW, OLD, WAIVED, Told, fleet, record

from swimctl.cli.report_screen import screen
from swimctl.models import Outcome
from swimctl.report.documents import facts_digest
from swimctl.report.hiding import told_as
from swimctl.report.markdown import markdown
from swimctl.report.page import page
from swimctl.report.plain_forms import as_json, junit, table
from swimctl.report.sealing import read_seal
from swimctl.waivers import Waiver

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "]]><x/>",
    "--><script>alert(1)</script><!--",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "next: `<script>alert(1)</script>` and ` <img src=x>",
    "\x1b]0;owned\x07\x1b[2J",
    "\u202egnp.exe",
    "\x00\x0b\ufffe\ud800",
    "=HYPERLINK(1)",
)
LOST = Told(
    "sw9",
    Outcome.ROLLED_BACK,
    "rolled back to 17.09.05: 1 uplinks lost",
    away=2500,
    members=2,
    more=(("not as before", "lost", {"found": [{"finding": "uplink Te1/1/1", "seen": "gone"}]}),),
)
NIGHT = record(Told("sw1"), Told("sw3", members=3, waived=(WAIVED,), transcript="sw3#show version\n"), LOST)


def hostile(text: str) -> Any:
    """Make a record in which a device said this wherever it may say something."""
    found = [{"finding": text, "seen": text}]
    more = (("not as before", text, {"found": found}), ("session", text, {}), ("compared", text, {}))
    waiver = Waiver(text, text, text, text, text)
    return record(Told(f"a{text}", Outcome.ROLLED_BACK, text, waived=(waiver,), more=more, transcript=text), Told(text))


class Tags(HTMLParser):
    """The tags of a page with their attributes, and the text outside of its style."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.comments: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def tags(text: str) -> Tags:
    read = Tags()
    read.feed(text)
    read.close()
    return read


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_device_says_is_text_and_nothing_else(text: str) -> None:
    read, plain = tags(page(hostile(text))), tags(page(hostile("harmless")))
    assert {tag for tag, _ in read.found} == {tag for tag, _ in plain.found}
    assert {name for _, given in read.found for name in given} == {name for _, given in plain.found for name in given}
    assert len(read.comments) == 1, "the seal alone"
    for _, given in read.found:
        for name in ("href", "src"):
            assert (given.get(name) or "#").startswith("#"), "a link leads to a place on this page"


@pytest.mark.parametrize("write", [page, markdown, junit, table, as_json])
@pytest.mark.parametrize("text", HOSTILE)
def test_no_form_has_a_control_character(write: Any, text: str) -> None:
    written = write(hostile(text))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", written)
    written.encode()


@pytest.mark.parametrize("text", HOSTILE)
def test_xml_csv_and_markdown_keep_their_form(text: str) -> None:
    made = hostile(text)
    cases = ET.fromstring(junit(made)).findall(".//testcase")  # noqa: S314 - it is ours
    assert len(cases) == 2
    head, *rows = csv.reader(StringIO(table(made)))
    assert [len(row) for row in rows] == [len(head)] * 2
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert "<script" not in markdown(made).replace("```text", "").partition("What was recorded")[0]


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    written = page(NIGHT)
    read = tags(written)
    policy = next(given["content"] for tag, given in read.found if given.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert not {tag for tag, _ in read.found} & {"script", "link", "img", "iframe", "object", "form"}
    assert not [given for _, given in read.found if "style" in given or any(name.startswith("on") for name in given)]
    assert "http://" not in written
    assert "https://" not in written


def test_the_page_answers_the_questions_that_are_asked() -> None:
    said = " ".join(tags(page(NIGHT)).text.split())
    assert "1 failed; 2 of 3 devices upgraded" in said
    for one in (
        "CHG-1042",
        "anna",
        "bob",
        "rolled back to 17.09.05",
        "41 min 40 s",
        "uplink Te1/1/1",
        "install activate",
    ):
        assert one in said
    assert said.index("Needs attention") < said.index("Timeline") < said.index("Devices") < said.index("Each device")
    assert f"2 {OLD}→{NEW}" in said, "member 2 of the stack"


def test_json_says_all_of_it_and_keeps_the_older_fields() -> None:
    told = json.loads(as_json(NIGHT))
    assert {
        "batch_id",
        "status",
        "exit_code",
        "counts",
        "duration_seconds",
        "jobs",
        "skipped",
        "resume",
        "batch",
    } <= set(told)
    assert told["batch"]["approved_by"] == "bob"
    stack = told["jobs"][1]
    assert stack["members"][1] == {"name": "2", "before": OLD, "after": NEW}
    assert stack["waived"][0]["reason"] == WAIVED.reason
    lost = told["jobs"][2]
    assert (lost["away_seconds"], lost["outages"][0]["exact"]) == (2500.0, True)
    assert lost["result"] == "failed"
    assert list(told)[-1] == "seal"


def test_junit_is_what_ci_reads() -> None:
    suite = ET.fromstring(junit(NIGHT)).find("testsuite")  # noqa: S314 - it is ours
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped")) == (
        "3",
        "1",
        "0",
        "0",
    )
    (failure,) = suite.findall(".//failure")
    assert failure.get("message") == LOST.error
    unknown = record(Told("sw1", Outcome.UNKNOWN, "who knows"))
    (error,) = ET.fromstring(junit(unknown)).findall(".//error")  # noqa: S314 - it is ours
    assert error.get("type") == "unknown"


def test_csv_has_a_line_for_each_device() -> None:
    rows = list(csv.DictReader(StringIO(table(NIGHT))))
    assert [row["device"] for row in rows] == ["sw1", "sw3", "sw9"]
    assert rows[1]["members"] == f"1: {OLD} to {NEW}; 2: {OLD} to {NEW}; 3: {OLD} to {NEW}"
    assert rows[2]["away_seconds"] == "2500.0"


def test_a_terminal_shows_failures_first_on_one_screen() -> None:
    lines = [line.plain for line in screen(NIGHT, 80, 24)]
    assert lines[0] == "1 failed; 2 of 3 devices upgraded"
    first = next(number for number, line in enumerate(lines) if line.startswith("sw9"))
    assert first < next(number for number, line in enumerate(lines) if line.startswith("sw1"))
    assert all(len(line) <= 80 for line in lines)


@pytest.mark.parametrize(("count", "bad"), [(1, 0), (3, 1), (30, 30), (1000, 60), (1000, 0)])
def test_however_many_devices_there_are_one_screen_is_enough(count: int, bad: int) -> None:
    lines = [line.plain for line in screen(fleet(count, bad), 80, 24)]
    assert len(lines) <= 23, "the prompt needs one"
    assert all(len(line) <= 80 for line in lines)
    if bad:
        assert any(line.startswith("access-0001      failed") for line in lines[4:6])
    if count > 20 and bad:
        assert any(line.startswith("and ") and "more: access-00" in line for line in lines)
    if count == 1000:
        assert any("more that succeeded, away for" in line for line in lines)


def test_a_thousand_devices_are_a_page_that_a_browser_opens() -> None:
    written = page(fleet(1000, 60))
    assert len(written) < 4_000_000
    assert "950 more devices" in written


@pytest.mark.parametrize("write", [page, markdown, junit, as_json])
def test_each_form_but_csv_has_a_seal_that_any_change_breaks(write: Any) -> None:
    raw = write(NIGHT).encode()
    seal = read_seal(raw)
    assert seal is not None
    assert seal.whole
    assert (seal.batch, seal.entry, seal.audit) == (NIGHT.batch.id, 17, NIGHT.head.hash)
    for at in range(0, len(raw), max(1, len(raw) // 97)):
        changed = read_seal(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        assert changed is None or not changed.whole, at
        cut = read_seal(raw[:at])
        assert cut is None or not cut.whole, at
        more = read_seal(raw[:at] + b" " + raw[at:])
        assert more is None or not more.whole, at
    longer = read_seal(raw + b"\n")
    assert longer is not None
    assert not longer.whole


@pytest.mark.parametrize("write", [page, markdown, junit, table, as_json])
def test_what_is_left_out_of_a_record_is_in_no_form_whatever_that_makes_of_it(write: Any) -> None:
    odd = "m\u00fcc & <9>"
    told = Told("sw1", Outcome.ROLLED_BACK, f"waits for {odd}", more=(("note", f"{odd}: busy", {odd: [odd]}),))
    whole = record(told, pilots=(("sw1", f"{odd} follows"),))
    written = write(told_as(whole, lambda text, _name: text.replace(odd, "(a device elsewhere)")))
    for way in ("m\u00fcc", "m\\u00fcc", "&lt;9", "<9"):
        assert way not in written
    assert "(a device elsewhere)" in re.sub(r"\\(.)", r"\1", written)
    assert ("\u00fc" in write(whole)) or ("\\u00fc" in write(whole)) or ("&#252;" in write(whole))


def test_words_of_swimctl_itself_and_the_seal_stay_whatever_a_device_is_called() -> None:
    def say(text: str, name: str) -> str:
        return text if name == "comment" else re.sub(r"\b(event|batch|facts|asked|success|activation)\b", "X", text)

    told = told_as(NIGHT, say)
    assert (told.batch.policy.comment, told.decisions, told.counts) == (
        "Winter maintenance",
        NIGHT.decisions,
        NIGHT.counts,
    )
    for write in (page, markdown, junit, as_json):
        seal = read_seal(write(told).encode())
        assert seal is not None
        assert (seal.whole, seal.batch, seal.facts) == (True, NIGHT.batch.id, facts_digest(NIGHT)), write


def test_what_somebody_said_of_a_device_names_no_device_elsewhere() -> None:
    words = ("recheck", "keep, by anna: core9 is down", {"by": "anna", "reason": "core9 is down"})
    whole = record(Told("sw1", more=(words,)))
    assert "core9" in page(whole)
    told = told_as(whole, lambda text, _name: text.replace("core9", "(a device elsewhere)"))
    assert [each.what for each in told.devices[0].decisions] == ["keep, by anna: (a device elsewhere) is down"]
    for write in (page, markdown, junit, table, as_json):
        assert "core9" not in write(told), write


def test_a_report_says_by_which_clock_its_times_and_its_window_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        policy = replace(BATCH.policy, window="22:00-04:00; Sat 22:00-04:00@UTC", zone="America/New_York")
        told = record(Told("sw1"), batch=replace(BATCH, policy=policy))
        for written in (page(told), markdown(told)):
            assert "22:00-04:00@America/New_York; Sat 22:00-04:00@UTC" in written
            assert "2030-12-05 23:00 to 23:17 +01:00" in written
            assert "as a clock shows them that is +01:00 of UTC" in written
        assert json.loads(as_json(told))["batch"]["window"] == "22:00-04:00@America/New_York; Sat 22:00-04:00@UTC"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_markdown_ends_no_cell_and_loads_no_picture_for_a_device() -> None:
    told = Told("sw1", Outcome.ROLLED_BACK, "a\\| b ![x](http://192.0.2.1/seen)")
    written = markdown(record(told))
    assert r"a\\\| b !\[x](http" in written
    assert "![" not in written


def test_a_device_that_prints_a_seal_seals_nothing() -> None:
    false = markdown(NIGHT).splitlines()[-1]
    raw = page(record(Told("sw1", transcript=f"sw1#more flash:x\n{false}\n"))).encode()
    seal = read_seal(raw)
    assert seal is not None
    assert seal.whole
    cut = read_seal(raw[: raw.rindex(b"swimctl-report 1 ")])
    assert cut is None or not cut.whole
