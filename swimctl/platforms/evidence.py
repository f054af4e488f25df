"""What is decided after the point of no return, and in which words of its own a system proves each decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Decision(StrEnum):
    """The decisions that no single output may make; `steps/evidence.py` makes them."""

    WHO = "who answers"
    NEW_BOOT = "is it a new boot"
    RELEASE = "which release runs on each member"
    UNCOMMITTED = "is it uncommitted"
    MAY_COMMIT = "may it be committed"
    COMMITTED = "is it committed"
    WENT_BACK = "did the way back work"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The commands that a driver reads for a decision, in backquotes; `second` is empty where it has only one."""

    first: str
    second: str = ""


def read_by(
    *, who: str, boot: str, release: str, state: str, compared: str, commit: str = "", instead: str = ""
) -> Mapping[Decision, Evidence]:
    """Return the rows of a driver that reads each of these by the same commands for every decision.

    `who` has its serial numbers, `boot` tells since when it runs, `release` what each member runs, `state` where the
    image stands, `compared` what is held against the time before; `commit` is the command whose own word counts, empty
    where none is sent. `instead` are the commands that tell what runs, and since when, where `boot` cannot be read.
    """
    restart = f"the restart that {boot} prints, or another release"
    return {
        Decision.WHO: Evidence(f"the serial numbers of {who}", "the host name of the prompt"),
        Decision.NEW_BOOT: Evidence(f"the uptime of {boot}", "; ".join(filter(None, (restart, instead)))),
        Decision.RELEASE: Evidence(release, instead),
        Decision.UNCOMMITTED: Evidence(state, "the record of the job"),
        Decision.MAY_COMMIT: Evidence(f"{release}; {state}; {compared}", release),
        Decision.COMMITTED: Evidence(state, f"the answer to {commit}, and {release}" if commit else ""),
        Decision.WENT_BACK: Evidence(release, state),
    }


def with_models(
    printed: Mapping[Decision, Evidence], boot: str, release: str, state: str, *, by: str = "NETCONF "
) -> Mapping[Decision, Evidence]:
    """Return the rows of a driver that reads models too, where a device offers them: they come first, and must agree.

    `boot`, `release` and `state` name what of the models tells what the commands of `read_by` tell, `by` the way to
    them; empty where they are outputs that come as data.
    """
    models = {
        Decision.NEW_BOOT: boot,
        Decision.RELEASE: release,
        Decision.UNCOMMITTED: state,
        Decision.MAY_COMMIT: f"{release}; {state}",
        Decision.COMMITTED: state,
        Decision.WENT_BACK: release,
    }
    return {**printed} | {
        decision: Evidence(
            f"{by}{model} (if the device offers it), together with {printed[decision].first}",
            "; ".join(filter(None, ("whichever of both can be read", printed[decision].second))),
        )
        for decision, model in models.items()
    }
