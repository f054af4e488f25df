"""Workflows of one's own in a file: what may stand there, and in which line a mistake is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from swimctl.config.checking import checked
from swimctl.config.flow_rules import filled, places, why_not_typed
from swimctl.config.flows import Flow
from swimctl.config.own_steps import Call, Command, Hold, Script
from swimctl.errors import ConfigError

WHOLE = """\
workflows:
  night:
    description: Silence, look, upgrade, lift
    steps:
      - http:
          name: Silence alerts
          url: https://alerts.example.com/api/v2/silences
          headers: {Authorization: "Bearer {token}"}
          secrets: {token: {env: ALERTS_TOKEN}}
          json: {createdBy: swimctl, comment: "job {job}", endsAt: "{until}"}
          keep: {silence: silenceID}
      - readiness
      - command: {name: BGP is up, run: show ip bgp summary, must_match: ['\\d+$'], must_not_contain: [Idle]}
      - distribution
      - pause: {name: Change board, ask: Is the change approved?, deadline: 600}
      - activation
      - post-checks
      - script: {name: CMDB, run: [tools/cmdb.py, "{device}"], env: {LEVEL: "1"}}
    finally:
      - http: {name: Lift, url: "https://alerts.example.com/{silence}", method: DELETE, after: Silence alerts}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "flows.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def wrong(folder: Path, steps: str, rest: str = "") -> list[str]:
    """Return what is wrong with a workflow of these steps, without the file's folder."""
    path = written(folder, f"workflows:\n  mine:\n    steps:\n{steps}{rest}")
    with pytest.raises(ConfigError) as error:
        checked(path)
    return [line.replace(f"{folder}/", "") for line in str(error.value).splitlines()]


def test_a_file_with_every_kind_of_step_is_well_and_says_what_is_not_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALERTS_TOKEN", raising=False)
    found = checked(written(tmp_path, WHOLE))
    assert found.names == ("night",)
    assert found.warnings == (
        "night, step 'Silence alerts': the environment has no ALERTS_TOKEN here",
        "night, step 'CMDB': there is no program tools/cmdb.py here that you may run",
    )


def test_the_same_file_is_kept_and_read_back_as_it_was() -> None:
    flow = Flow(
        (
            "readiness",
            Command(name="Look", run="show clock", must_contain=["UTC"]),
            Call(
                name="Tell", url="https://chat.example.com/", json={"text": "{device}"}, secrets={"key": {"env": "K"}}
            ),
            "distribution",
            Script(name="Note", run=["true"], timeout=5),
            Hold(name="Ask", ask="Well?"),
        ),
        (Call(name="Lift", url="https://chat.example.com/lift", after="Tell"),),
    )
    assert Flow.of(flow.text()) == flow
    assert flow.kinds == ("readiness", "Look", "Tell", "distribution", "Note", "Ask", "Lift")
    assert flow.told[1] == ("Look", "types: show clock")
    assert flow.told[-1] == ("Lift", "at each end: POST https://chat.example.com/lift")


def test_a_workflow_of_swimctls_own_steps_is_kept_as_nothing() -> None:
    assert Flow(("readiness", "distribution")).text() == ""
    assert Flow.of("") == Flow(())


@pytest.mark.parametrize("step", [{"dance": {"name": "Dance"}}, {"pause": {"name": "Dance", "music": "loud"}}])
def test_one_with_steps_of_another_swimctl_has_none_that_is_known(step: dict[str, Any]) -> None:
    assert Flow.of(json.dumps({"steps": ["readiness", step], "finally": []})) == Flow(())


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("      - readyness\n", "line 4: workflows.mine.steps.0 must be one of readiness, distribution, activation"),
        ("      - readiness\n      - htp: {}\n", "line 5: workflows.mine.steps.1 must be one of readiness"),
        ("      - command: show\n", "line 4: workflows.mine.steps.0.command must be a mapping, lines of `key: value`"),
        (
            "      - command:\n          name: Look\n          run: show clock\n          timout: 3\n",
            "line 7: workflows.mine.steps.0.command.timout is unknown; did you mean timeout?",
        ),
        ("      - command:\n          name: Look\n", "line 4: workflows.mine.steps.0.command.run is missing"),
        (
            "      - command:\n          name: A\n          run: show x\n          must_match:\n            - '('\n",
            "line 8: workflows.mine.steps.0.command.must_match.0: '(' is no regular expression",
        ),
        (
            "      - command:\n          name: Look\n          run: clear counters\n",
            "line 6: workflows.mine.steps.0.command.run: 'clear counters' is not known to read only: it must",
        ),
        (
            "      - readiness\n      - command: {name: Go, run: reload in 5, changes: true}\n",
            "line 5: workflows.mine.steps.1.command.run: 'reload in 5' may reload the device",
        ),
        (
            "      - command: {name: Clear, run: clear counters, changes: true}\n      - readiness\n",
            "line 4: workflows.mine.steps.0.command: 'Clear' changes a device before readiness has proved which",
        ),
        (
            "      - readiness\n      - activation\n      - pause: {name: Wait}\n      - post-checks\n",
            "line 6: workflows.mine.steps.2.pause: 'Wait' stands between activation and post-checks, while the device",
        ),
        (
            "      - readiness\n      - pause: {name: Wait}\n      - pause: {name: wait}\n",
            "line 6: workflows.mine.steps.2.pause.name: another step is called 'wait'",
        ),
        ("      - pause: {name: activation}\n", "line 4: workflows.mine.steps.0.pause.name: another step is called"),
        ("      - pause: {name: Post-Checks}\n", "line 4: workflows.mine.steps.0.pause.name: another step is called"),
        (
            "      - http:\n          name: Tell\n          url: https://a.example/{devise}\n",
            "line 6: workflows.mine.steps.0.http.url: {devise} is not known here; known are address, batch",
        ),
        (
            "      - http:\n          name: Tell\n          url: https://anna:pw@a.example/\n",
            "line 6: workflows.mine.steps.0.http.url: a user or password in the address would be recorded",
        ),
        (
            "      - http:\n          name: T\n          url: https://a.b/\n          headers: {X-Api-Key: abc123}\n",
            "line 7: workflows.mine.steps.0.http.headers.X-Api-Key: X-Api-Key is a secret, and what stands here would",
        ),
        (
            "      - http:\n          name: Tell\n          url: http://a.example/\n          secrets: {t: {env: T}}\n",
            "line 6: workflows.mine.steps.0.http.url: a secret would go over http in clear; needed: https",
        ),
        (
            "      - http:\n          name: Tell\n          url: https://a.example/\n          secrets: {t: {at: T}}\n",
            "line 7: workflows.mine.steps.0.http.secrets.t must say where the secret stands: {env: NAME}",
        ),
        (
            "      - http: {name: Tell, url: 'https://a.example/', keep: {device: id}}\n",
            "line 4: workflows.mine.steps.0.http.keep.device: 'device' is a fact of each job; choose another name",
        ),
        (
            "      - script: {name: Run, run: [x, '{key}'], secrets: {key: {env: K}}}\n",
            "line 4: workflows.mine.steps.0.script.run.1: {key} is not known here",
        ),
        (
            "      - script: {name: Run, run: [x], env: {DB_PASSWORD: hunter2}}\n",
            "line 4: workflows.mine.steps.0.script.env.DB_PASSWORD: DB_PASSWORD is a secret",
        ),
        (
            "      - pause: {name: Wait, may_fail: true}\n",
            "line 4: workflows.mine.steps.0.pause.may_fail: a person's answer counts; leave it out",
        ),
        (
            '      - command: {name: A, run: ping, answers: {Protocol: "\\x03\\nreload"}}\n',
            "line 4: workflows.mine.steps.0.command.answers.Protocol: an answer is one line of printed characters",
        ),
        (
            "      - readiness\n      - command: {name: A, run: write memory, changes: true, within: 5m}\n",
            "line 5: workflows.mine.steps.1.command.within: what changes something is sent once, and not again",
        ),
        ("      - script: {name: Run, run: x}\n", "line 4: workflows.mine.steps.0.script.run must be a list with text"),
    ],
)
def test_a_mistake_is_said_with_its_line(tmp_path: Path, steps: str, said: str) -> None:
    (line,) = wrong(tmp_path, steps)
    assert line.startswith(f"flows.yaml {said}")
    assert "hunter2" not in line
    assert "abc123" not in line


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("    finally: [post-checks]\n", "line 5: workflows.mine.finally.0: post-checks is no step that may come at"),
        (
            "    finally: [{pause: {name: Wait}}]\n",
            "line 5: workflows.mine.finally.0.pause: the end of a job waits for",
        ),
        (
            "    finally: [{script: {name: Lift, run: [x], after: Silence}}]\n",
            "line 5: workflows.mine.finally.0.script.after: 'Silence' is no step of yours before; there are none",
        ),
    ],
)
def test_so_is_one_in_what_comes_at_the_end(tmp_path: Path, rest: str, said: str) -> None:
    (line,) = wrong(tmp_path, "      - readiness\n", rest)
    assert line.startswith(f"flows.yaml {said}")


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    assert len(wrong(tmp_path, "      - readyness\n      - pause: {}\n      - command: {name: A, run: reload}\n")) == 3


@pytest.mark.parametrize(
    "line",
    [
        "show version",
        "show ip route | include 0.0.0.0",
        "dir flash:",
        "ping 10.0.0.1",
        "show interfaces | match up | count",
        "show bgp summary | json",
    ],
)
def test_what_only_reads_may_be_typed(line: str) -> None:
    assert why_not_typed(line, changes=False) == ""


@pytest.mark.parametrize(
    "line",
    [
        "showreload",
        "clear counters",
        "show run | redirect flash:x",
        "show run | tee flash:x",
        "show run | append flash:x",
        "show version > bootflash:x",
        "show version ; reload",
        "show version | save /var/tmp/x",
        "show version | file disk0:x",
        "show version\nreload",
        "show version | include $(reload)",
        "copy running-config startup-config",
        "show running-config",
        "more flash:x | request shell",
        "",
    ],
)
def test_what_might_do_more_may_not(line: str) -> None:
    assert why_not_typed(line, changes=False)


@pytest.mark.parametrize(
    "line",
    ["reload", "rel", "install activate", "inst add file x", "boot system flash:x", "request system reboot",
     "format flash:", "do reload", "admin reload", "configure terminal", "conf t", "issu loadversion 1",
     "redundancy force-switchover", "clear counters ; reload", "write erase", "wr er", "archive download-sw tftp:x",
     "software install file x", "system switchover", "rollback configuration last 1", "bash reboot", "start shell",
     "run bash reboot", "guestshell run x", "copy tftp://x/y running-config", "copy flash:x system:running-config",
     "copy tftp: start", "clear counters ?"],
)  # fmt: skip
def test_what_reloads_or_configures_is_for_no_step_of_ones_own(line: str) -> None:
    assert why_not_typed(line, changes=True)


@pytest.mark.parametrize(
    "line",
    ["clear counters", "copy running-config startup-config", "write memory", "archive config", "copy run flash:before"],
)
def test_other_changes_may_be_asked_for(line: str) -> None:
    assert why_not_typed(line, changes=True) == ""


def test_words_in_braces_and_those_that_are_no_words() -> None:
    text = '{"text": "{device} of {{site}}", "n": {}}'
    assert places(text) == ["device"]
    assert filled(text, {"device": "sw1"}) == '{"text": "sw1 of {site}", "n": {}}'
