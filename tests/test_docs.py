"""The documentation says every setting and every error code, with the values that the code has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import errors_page
import evidence_page
import forms_page
import pytest
import support_matrix
from pydantic import BaseModel

from swimctl.config.settings import Settings
from swimctl.platforms import PLATFORM_NAMES, commands_of
from swimctl.platforms.base import Support
from swimctl.platforms.evidence import Decision
from swimctl.states import JobStatus, StepStatus
from swimctl.steps.evidence import RULES

DOCS = Path(__file__).parent.parent / "docs"


def settings(section: type[BaseModel], prefix: str = "swimctl.") -> Iterator[tuple[str, str, str]]:
    for name, field in section.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            yield from settings(type(default), f"{prefix}{name}.")
        else:
            shown = "none" if default in (None, {}) else f"{default:g}" if isinstance(default, float) else str(default)
            yield f"{prefix}{name}", shown.lower() if isinstance(default, bool) else shown, field.description or ""


@pytest.mark.parametrize("setting", list(settings(Settings)), ids=lambda one: one[0])
def test_every_setting_is_documented(setting: tuple[str, str, str]) -> None:
    name, default, description = setting
    assert description or name == "swimctl.workflows"
    assert f"| `{name}` | {default} | {description}" in (DOCS / "settings.md").read_text(encoding="utf-8")


def test_no_setting_is_documented_that_does_not_exist() -> None:
    rows = [line for line in (DOCS / "settings.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert len(rows) == len(list(settings(Settings)))


def test_the_page_of_errors_says_what_explain_says() -> None:
    said = errors_page.PAGE.read_text(encoding="utf-8")
    assert said == errors_page.page(), "write it anew: python tests/errors_page.py"
    assert [error.code for error in errors_page.every_error() if f"\n### {error.code}\n" not in said] == []


def test_error_codes_are_stable_and_unique() -> None:
    codes = [error.code for error in errors_page.every_error()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("status", [*JobStatus, *StepStatus])
def test_every_state_is_documented(status: str) -> None:
    assert f"`{status}`" in (DOCS / "states.md").read_text(encoding="utf-8")


def test_the_page_of_platforms_says_what_the_drivers_say() -> None:
    assert support_matrix.PAGE.read_text(encoding="utf-8") == support_matrix.page(), (
        "write it anew: python tests/support_matrix.py"
    )
    assert {platform for platform, _ in support_matrix.supported()} == set(PLATFORM_NAMES)


def test_the_page_of_evidence_says_what_steps_and_drivers_say() -> None:
    assert evidence_page.PAGE.read_text(encoding="utf-8") == evidence_page.page(), (
        "write it anew: python tests/evidence_page.py"
    )


def test_the_page_of_forms_says_what_lab_and_tests_say() -> None:
    assert forms_page.PAGE.read_text(encoding="utf-8") == forms_page.page(), "write it anew: python tests/forms_page.py"


def test_a_parser_of_what_one_source_alone_shows_says_so() -> None:
    lone = [(platform, command) for platform in forms_page.PLATFORMS for command in forms_page.lone_of(platform)]
    parsers = {each: commands_of(each[0]).find(each[1]).parser for each in lone}
    assert [each for each, parser in parsers.items() if "ne source only" not in (parser.__doc__ or "")] == []


@pytest.mark.parametrize("support", [each for _, each in support_matrix.supported()], ids=lambda each: each.name)
def test_every_driver_names_its_evidence_for_every_decision(support: Support) -> None:
    assert set(support.evidence) == set(Decision) == set(RULES)
    assert all("`" in found.first for found in support.evidence.values())
    # What is sent must be provable in words other than its own.
    second = support.evidence[Decision.COMMITTED].second.removeprefix("whichever of both can be read")
    assert bool(second) is bool(support.commit)
