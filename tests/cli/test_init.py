from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from support.person import at_a_terminal
from support.processes import look

from swimctl.cli import main


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in os.environ:
        if name.startswith(("SWIMCTL_", "NORNIR_", "NETBOX_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_empty_folder_becomes_one_to_begin_with(empty: Path) -> None:
    code, said = look(empty, "init")
    assert code == 0
    assert sorted(str(path.relative_to(empty)) for path in empty.rglob("*.yaml")) == [
        "config.yaml", "inventory/defaults.yaml", "inventory/groups.yaml", "inventory/hosts.yaml",
    ]  # fmt: skip
    assert "`swimctl doctor`" in said
    assert look(empty, "device", "list") == (0, "id\tdevice\tplatform\taddress\tmodel\tgroups\tproblem\n")
    begun = (empty / "inventory/hosts.yaml").read_text()
    example = begun.replace("# access", "access").replace("\n#  ", "\n ")
    for text in (example, begun + example.partition("\n")[2]):  # in place of the comments, or behind them
        (empty / "inventory/hosts.yaml").write_text(text)
        assert "access-sw1\tcisco_xe\t192.0.2.11:22\tC9300-48P" in look(empty, "device", "list")[1]


def test_nothing_that_is_there_is_changed(empty: Path) -> None:
    (empty / "inventory").mkdir()
    (empty / "inventory/hosts.yaml").write_text("sw1: {}\n")
    code, said = look(empty, "init")
    assert (code, (empty / "inventory/hosts.yaml").read_text()) == (2, "sw1: {}\n")
    assert "inventory/hosts.yaml; nothing was written" in said
    assert not (empty / "config.yaml").exists()


def test_a_table_that_is_there_is_used_and_one_that_is_not_is_begun(empty: Path) -> None:
    (empty / "devices.csv").write_text("name,platform\nsw1,ios\n")
    assert look(empty, "init", "--from", "csv", "--at", "devices.csv")[0] == 0
    assert "sw1\tcisco_ios" in look(empty, "device", "list")[1]
    other = empty / "other"
    other.mkdir()
    assert look(other, "init", "--from", "csv")[0] == 0
    assert (other / "hosts.csv").read_text().startswith("name,address,platform")
    assert look(other, "device", "list")[0] == 0


def test_a_table_of_the_working_folder_is_found_from_another_one(empty: Path) -> None:
    (empty / "devices.csv").write_text("name,platform\nsw1,ios\n")
    assert main(["--config", "night/config.yaml", "init", "--from", "csv", "--at", "devices.csv"]) == 0
    assert "../devices.csv" in (empty / "night/config.yaml").read_text()


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (
            ("--from", "netbox", "--at", "https://nb.example"),
            ['url: "https://nb.example"', 'token: {"env": "NETBOX_TOKEN"}'],
        ),
        (("--from", "ansible", "--at", "inv/hosts.yml"), ["plugin: AnsibleInventory", 'source: "inv/hosts.yml"']),
    ],
)
def test_other_peoples_inventories(empty: Path, words: tuple[str, ...], lines: list[str]) -> None:
    code, said = look(empty, "init", *words, "--json")
    assert (code, json.loads(said)) == (0, {"files": [str(empty / "config.yaml")]})
    text = (empty / "config.yaml").read_text()
    assert all(line in text for line in lines)


def test_hosts_that_openssh_knows(empty: Path) -> None:
    (empty / "known").write_text(
        "sw1,192.0.2.1 ssh-ed25519 AAAA\n[127.0.0.1]:2201 ssh-rsa AAAA\n|1|x=|y= ssh-rsa A\n@revoked o ssh-rsa A\n\n"
    )
    assert look(empty, "init", "--from", "known-hosts", "--at", "known")[0] == 0
    listed = look(empty, "device", "list")[1]
    assert "sw1\t\tsw1:22" in listed
    assert "127.0.0.1-2201\t\t127.0.0.1:2201" in listed
    assert len(listed.splitlines()) == 3


def test_a_folder_of_hashed_names_alone_is_refused(empty: Path) -> None:
    (empty / "known").write_text("|1|x=|y= ssh-rsa AAAA\n")
    code, said = look(empty, "init", "--from", "known-hosts", "--at", "known")
    assert code == 2
    assert "names may be hashed" in said


def test_it_asks_on_a_terminal_alone(empty: Path) -> None:
    code, said = look(empty, "init")
    assert code == 0
    assert "?" not in said
    (empty / "config.yaml").unlink()
    code, printed, asked = at_a_terminal(empty, "init", answers=[("devices", "csv\n"), ("?", "mine.csv\n")])
    assert code == 0, asked
    assert "wrote " in printed
    assert (empty / "mine.csv").exists()
