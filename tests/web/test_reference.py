"""The API's page for people: all of it, as the server describes itself, and requests that can be pasted."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from support.api_client import Api
from web.visitor import Visitor

from swimctl.api.app import ROUTES, described
from swimctl.web.recipes import Request, recipes
from swimctl.web.reference import Section, sections

# What a shell may have by itself or not: mksh has no `printf`.
OUTSIDE = ("printf", "echo", "cat", "tr")
AS_MKSH = ("bash", "-c", 'enable -n printf echo; eval "$0"')
SHELLS = [
    AS_MKSH,
    *(
        (*shell.split(), "-c")
        for shell in ("sh", "bash", "dash", "mksh", "ksh93", "zsh", "busybox sh")
        if shutil.which(shell.split()[0])
    ),
]
PAGE = Path(__file__).parents[2] / "docs/api.md"
# Each indented block with a request.
ON_THE_PAGE = [
    dedent(block)
    for block in re.findall(r"(?:^ {4,}\S.*\n)+", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    if "curl" in block
]

SECTIONS = {f"{one.method} {one.path}": one for one in sections(described())}


def pasted(section: Section, name: str) -> str:
    return dict(section.recipes)[name]


def environment(api: Api) -> dict[str, str]:
    """Return the environment of who has pasted what stands at the top of the page."""
    url = "http://{}:{}".format(*api.address)
    return {"PATH": os.environ["PATH"], "SWIMCTL_URL": url, "SWIMCTL_TOKEN": api.operator}


def run(api: Api, *command: str, **more: str) -> str:
    ended = subprocess.run(
        command, env={**environment(api), **more}, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended
    return ended.stdout


def test_a_stranger_reads_each_request_and_all_of_its_fields_in_its_place(stranger: Visitor) -> None:
    page = stranger.see("/api/docs")
    assert page == stranger.see("/api/docs/")
    plain = unescape(re.sub(r"<[^>]+>", "", page))
    for route in ROUTES:
        assert f"{route.method} {route.path}" in plain
    assert "$ref" not in page
    assert not re.search(r"<style|\sstyle=|<script>|<img|url\(", page)
    trigger = page.partition('id="post-api-upgrade-trigger"')[2].partition('<section class="route"')[0]
    for name in ("waivers", "finding", "seen", "max_failures", "details", "device_hostname"):
        assert f"<code>{name}</code>" in trigger
    assert 'class="d1"><code>finding</code>' in trigger
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_each_field_of_a_document_is_in_its_section() -> None:
    known = described()["components"]["schemas"]
    shown = {(field.name, field.says) for one in SECTIONS.values() for field in one.body}
    shown |= {(field.name, field.says) for one in SECTIONS.values() for given in one.answers for field in given.fields}
    names = {name for name, _ in shown}
    for model, schema in known.items():
        if model == "Problem":
            continue  # the head of the page has it
        for name, field in schema.get("properties", {}).items():
            assert name in names, (model, name)
            assert "description" not in field or (name, field["description"]) in shown, (model, name)


def recording(folder: Path, *names: str) -> Path:
    """Put programs into a folder that write down their arguments; those of curl and what it reads lie beside them."""
    folder.mkdir()
    for name in names:
        real = shutil.which(name)
        what = f"cat > {folder}/curl.in" if name == "curl" else f'exec {real} "$@"'
        (folder / name).write_text(f'#!/bin/sh\nfor word; do echo "$word"; done >> {folder}/told\n{what}\n')
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("name", "shell"),
    [
        *((name, AS_MKSH) for name in SECTIONS if SECTIONS[name].guarded),
        *((name, shell) for name in ("GET /api/devices/", "POST /api/upgrade/trigger/") for shell in SHELLS[1:]),
    ],
)
def test_no_pasted_request_has_the_token_on_a_command_line(
    name: str, shell: tuple[str, ...], api: Api, tmp_path: Path
) -> None:
    programs = recording(tmp_path / "programs", "curl", *OUTSIDE)
    run(api, *shell, pasted(SECTIONS[name], "curl"), PATH=f"{programs}:{os.environ['PATH']}")
    assert "-H\n@-" in (programs / "told").read_text()
    assert api.operator not in (programs / "told").read_text()
    assert (programs / "curl.in").read_text() == f"Authorization: Token {api.operator}\n"


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("password", ["correct horse battery", """a"b'c\\d\\n$e`f`%s !x""", "-n", " END "])
def test_no_pasted_login_has_the_password_on_a_command_line(
    password: str, shell: tuple[str, ...], api: Api, tmp_path: Path
) -> None:
    programs = recording(tmp_path / "programs", "curl", *OUTSIDE)
    text = pasted(SECTIONS["POST /api/auth/login/"], "curl")
    run(api, *shell, text, PATH=f"{programs}:{os.environ['PATH']}", SWIMCTL_PASSWORD=password)
    told = (programs / "told").read_text()
    assert "password@-" in told
    assert password not in told.splitlines()
    assert (programs / "curl.in").read_text() == password, "curl would send the end of a line"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_password_of_a_login_comes_from_no_command_line(shell: tuple[str, ...], api: Api) -> None:
    text = pasted(SECTIONS["POST /api/auth/login/"], "curl").replace("ana", "olga")
    assert "the password of" not in text
    assert "swimctl_" in run(api, *shell, text, SWIMCTL_PASSWORD="correct horse battery")


def test_the_password_of_a_login_in_python_comes_from_no_command_line(api: Api) -> None:
    text = pasted(SECTIONS["POST /api/auth/login/"], "Python").replace("ana", "olga")
    assert "swimctl_" in run(api, sys.executable, "-c", text, SWIMCTL_PASSWORD="correct horse battery")


@pytest.mark.parametrize("block", ON_THE_PAGE, ids=range(len(ON_THE_PAGE)))
def test_what_the_page_says_to_type_has_no_secret_on_a_command_line(block: str, api: Api, tmp_path: Path) -> None:
    programs = recording(tmp_path / "programs", "curl", *OUTSIDE)
    token = tmp_path / "token"
    token.write_text(f"{api.operator}\n")
    typed = block.replace("/etc/swimctl/token", str(token)).replace("read -rs PASSWORD", 'PASSWORD="$SWIMCTL_PASSWORD"')
    secret = "correct horse battery"
    run(api, *AS_MKSH, typed, PATH=f"{programs}:{os.environ['PATH']}", SWIMCTL_PASSWORD=secret, TOKEN=api.operator)
    told = (programs / "told").read_text()
    assert "http://127.0.0.1:8080/api/" in told
    assert api.operator not in told
    assert secret not in told
    assert (programs / "curl.in").read_text() in {secret, f"Authorization: Token {api.operator}\n"}


def test_what_is_pasted_triggers_follows_and_cancels(api: Api) -> None:
    sent = {"curl": ["sh", "-c"], "Python": [sys.executable, "-c"]}
    for number, (name, program) in enumerate(sent.items()):
        triggered = run(api, *program, pasted(SECTIONS["POST /api/upgrade/trigger/"], name))
        batch = api.store.batches()[0]
        assert batch.id in triggered
        assert batch.policy.ticket == "CHG0031"
        jobs = [job.id for job in api.store.jobs(batch_id=batch.id)]
        example = "7d3f0212-5b1e-4c0a-9d2e-000000000001"
        status = run(api, *program, pasted(SECTIONS["GET /api/upgrade/status/"], name).replace(example, batch.id))
        assert "sw2" in status
        cancelled = pasted(SECTIONS["POST /api/upgrade/cancel/"], name).replace("[2]", str(jobs))
        assert "success" in run(api, *program, cancelled)
        assert {job.status.value for job in api.store.jobs(batch_id=batch.id)} == {"cancelled"}, number


def test_each_task_for_ansible_is_yaml_that_sends_the_example() -> None:
    for name, section in SECTIONS.items():
        if name == "GET /api/upgrade/events/":
            assert [kind for kind, _ in section.recipes] == ["curl", "Python"]
            continue
        (task,) = yaml.safe_load(pasted(section, "Ansible"))
        asked = task["ansible.builtin.uri"]
        assert asked["url"].startswith("{{ lookup('ansible.builtin.env', 'SWIMCTL_URL') }}/")
        assert task.get("no_log") is (True if section.guarded or section.example else None), name
        if section.example:
            assert asked["method"] == "POST"
            assert asked["body"].keys() == json.loads(section.example).keys()
            assert str(asked.get("status_code", 200)) == section.answers[0].status


@pytest.mark.parametrize("text", ["it's", 'a "word"', "$HOME `id` \\n", "{{ 7*7 }}", "Zoë\u202e"])
def test_whatever_an_example_says_is_sent_as_it_stands(text: str, api: Api, tmp_path: Path) -> None:
    """An example is a text of ours, and one with an apostrophe comes some day."""
    body: Mapping[str, object] = {"batch_id": text, "yes": True, "none": None}
    request = Request("POST", "/x/", text, 200, "application/json", guarded=True, body=body)
    (tmp_path / "curl").write_text('#!/bin/sh\nfor word; do :; done; printf %s "$word"; cat > /dev/null\n')
    (tmp_path / "curl").chmod(0o755)
    found = dict(recipes(request))
    said = run(api, "sh", "-c", found["curl"], PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert json.loads(said) == body
    program = found["Python"].partition("request =")[0] + "print(json.dumps(body))"
    assert json.loads(run(api, sys.executable, "-c", program)) == body
