"""Upgrades in service on paper: when they are refused, and what is told of two processors while one restarts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from platforms.cisco_xe.scripted_device import ANY, CHASSIS, IMAGE, INSTALL, PAIR, PATCH, VERSION
from platforms.material import sample
from platforms.scripted_device import Paper, Refused, changed, lacking

from swimctl.config.settings import Activation, Settings
from swimctl.errors import UnparsableOutput
from swimctl.models import JobOptions
from swimctl.platforms.cisco_ios.choice import cisco, install_mode
from swimctl.platforms.cisco_xe.driver import CiscoXe
from swimctl.platforms.driver import ChecksAgain
from swimctl.platforms.facts import Placement
from swimctl.platforms.rules import in_service, kind
from swimctl.platforms.terminal import Answer
from swimctl.sessions.session import Reply

ISSU, STATES, REDUNDANCY = "show issu state detail", "show redundancy states", "show redundancy"
READY, OVER = sample("show_issu_state_detail/ready"), sample("show_issu_state_detail/taken_over")
TALKS = {ISSU: READY, STATES: sample("show_redundancy_states/pair")}
TWO, VIRTUAL = {**CHASSIS, **TALKS}, {**PAIR, **TALKS}


def driver(answers: dict[str, str], mode: str = "staged") -> CiscoXe:
    settings = Settings(activation=Activation.model_validate({"mode": mode}))
    return install_mode(Paper(answers), settings, in_service=True)


@pytest.mark.parametrize("answers", [TWO, VIRTUAL, changed(TWO, (ISSU, READY, sample("show_issu_state_detail/idle")))])
def test_two_that_are_well_pass_every_rule(answers: dict[str, str]) -> None:
    made = driver(answers)
    assert lacking(made.check(ANY, IMAGE, cleanup=False)) == {}
    assert lacking(made.identity(ANY)) == {}
    assert isinstance(made, ChecksAgain)
    assert lacking(made.check_again()) == {}
    assert made.unready() is None
    assert made.running().uptime == (24 + 3) * 3600 + 43 * 60


REFUSED = (
    Refused("in-service upgrade", "SSO Mode: No", "check Yes", ISSU, ((ISSU, "SSO Mode                            Yes",
        "SSO Mode                            No"),)),
    Refused("in-service upgrade", "Disabled", "check Yes", ISSU, ((ISSU, "Status: Enabled", "Status: Disabled"),)),
    Refused("in-service upgrade", "an operation is open", "no operation", "install abort issu", ((ISSU, READY, OVER),)),
    Refused("stateful switchover", "rpr: ACTIVE, STANDBY COLD", "sso: ACTIVE, STANDBY HOT", STATES,
        ((STATES, "Mode (Operational) = sso", "Mode (Operational) = rpr"), (STATES, "STANDBY HOT", "STANDBY COLD"))),
    Refused("two processors", "chassis", "two supervisors", "without --issu",
        (("show platform", "R1        C9400-SUP-1         ok, standby           3w1d\n", ""),
         (INSTALL, "R0 R1", "R0"))),
    Refused("activation in service", "one-shot", "before the commit", "swimctl.activation.mode",
        asked={"mode": "one-shot"}),
)  # fmt: skip


@pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: f"{refused.rule}: {refused.seen}")
def test_what_is_refused(refused: Refused) -> None:
    refused.is_told_by(driver(changed(TWO, *refused.changes), **refused.asked).check(ANY, IMAGE, cleanup=False))


def test_the_device_is_asked_again_before_it_starts() -> None:
    made = driver(changed(TWO, (STATES, "STANDBY HOT", "STANDBY COLD")))
    assert set(lacking(made.check_again())) == {"stateful switchover"}


RESTARTS = {
    "under way: Standby activated": (ISSU, "Current state : Active switched-over", "Current state : Standby activated"),
    "under way: Active switched-over": (ISSU, "terminal state reached", "terminal state not reached"),
    "only one of the two": ("show platform", "R1        C9400-SUP-1         ok, standby           3w1d\n", ""),
    "since when": (REDUNDANCY, "       Uptime in current state = 1 day, 3 hours, 43 minutes\n", ""),
}


@pytest.mark.parametrize("words", RESTARTS)
def test_nothing_is_told_while_one_of_two_restarts(words: str) -> None:
    with pytest.raises(UnparsableOutput, match=words):
        driver(changed({**TWO, ISSU: OVER}, RESTARTS[words])).running()


def test_what_is_open_is_not_committed() -> None:
    committed = changed(
        TWO,
        (INSTALL, "17.09.05.0.6411", "17.12.04.0.1"),
        (VERSION, "17.09.05", "17.12.04"),
        (REDUNDANCY, "17.9.5", "17.12.4"),
    )
    assert driver(committed).installed(IMAGE).placement is Placement.COMMITTED
    still = driver({**committed, ISSU: OVER}).installed(IMAGE)
    assert (still.placement, still.abort_timer) == (Placement.UNCOMMITTED, 103 * 60 + 9)
    assert driver({**TWO, STATES: TWO[STATES].replace("STANDBY HOT", "STANDBY COLD")}).unready() is not None


@dataclass
class Talks(Paper):
    """Answers install commands one after the other."""

    says: list[str] = field(default_factory=list)

    def converse(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        assert (bool(answers), deadline > 0, closing is None) == (True, True, command == "write memory")
        self.asked.append(command)
        return Reply(self.says.pop(0))


def test_a_way_back_saves_first_where_the_device_asks_for_it() -> None:
    refused = (
        "install_abort: START Sat Apr 11 20:34:13 UTC 2015\nFAILED: install_abort : System configuration has been "
        "modified. Please save configuration and resubmit command.\n"
    )
    session = Talks(
        TWO, says=[refused, "Building configuration...\n[OK]\n", "install_abort: START x\nSUCCESS: install_abort x\n"]
    )
    made = install_mode(session, Settings(), in_service=True)
    assert made.abort().outcome.succeeded
    assert session.asked == ["install abort issu", "write memory", "install abort issu"]


@pytest.mark.parametrize(
    ("model", "served"), [("C9407R", True), ("C9606R", True), ("ASR1006", False), ("C9800-40-K9", False)]
)
def test_other_devices_go_on_refusing(model: str, served: bool) -> None:
    paper = Paper(changed(TWO, (VERSION, "C9407R", model)))
    found = cisco(paper, Settings(), JobOptions(issu=True))
    assert isinstance(found, ChecksAgain) is served
    assert [finding.ok for finding in in_service(found.support.issu, wanted=True)] == ([] if served else [False])
    assert bool(list(kind(PATCH, found.support.kinds))) is served
