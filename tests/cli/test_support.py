"""The bundle of `doctor --support`: what is in it, and that no secret is."""

from __future__ import annotations

import json
import stat
import tarfile
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.processes import look
from support.projects import Project
from support.secret_search import secret, spellings

import swimctl
from swimctl.cli.context import Context
from swimctl.cli.support import HIDDEN
from swimctl.models import Caller
from swimctl.requests.plans import UpgradeRequest

KINDS = (
    *("host password", "group password", "default password", "credentials password", "credentials secret"),
    *("notification", "environment"),
)


def read(path: Path) -> dict[str, Any]:
    """Return the files of a bundle, those of JSON as documents."""
    with tarfile.open(path) as bundle:
        texts = {name: bundle.extractfile(name) for name in bundle.getnames()}
        found = {Path(name).name: file.read().decode() for name, file in texts.items() if file is not None}
    return {name: json.loads(text) if name.endswith(".json") else text for name, text in found.items()}


def planted(project: Project, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Write a secret wherever one may stand, and a job whose events have some of them."""
    hidden = {kind: secret("q") for kind in KINDS}  # a word of the bundle's own within one would be masked, too
    monkeypatch.setenv("SWIMCTL_ENABLE_SECRET", hidden["environment"])

    def add(name: str, change: Any) -> None:
        path, yaml = project.folder / name, YAML(typ="safe")
        document = (yaml.load(path.read_text(encoding="utf-8")) if path.exists() else None) or {}
        change(document)
        path.write_text(json.dumps(document), encoding="utf-8")

    add("inventory/hosts.yaml", lambda hosts: next(iter(hosts.values())).update(password=hidden["host password"]))
    add("inventory/groups.yaml", lambda groups: groups.setdefault("odd", {"password": hidden["group password"]}))
    add("inventory/defaults.yaml", lambda defaults: defaults.update(password=hidden["default password"]))
    accounts = {"username": "robot", "password": hidden["credentials password"],
                "enable_secret": hidden["credentials secret"]}  # fmt: skip
    credentials = project.write("credentials.yaml", json.dumps(accounts))
    credentials.chmod(0o600)

    def config(document: dict[str, Any]) -> None:
        document.setdefault("swimctl", {}).update(
            credentials_file="credentials.yaml",
            notify=[f"json://ana:{hidden['notification'].encode().hex()}@127.0.0.1/{hidden['notification']}"],
            workers=7,
            pilot="never",
        )

    add("config.yaml", config)
    with Context(project.path).open() as opened:
        image = project.add_image(opened.store)
        request = UpgradeRequest((opened.inventory.devices[0],), image=image.id, detached=True)
        (job,) = opened.service.trigger(request, Caller("ana", "terminal")).jobs
        text = f"it said {hidden['host password']} and {hidden['environment']}"
        opened.store.record(job.id, "note", text, {"account": hidden["credentials password"]})
    return hidden


def test_a_bundle_tells_what_helps_and_no_secret(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = planted(project, monkeypatch)
    code, said = look(project.folder, "doctor", "--offline", "--support", "fault.tar.gz")
    assert "fault.tar.gz is written" in said, said
    path = project.folder / "fault.tar.gz"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = read(path)
    assert sorted(found) == ["README.txt", "config.json", "doctor.json", "jobs.json", "versions.json"]
    content = json.dumps(found, ensure_ascii=False).encode() + json.dumps(found).encode()
    assert [kind for kind, text in hidden.items() if any(one in content for one in spellings(text))] == []
    assert found["versions.json"]["swimctl"] == swimctl.__version__
    assert "nornir" in found["versions.json"]["packages"]
    settings = found["config.json"]["swimctl"]
    assert (settings["workers"], settings["pilot"]) == (7, "never")
    assert settings["notify"] == [HIDDEN]
    assert settings["credentials_file"] == "credentials.yaml"
    assert {each["what"] for each in found["doctor.json"]} >= {"config", "store", "inventory"}
    (job,) = found["jobs.json"]
    assert job["events"][-1]["message"] == "it said ******** and ********"

    code, said = look(project.folder, "doctor", "--offline", "--support", "fault.tar.gz")
    assert (code, "is there already; name a new file" in said) == (2, True)


def test_a_bundle_is_written_of_what_cannot_be_read(project: Project) -> None:
    wrong = secret("unknown-setting")
    call = {"http": {"url": f"https://ana:{wrong}@10.0.0.1", "headers": {"X-Pass": wrong}, "timeout": "30s"}}
    written = {
        "inventory": {"plugin": "NetBoxInventory2", "options": {"nb_url": wrong, "nb_token": 12345678, "odd": wrong}},
        "swimctl": {"pasword_of_all": wrong, "workers": "many", "workflows": {"mine": {"steps": [call]}}},
    }
    project.write("config.yaml", json.dumps(written))
    code, said = look(project.folder, "doctor", "--support", "fault.tar.gz")
    assert code == 2, said
    found = read(project.folder / "fault.tar.gz")
    shown = {"http": {"url": HIDDEN, "headers": {"X-Pass": HIDDEN}, "timeout": "30s"}}
    assert found["config.json"] == {
        "inventory": {"plugin": HIDDEN, "options": {"nb_url": HIDDEN, "nb_token": HIDDEN, "odd": HIDDEN}},
        "swimctl": {"pasword_of_all": HIDDEN, "workers": HIDDEN, "workflows": {"mine": {"steps": [shown]}}},
    }
    assert found["doctor.json"][0]["result"] == "fail"
    assert not any(one in json.dumps(found).encode() for one in spellings(wrong))
    project.write("config.yaml", "swimctl: [\n")
    look(project.folder, "doctor", "--support", "other.tar.gz")
    assert "error" in read(project.folder / "other.tar.gz")["config.json"]
