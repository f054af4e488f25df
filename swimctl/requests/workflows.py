"""A workflow as people choose it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from swimctl.config.flows import Flow
from swimctl.states import step_name


@dataclass(frozen=True, slots=True)
class WorkflowInfo:
    """A workflow; `kinds` are of its steps, `steps` the names that people read."""

    id: int
    name: str
    description: str
    flow: Flow

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return under what each of its steps stands in a job."""
        return self.flow.kinds

    @property
    def steps(self) -> tuple[str, ...]:
        """Return the names of its steps in their order."""
        return tuple(map(step_name, self.kinds))

    def document(self) -> dict[str, object]:
        """Write it for a machine."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "steps": list(self.steps),
            "does": [does for _, does in self.told],
        }

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """Return the name of each step, and what it does where it is not swimctl's."""
        return self.flow.told or tuple((name, "") for name in self.steps)
