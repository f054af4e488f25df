"""Check the workflows of a file, without anything else that a configuration needs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from swimctl import yaml_file
from swimctl.config.explain import explain
from swimctl.config.flow_rules import places
from swimctl.config.own_steps import Call, Own, Script
from swimctl.config.reading import load, where, workflow_problems
from swimctl.config.section import Section
from swimctl.config.settings import Workflow
from swimctl.config.workflows import read_flow
from swimctl.errors import ConfigError


class _Alone(Section):
    """A file that has workflows, and nothing else."""

    workflows: dict[str, Workflow]


@dataclass(frozen=True, slots=True)
class Checked:
    """The names of workflows in which nothing is wrong, and what is not there on this machine."""

    path: Path
    names: tuple[str, ...]
    warnings: tuple[str, ...]


def checked(path: Path) -> Checked:
    """Check a config.yaml, or a file with `workflows:` alone. ConfigError: what is wrong, a line for each."""
    path = path.expanduser().absolute()
    document = yaml_file.read(path, ConfigError, "name a file with workflows")
    if isinstance(document, dict) and set(document) == {"workflows"}:
        found = _alone(path, document)
    else:
        found = load(path).settings.workflows
    return Checked(path, tuple(found), tuple(_warnings(path, found)))


def _alone(path: Path, document: Mapping[str, object]) -> Mapping[str, Workflow]:
    try:
        found = _Alone.model_validate(document).workflows
    except ValidationError as problems:
        lines = [
            f"{where(path, problem['loc'])}: {explain(_Alone, problem, problem['loc'])}"
            for problem in problems.errors(include_url=False)
        ]
        raise ConfigError("\n".join(lines)) from None
    if wrong := workflow_problems(path, found, ("workflows",)):
        raise ConfigError("\n".join(wrong))
    return found


def _warnings(path: Path, workflows: Mapping[str, Workflow]) -> Iterator[str]:
    for name, workflow in workflows.items():
        for step in read_flow(workflow)[0].own:
            yield from (f"{name}, step {step.name!r}: {missing}" for missing in _missing(step, path.parent))


def _missing(step: Own, folder: Path) -> Iterator[str]:
    """Yield what a step needs and this machine does not have; where the jobs run, it may be there."""
    for kind, said in [item for each in getattr(step, "secrets", {}).values() for item in each.items()]:
        if kind == "env" and said not in os.environ:
            yield f"the environment has no {said} here"
        if kind == "file" and not (folder / Path(str(said)).expanduser()).is_file():
            yield f"there is no file {said} here"
    if isinstance(step, Script) and not places(step.run[0]):
        program = step.run[0]
        there = shutil.which(program) if "/" not in program else shutil.which(str(folder / program))
        if there is None:
            yield f"there is no program {program} here that you may run"
    if isinstance(step, Call) and step.ca is not None and not (folder / step.ca).is_file():
        yield f"there is no file {step.ca} here"
