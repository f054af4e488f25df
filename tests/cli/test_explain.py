"""swimctl explain: each error and each line of doctor leads to a section, and says where it is."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from errors_page import every_error
from support.upgrades import lab_folder

from swimctl.cli import doctor, main
from swimctl.cli.doctor import Examined
from swimctl.topics import PARTS, TOPICS, address, first_sentence


def test_each_error_has_a_topic_and_each_topic_an_error_or_a_line_of_doctor() -> None:
    codes = {error.code for error in every_error()}
    assert len(codes) > 40
    assert codes - set(TOPICS) == set()
    assert [one.name for one in TOPICS.values() if one.name not in codes and not one.doctor] == []
    assert sum(map(len, PARTS.values())) == len(TOPICS), "a name is there twice"


def test_each_topic_says_when_and_what_to_do_and_where_more_is() -> None:
    for one in TOPICS.values():
        assert one.when.endswith("."), one
        assert one.steps, one
        assert all(step.endswith((".", "?")) for step in one.steps), one
        assert one.pages, one
        assert len(first_sentence(one.when)) < 130, one


def said_by_doctor() -> Iterator[str]:
    """Yield what doctor calls its lines: what its source has as the first argument, without names and numbers."""
    for node in ast.walk(ast.parse(inspect.getsource(doctor))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Examined", "_attempt"}:
            first = node.args[0]
            if isinstance(first, ast.JoinedStr) and isinstance(start := first.values[0], ast.Constant):
                yield str(start.value).strip()
            elif isinstance(first, ast.Constant):
                yield str(first.value)


def test_each_line_of_doctor_leads_to_a_topic() -> None:
    lines = set(said_by_doctor())
    assert {"config", "store", "image", "golden images", "device"} <= lines
    assert len(lines) > 15
    assert lines == {line for one in TOPICS.values() for line in one.doctor}
    for line in lines:
        assert Examined(line, "fail", "seen", "do this").more in TOPICS
    assert Examined("image 3", "fail", "gone", "put it back").advice == "put it back\nmore: `swimctl explain image`"
    assert Examined("device sw1", "fail", "other key", "see", "host-key").more == "host-key"
    assert Examined("store", "ok", "swimctl.db").advice == ""


def test_a_topic_is_printed_with_its_pages(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["-c", str(tmp_path / "none.yaml"), "explain", "host-key"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("host-key: The host key is not the known one")
    assert "`swimctl device trust NAME`" in said
    assert "Host keys: docs/ssh.md#host-keys\n" in said
    assert main(["explain", "host-key", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["name"] == "host-key"
    assert document["pages"] == {"ssh.md#host-keys": "Host keys"}


def test_a_team_has_the_pages_at_an_address_of_its_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("swimctl: {docs_url: 'https://docs.example/swimctl/'}\n", encoding="utf-8")
    assert main(["-c", str(config), "explain", "way-lost"]) == 0
    said = capsys.readouterr().out
    assert "This text: https://docs.example/swimctl/errors.html#way-lost\n" in said
    assert "https://docs.example/swimctl/behind-a-bastion.html\n" in said
    assert address("ssh.md", "") == "docs/ssh.md"
    config.write_text("swimctl: {docs_url: 'javascript:alert(1)'}\n", encoding="utf-8")
    assert main(["-c", str(config), "doctor", "--offline", "--json"]) == 2
    (checked,) = json.loads(capsys.readouterr().out)["checks"]
    assert "docs_url" in checked["seen"]
    assert checked["explain"] == "config"


def test_all_names_are_listed_and_a_near_one_is_offered(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()[1:]] == list(TOPICS)
    assert main(["explain", "host-kye"]) == 2
    said = capsys.readouterr().err
    assert "did you mean host-key?" in said
    assert said.endswith("`swimctl explain` lists all\n"), "what lists all names needs no other explanation"


def test_a_job_that_failed_and_doctor_lead_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with lab_folder(tmp_path, faults={"sw1": ["no-space"]}, ssh=False):
        config = ["-c", str(tmp_path / "config.yaml")]
        assert main([*config, "upgrade", "sw1", "--yes"]) == 1
        capsys.readouterr()
        assert main([*config, "job", "show", "1"]) == 0
        assert "\nmore:          swimctl explain not-ready\n" in capsys.readouterr().out
        (image, *_) = sorted((tmp_path / "images").iterdir())
        image.unlink()
        assert main([*config, "doctor", "--offline"]) == 2
        assert " more: `swimctl explain image`" in capsys.readouterr().out
