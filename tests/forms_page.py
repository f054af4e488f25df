"""The forms of each output, on what each is modelled, and what the lab prints: docs/forms.md.

`python tests/forms_page.py` writes the page anew.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from forms.every import PLATFORMS, is_capture, is_on_the_way, of_lab, outputs
from support_matrix import supported

from swimctl.lab.forms import Form, Output

PAGE = Path(__file__).parent.parent / "docs" / "forms.md"
_HEAD = """\
# Forms of outputs

`show version` looks different from device to device. It depends on the release, the model, and the parts of the device.
Each of these variants is a *form*. This page lists the forms that swimctl can read, with their sources.
`python tests/forms_page.py` writes this page.

- **A source** is a capture of a device's output, with its path below `captures`, or a public document.
- **Captures in tests.** The tests prove three things: each capture shows the form that is listed here, the parser reads
  it, and every capture of an output that leads to a commit is listed.
- **In the lab.** A lab device has one form of each output, by its name and release. After an upgrade it may print
  another one, as real devices do. If the last column says "no", the lab prints what the device's model and state need,
  or nothing.

Does your device print another form? Please send it: `swimctl device capture NAME --out DIR` ([how](captures.md)).
"""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _sources(form: Form[object]) -> str:
    captures = [source.rpartition("/") for source in form.sources if is_capture(source)]
    shown = [
        f"`{folder}`: {', '.join(name for _, _, name in group)}"
        for folder, group in groupby(captures, lambda each: each[0])
    ]
    return "; ".join([*shown, *(source for source in form.sources if not is_capture(source))])


def _lab(platform: str, output: Output[object], form: Form[object]) -> str:
    if not of_lab(platform, output):
        return "no"
    return "only in a test" if form.named_only else "yes"


def _table(platform: str, chosen: list[Output[object]]) -> list[str]:
    rows = [
        f"| `{_cell(output.command)}` | {_cell(output.part)} | {_cell(form.name)} | {_cell(_sources(form))} "
        f"| {_lab(platform, output, form)} |"
        for output in chosen
        for form in output.forms
    ]
    return ["| output | part | form | sources | in the lab |", "|---|---|---|---|---|", *rows, ""]


def sources_of(platform: str, command: str) -> set[str]:
    """Return all sources of an output."""
    return {
        source
        for each in outputs(platform)
        if each.command == command
        for form in each.forms
        for source in form.sources
    }


def lone_of(platform: str) -> list[str]:
    """Return the outputs on the way to a commit that one source alone shows."""
    deciding = sorted({each.command for each in outputs(platform) if is_on_the_way(platform, each)})
    return [command for command in deciding if len(sources_of(platform, command)) == 1]


def _of(platform: str) -> list[str]:
    name = next(support.name for where, support in supported() if where == platform).partition(",")[0]
    all_of = sorted(outputs(platform), key=lambda each: each.command)
    deciding = [each for each in all_of if is_on_the_way(platform, each)]
    others = [each for each in all_of if each not in deciding]
    lone = [f"`{command}`" for command in lone_of(platform)]
    return [
        f"## {name}",
        "",
        "Outputs that lead to a commit ([evidence](evidence.md)):",
        "",
        *_table(platform, deciding),
        f"Known from one source only: {', '.join(lone) or 'none'}.",
        "",
        *(["Other outputs:", "", *_table(platform, others)] if others else []),
    ]


def page() -> str:
    """Write docs/forms.md."""
    return "\n".join([_HEAD, *(line for platform in PLATFORMS for line in _of(platform))])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
