"""`show ap image`, and how far an access point is with an image: never has it whose status or partition says else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from platforms.material import sample
from support.scripted_steps import IMAGE, PATCH

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.models import Image
from swimctl.platforms.cisco_xe.access_points import PREDOWNLOAD, Controller, able, is_controller, standing
from swimctl.platforms.cisco_xe.facts import ApImage
from swimctl.platforms.cisco_xe.parsers.access_points import parse_show_ap_image
from swimctl.platforms.cisco_xe.reading import Reading
from swimctl.platforms.facts import Loading, SoftwareVersion

IDLE, UNDER_WAY = sample("show_ap_image/idle"), sample("show_ap_image/under_way")
HAS, LOADS, FAILED, CANNOT, NOT = Loading.HAS, Loading.LOADS, Loading.FAILED, Loading.CANNOT, Loading.NOT
GIVEN, STALE, NO_VERSION = "17.12.4.22", "17.9.4.27", ".".join("0000")
ROW = ApImage("a", "17.9.5.51", GIVEN, "Complete", GIVEN)
OTHER = replace(ROW, name="b")


def test_the_rows_are_read_with_their_words() -> None:
    rows = parse_show_ap_image(UNDER_WAY)
    assert rows[0] == ApImage("hall-ap-1", "17.9.5.51", GIVEN, "Complete", GIVEN)
    assert rows[4] == ApImage("hall-ap-5", "17.9.5.51", STALE, "Not Supported", NO_VERSION)
    assert [row.status for row in parse_show_ap_image(IDLE)] == ["None"] * 3


def test_older_controllers_have_no_last_column() -> None:
    text = "\n".join(line.removesuffix("Method").removesuffix("N/A").rstrip() for line in IDLE.splitlines())
    assert parse_show_ap_image(f"{text}\n") == parse_show_ap_image(IDLE)


def test_none_may_be_joined() -> None:
    assert parse_show_ap_image("Total number of APs  : 0\n") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (IDLE.replace(": 3\n\n", ": 4\n\n"), "it counts 4 access points, and 3 rows"),
        (IDLE.replace("hall-ap-2", "hall-ap-1"), "3 rows of 2 names"),
        (IDLE.replace("8.10.185.3", "        "), "it counts 3 access points, and 2 rows"),
        (IDLE[: IDLE.index("hall-ap-2")], "it counts 3 access points, and 1 rows"),
        (IDLE.replace("Total number of APs  : 3", ""), "it does not tell how many"),
    ],
)
def test_a_table_that_is_not_whole_is_refused(text: str, words: str) -> None:
    with pytest.raises(UnparsableOutput, match=words):
        parse_show_ap_image(text)


def test_a_table_under_way() -> None:
    assert [each.loading for each in standing(parse_show_ap_image(UNDER_WAY), IMAGE)] == [
        HAS, LOADS, LOADS, FAILED, CANNOT,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "loading"),
    [
        (ROW, HAS),
        (replace(ROW, status="completed"), HAS),
        # It lies, or speaks of an earlier one.
        (replace(ROW, backup=STALE), NOT),
        (replace(ROW, version=STALE, backup=STALE), NOT),
        (replace(ROW, version="17.12.4.40", backup="17.12.4.40"), NOT),
        (replace(ROW, version="17.9.5.51", backup="17.9.5.51"), NOT),
        # A word that nobody knows is never complete.
        *((replace(ROW, status=word), NOT) for word in ("Verifying", "Complet", "Incomplete", "Pending", "N/A")),
        (replace(ROW, status="Predownloading"), LOADS),
        (replace(ROW, status="Failed"), FAILED),
        (replace(ROW, status="Unsupported"), CANNOT),
        # One that loads nothing, as it has what the others are given.
        (replace(ROW, status="None", version=NO_VERSION), HAS),
        (replace(ROW, status="None", version=NO_VERSION, backup="17.12.4.40"), NOT),
    ],
)
def test_it_has_it_where_status_and_partition_agree_on_what_the_others_are_given(
    row: ApImage, loading: Loading
) -> None:
    there = {each.name: each.loading for each in standing([row, OTHER, replace(OTHER, name="c")], IMAGE)}
    assert there["a"] is loading
    assert there["b"] is there["c"]
    assert there["b"] is (NOT if row.version == "17.12.4.40" else HAS)


@pytest.mark.parametrize(
    ("running", "version", "loading"),
    [
        ("17.9.5.51", "17.12.04", HAS),
        # Which rebuild it is, three numbers do not tell.
        ("17.9.5.51", "17.12.04a", NOT),
        ("17.12.4.10", "17.12.04", NOT),
        ("17.12.4.22", "17.12.04", NOT),
        ("17.9.5.51", "17.12.03", NOT),
        ("17.9.5.51", "odd", NOT),
    ],
)
def test_one_that_has_it_from_before_needs_no_command(running: str, version: str, loading: Loading) -> None:
    row = ApImage("a", running, GIVEN, "None", NO_VERSION)
    assert standing([row], replace(IMAGE, version=version))[0].loading is loading


def test_a_rebuild_is_that_which_the_controller_gives() -> None:
    rebuilt = replace(IMAGE, version="17.12.04a")
    assert standing([replace(ROW, running="17.12.4.10")], rebuilt)[0].loading is HAS


@pytest.mark.parametrize(
    ("rows", "staged", "ok", "seen"),
    [
        ([], True, True, "0 joined"),
        ([ROW, OTHER], True, True, "2 joined"),
        ([replace(ROW, status="Predownloading")], True, True, "1 joined"),
        ([replace(ROW, status="Initiated", version=STALE)], True, False, f"another release (a: {STALE})"),
        ([ROW], False, False, "1 joined, one-shot mode"),
    ],
)
def test_the_rule_of_the_readiness_check(rows: list[ApImage], staged: bool, ok: bool, seen: str) -> None:
    finding = able(rows, IMAGE, staged=staged)
    assert finding.ok is ok
    assert seen in finding.seen
    assert ok or "swimctl.access_points.predownload: false" in finding.next_command


class Typed:
    """A session of a device that prints one thing; `heard` are the lines."""

    def __init__(self, text: str) -> None:
        self.text, self.heard = text, list[str]()

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        assert deadline
        assert not quiet
        self.heard.append(command)
        return self.text


def controller(text: str, *, model: str = "C9800-40-K9", on: bool = True) -> tuple[Controller, Typed]:
    session = Typed(text)
    settings = Settings.model_validate({"access_points": {"predownload": on}})
    version = SoftwareVersion("17.09.05", model=model, serial="X", uptime=1000, mode="INSTALL")
    return Controller(Reading(session, settings, version), staged=True), session  # type: ignore[arg-type] # enough of one


@pytest.mark.parametrize(
    ("fields", "image", "asked"),
    [
        ({}, IMAGE, True),
        ({"on": False}, IMAGE, False),
        ({"model": "C9300-48P"}, IMAGE, False),
        ({}, PATCH, False),
    ],
)
def test_a_device_is_asked_where_it_is_a_controller_and_somebody_wants_it(
    fields: dict[str, str], image: Image, asked: bool
) -> None:
    own, session = controller(IDLE, **fields)  # type: ignore[arg-type] # as its parameters
    assert [each.seen for each in own.check(image)] == (["3 joined"] if asked else [])
    assert session.heard == (["show ap image"] if asked else [])


def test_only_a_refusal_of_the_command_says_anything() -> None:
    for text in ("", "\n", "Predownload of 3 APs has begun\n"):
        own, session = controller(text)
        assert own.predownload().outcome.succeeded is None
        assert session.heard == [PREDOWNLOAD]
    with pytest.raises(CommandRefused, match="Invalid input"):
        controller("% Invalid input detected at '^' marker.\n")[0].predownload()


@pytest.mark.parametrize(
    ("model", "so"),
    [("C9800-CL-K9", True), ("C9800-L-F-K9", True), ("C9300-48P", False), ("C9115AXI-E", False), (None, False)],
)
def test_which_models_are_controllers(model: str | None, so: bool) -> None:
    assert is_controller(model) is so
