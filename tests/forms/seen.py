"""How a file of this folder says which forms were seen of an output, and where."""

from __future__ import annotations

from swimctl.lab.forms import Form, Output


def of(folder: str, names: str) -> tuple[str, ...]:
    """Return the paths of captures in one folder; `names` has blanks between them."""
    return tuple(f"{folder}/{name}" for name in names.split())


def seen(name: str, shows: str, *sources: tuple[str, ...]) -> Form[None]:
    """Make a form that the parsers read; `shows` is a regular expression that finds it, empty: no capture shows it."""
    return Form(name, None, tuple(source for each in sources for source in each), shows)


def output(command: str, part: str, *forms: Form[None]) -> Output[None]:
    """Make an output, or a part of it, that the lab prints in a form of its own or not at all."""
    return Output(command, part, forms)
