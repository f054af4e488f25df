"""`swimctl.checks` in config.yaml and in files of its own: each mistake is one line with its place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.projects import Project

from swimctl.config.checks import ABSOLUTE, EXPECTATIONS, PARSERS, CheckRule, Checks, Wrong, amount, limits
from swimctl.config.settings import Settings
from swimctl.engine.desk import SHARED
from swimctl.errors import ConfigError

RULE = {"about": "peers are as before", "command": "show peers", "parse": {"json": "peers.*"}, "key": "peer"}
RULE_TEXT = """\
      about: peers are as before
      command: show peers
      parse: {json: peers.*}
      key: peer
      expect: [still there, {same: state}]
"""
IN_CONFIG = f"swimctl:\n  checks:\n    rules:\n     peers:\n{RULE_TEXT}"


def refusal(project: Project, text: str) -> str:
    project.write("config.yaml", text)
    with pytest.raises(ConfigError) as refused:
        project.config()
    return str(refused.value).replace(f"{project.folder}/", "")


def mistake(project: Project, **fields: Any) -> str:
    """Return what is said of a rule in config.yaml with these fields, in place of its own."""
    lines = "".join(f"      {name}: {value}\n" for name, value in fields.items())
    given = [line for line in RULE_TEXT.splitlines() if line.split(":")[0].strip() not in fields]
    return refusal(project, f"swimctl:\n  checks:\n    rules:\n     peers:\n{lines}" + "\n".join(given) + "\n")


def test_a_rule_is_read_from_the_configuration(project: Project) -> None:
    project.write("config.yaml", IN_CONFIG)
    rule = project.config().settings.checks.rules["peers"]
    assert rule.parser == ("json", "peers.*")
    assert rule.expectations == (("still there", True), ("same", ["state"]))
    assert (rule.key, rule.verdict, rule.command_on("cisco_xe")) == (["peer"], "fail", "show peers")


def test_rules_stand_in_files_and_folders_too(project: Project) -> None:
    rule = RULE_TEXT.replace("      ", " ")
    project.write("more.yaml", f"one:\n{rule}")
    project.write("checks.d/b.yml", f"three:\n{rule}")
    project.write("checks.d/a.yaml", f"two:\n{rule}")
    project.write("checks.d/notes.txt", "not a rule")
    project.write("checks.d/empty.yaml", "# nothing yet\n")
    project.write("config.yaml", IN_CONFIG + "    files: [more.yaml, checks.d]\n")
    checks = project.config().settings.checks
    assert (list(checks.rules), checks.files) == (["peers", "one", "two", "three"], [])


def test_a_name_that_is_twice_is_refused(project: Project) -> None:
    project.write("more.yaml", "peers:\n" + RULE_TEXT.replace("      ", " "))
    said = refusal(project, IN_CONFIG + "    files: more.yaml\n")
    assert said == "more.yaml line 1: the check peers is in config.yaml too; rename one"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", "more.yaml: it must be a mapping, `name:` with a rule each"),
        ("x:\n  about: y\n  command: show y\n  parse: ntc\n  expect: nothing\n",
         "more.yaml line 5: x.expect: must be one of still there, as many, nothing new, same"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_file_is_told_with_its_line(project: Project, text: str, said: str) -> None:
    project.write("more.yaml", text)
    assert refusal(project, "swimctl: {checks: {files: more.yaml}}\n").startswith(said)


@pytest.mark.parametrize("inside", [None, "notes.txt", "inner/a.yaml"])
def test_a_folder_without_rules_is_told_and_is_no_rules(project: Project, inside: str | None) -> None:
    (project.folder / "checks.d").mkdir()
    if inside:
        project.write(f"checks.d/{inside}", "x: y\n")
    said = refusal(project, "swimctl: {checks: {files: checks.d}}\n")
    assert said.startswith("checks.d: swimctl.checks.files names this folder, and no file in it ends in .yaml or .yml")


def test_a_file_that_is_not_there_is_told(project: Project) -> None:
    assert refusal(project, "swimctl: {checks: {files: more.yaml}}\n") == (
        "more.yaml does not exist; swimctl.checks.files names it"
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"command": "reload"}, "`reload` is not asked: it must begin with show, dir or ping, in full"),
        ({"command": "{juniper_junos: ping 192.0.2.1}"}, "Junos pings for ever"),
        ({"parse": "json"}, "parse: must be genie, ntc, swimctl, or one of ntc, textfsm"),
        ({"parse": "{regex: '(a'}"}, "has a regular expression that cannot be read: '(a'"),
        ({"parse": "{regex: a+}"}, "`regex` needs named groups"),
        ({"parse": "{regex: '(?P<a>x)', json: a}"}, "must be one parser of"),
        ({"parse": "{ttp: a}"}, "must be one parser of"),
        ({"parse": "{xml: ''}"}, "`xml` needs a text"),
        ({"expect": "[]"}, "expect"),
        ({"expect": "same"}, "must be one of still there"),
        ({"expect": "{same: 3}"}, "must be `same: all`, or `same:` with fields"),
        ({"expect": "{still there: 3}"}, "must stand alone"),
        ({"expect": "{count: many}"}, "must be a number such as 3, or a share such as 10%, not 'many'"),
        ({"expect": "{count: {down: 3}}"}, "must be an amount, or `fall` and `rise` with one each"),
        ({"expect": "{within: 3}"}, "must be a mapping of fields"),
        ({"expect": "{at most: x}"}, "must be a number, not 'x'"),
        ({"expect": "{in: {state: up}}"}, "must be a list of values"),
        ({"expect": "{equals: {state: [up]}}"}, "must be a text, a number, true or false"),
        ({"expect": "{like: x}"}, "must be a list of still there"),
        ({"key": "[]"}, "needs `key`, the fields that name a row"),
        ({"tolerate": "-1"}, "tolerate: must be a number such as 3"),
        ({"tolerate": "some"}, "tolerate: must be a number such as 3"),
        ({"where": "{state: '('}"}, "where: has a regular expression"),
        ({"when": "'('"}, "when: has a regular expression"),
        ({"read_as": "{state: {'(': up}}"}, "has a regular expression"),
        ({"verdict": "maybe"}, "verdict must be one of fail, warn, record, not 'maybe'"),
        ({"repeats": "true", "expect": "{same: state}"}, "`repeats` leaves open which row is which"),
        ({"ready": "true"}, "`ready` needs one of at least, at most, equals, in"),
        ({"on": "{model: '('}"}, "has a regular expression"),
        ({"on": "{filter: bern}"}, "must be key=value, not 'bern'"),
        ({"on": "{rack: 3}"}, "unknown setting swimctl.checks.rules.peers.on.rack"),
        ({"comand": "show x"}, "unknown setting swimctl.checks.rules.peers.comand; did you mean command?"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_rule_is_told(project: Project, fields: dict[str, Any], said: str) -> None:
    told = mistake(project, **fields)
    assert "config.yaml line" in told
    assert said in told


def test_a_name_is_one_word(project: Project) -> None:
    assert "must have names of letters" in refusal(project, IN_CONFIG.replace("peers:", "'my peers':"))


def test_a_rule_is_the_same_when_it_was_written_and_read() -> None:
    rule = CheckRule.model_validate(
        {**RULE, "expect": ["still there", {"count": {"fall": "5%"}}], "where": {"state": "up"}, "tolerate": "10%"}
    )
    assert CheckRule.model_validate(rule.model_dump(mode="json")) == rule
    assert CheckRule.model_validate(rule.model_dump(mode="json", exclude_defaults=True)) == rule


def test_amounts_and_limits_are_numbers_and_shares() -> None:
    assert (amount(3), amount("2.5 %"), limits(3), limits({"rise": "5%"})) == (
        (3.0, False), (2.5, True), (3, 3), (None, "5%"),
    )  # fmt: skip
    for wrong in (True, None, -1, "5 W", {}):
        with pytest.raises(Wrong):
            amount(wrong)


def test_every_word_of_a_rule_is_told_on_its_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")
    words = [*EXPECTATIONS, *ABSOLUTE, *PARSERS, *CheckRule.model_fields]
    assert [word for word in words if not re.search(f"`{{?{word}[`:]", page)] == []


def test_a_worker_is_given_the_rules_as_they_are() -> None:
    rule = CheckRule.model_validate(
        {**RULE, "expect": [{"within": {"x": {"fall": "5%"}}}], "read_as": {"s": {"a": "b"}}}
    )
    settings = Settings(checks=Checks(defaults="all", off=["y"], rules={"peers": rule}))
    shared = json.loads(json.dumps(settings.model_dump(mode="json", include=set(SHARED), by_alias=True)))
    assert Settings.model_validate(shared).checks == settings.checks


@pytest.mark.parametrize("said", ["192.0.2.1", "[192.0.2.1, 192.0.2.9, 192.0.2.1]"])
def test_addresses_to_ping_are_one_or_a_list(project: Project, said: str) -> None:
    project.write("config.yaml", f"swimctl: {{checks: {{ping: {said}}}}}\n")
    assert project.config().settings.checks.ping == ["192.0.2.1", "192.0.2.9"][: 1 + ("[" in said)]


@pytest.mark.parametrize("said", ["core-1", "['2001:db8::1']", "192.0.2.0/24", "['192.0.2.1; reload']", "[1]"])
def test_what_is_no_address_is_not_pinged(project: Project, said: str) -> None:
    told = refusal(project, f"swimctl: {{checks: {{ping: {said}}}}}\n")
    assert "swimctl.checks.ping" in told
    assert "must be an IPv4 address, or a list of them" in told or "must be text" in told
