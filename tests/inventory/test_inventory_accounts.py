"""Whose account a device is entered with, and secrets that stand somewhere else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from support.projects import Project

from swimctl.cli import main
from swimctl.config import references
from swimctl.config.reading import Credentials, Place
from swimctl.errors import ConfigError
from swimctl.inventory.accounts import chosen

HOST, GROUP, ENV, FILE, DEFAULTS = "host sw1", "group access", "the environment (SWIMCTL_*)", "file", "defaults"


def plain(value: object, _what: str, _user: str) -> str | None:
    assert value is None or isinstance(value, str)
    return value


def entered(*places: Place) -> tuple[str | None, str | None, str, str]:
    found = chosen(places, plain)
    return found.username, found.password, found.user_from, found.password_from


@pytest.mark.parametrize(
    ("places", "account"),
    [
        # The field's case: one device has an account of its own, all others that of the environment.
        ([Place(HOST, "local", "right"), Place(ENV, "netops", "other")], ("local", "right", HOST, HOST)),
        ([Place(HOST), Place(ENV, "netops", "pw"), Place(DEFAULTS, "old", "old")], ("netops", "pw", ENV, ENV)),
        ([Place(HOST), Place(ENV), Place(DEFAULTS, "common", "pw")], ("common", "pw", DEFAULTS, DEFAULTS)),
        ([Place(HOST, "local"), Place(ENV, "netops", "other")], ("local", None, HOST, "")),
        ([Place(HOST, "netops"), Place(ENV, "netops", "pw")], ("netops", "pw", HOST, ENV)),
        ([Place(HOST, "local"), Place(ENV, None, "pw")], ("local", "pw", HOST, ENV)),
        ([Place(HOST, None, "own"), Place(ENV, "netops", "pw")], ("netops", "own", ENV, HOST)),
        ([Place(GROUP, "lab", "pw"), Place(ENV, "netops"), Place(FILE, None, "x")], ("lab", "pw", GROUP, GROUP)),
        ([Place(ENV, "netops", ""), Place(DEFAULTS, "common", "pw")], ("netops", None, ENV, "")),
        ([Place(ENV, None, "pw")], (None, "pw", "", ENV)),
    ],
)
def test_the_nearer_wins_and_no_user_gets_anothers_password(
    places: list[Place], account: tuple[str | None, str | None, str, str]
) -> None:
    assert entered(*places) == account


USERS = some.sampled_from([None, "a", "b"])


@given(said=some.lists(some.tuples(USERS, some.booleans()), max_size=6))
def test_a_password_is_never_that_of_another_user(said: list[tuple[str | None, bool]]) -> None:
    places = [
        Place(str(n), user, f"pw of {user or 'anybody'} at {n}" if has else None) for n, (user, has) in enumerate(said)
    ]
    user, password, _, _ = entered(*places)
    assert user == next((each for each, _ in said if each), None)
    if password is not None:
        assert password.split()[2] in ("anybody", user or "a", user or "b")
        first = next(n for n, (its, has) in enumerate(said) if has and its in (None, user or its))
        assert password.endswith(f"at {first}")


def test_why_there_is_no_password_is_told() -> None:
    found = chosen([Place(HOST, "local"), Place(ENV, "netops", "geheim")], plain)
    assert found.passed_over == "the password of the environment (SWIMCTL_*) is that of 'netops'"
    assert "geheim" not in found.passed_over


class TestInventory:
    def test_a_host_with_an_account_of_its_own(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SWIMCTL_USERNAME", "netops")
        monkeypatch.setenv("SWIMCTL_PASSWORD", "of-environment")
        project.write(
            "inventory/hosts.yaml",
            "sw1: {platform: ios, username: local, password: right}\n"
            "sw2: {platform: ios, groups: [access], connection_options: {netmiko: {port: 2222}}}\n"
            "sw3: {platform: ios, connection_options: {netmiko: {username: local, extras: {secret: en}}}}\n",
        )
        inventory = project.inventory()
        found = {device.name: inventory.credentials(device) for device in inventory.devices}
        assert found["sw1"] == Credentials("local", "right", "secret-of-defaults")
        assert (found["sw1"].user_from, found["sw1"].own) == ("host sw1", True)
        assert found["sw2"] == Credentials("netops", "of-environment", "secret-of-defaults")
        assert found["sw2"].own is False
        assert found["sw3"] == Credentials("local", None, "en")
        assert inventory.device("sw2").port == 2222
        assert [inventory.enters_otherwise(device) for device in inventory.devices] == [True, False, True]

    def test_the_doctor_and_the_device_say_whose(
        self, project: Project, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("SWIMCTL_USERNAME", "netops")
        monkeypatch.setenv("SWIMCTL_PASSWORD", "of-environment")
        project.write("inventory/hosts.yaml", "sw1: {platform: ios, username: local}\nsw2: {platform: ios}\n")
        main(["--config", str(project.path), "doctor", "--offline"])
        said = capfd.readouterr().out
        assert "a user but no password for sw1; the password of the environment (SWIMCTL_*) is that of 'netops'" in said
        assert "another account than in earlier releases, because the nearer one wins: sw1\t" in said
        assert "of-environment" not in said
        main(["--config", str(project.path), "device", "show", "sw1"])
        assert "username_from: host sw1" in capfd.readouterr().out

    def test_references_of_the_inventory(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OUR_PASSWORD", "from-env")
        project.write("secrets/enable", "from-file\n").chmod(0o600)
        program = [sys.executable, "-c", "print('phrase')"]
        project.write(
            "inventory/hosts.yaml",
            "sw1:\n  platform: ios\n  username: ana\n  password: {env: OUR_PASSWORD}\n"
            "  data: {enable_secret: {file: secrets/enable}}\n"
            f"  connection_options: {{netmiko: {{extras: {{key_file: /k, passphrase: {{command: {program!r}}}}}}}}}\n",
        )
        inventory = project.inventory()
        device = inventory.device("sw1")
        assert inventory.credentials(device) == Credentials("ana", "from-env", "from-file")
        assert inventory.connection_extras(device) == {"key_file": "/k", "passphrase": "phrase"}

    def test_a_reference_that_leads_nowhere_is_told_with_its_place(self, project: Project) -> None:
        project.write("inventory/hosts.yaml", "sw1: {platform: ios, username: a, password: {env: NOT_THERE}}\n")
        inventory = project.inventory()
        with pytest.raises(
            ConfigError, match=r"hosts\.yaml line 1: password of host sw1: .* no NOT_THERE; `export` it"
        ):
            inventory.credentials(inventory.device("sw1"))

    def test_a_credentials_file_of_references(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VAULT", "opened")
        project.write(
            "config.yaml", (project.folder / "config.yaml").read_text() + "  credentials_file: secrets.yaml\n"
        )
        project.write("secrets.yaml", "username: ana\npassword: {env: VAULT}\n").chmod(0o600)
        inventory = project.inventory()
        assert inventory.credentials(inventory.device("bern-1")) == Credentials("ana", "opened", "secret-of-defaults")


class TestReferences:
    def test_a_command_runs_once_and_its_output_is_never_told(self, tmp_path: Path) -> None:
        counter = tmp_path / "count"
        script = f"open({str(counter)!r}, 'a').write('x'); print('geheim')"
        value = {"command": [sys.executable, "-c", script]}
        assert [references.resolve(value, "password", tmp_path) for _ in range(3)] == ["geheim"] * 3
        assert counter.read_text() == "x"

    @pytest.mark.parametrize(
        ("script", "said"),
        [("print('geheim'); raise SystemExit(3)", "ended with exit code 3"), ("pass", "the value is empty")],
    )
    def test_a_command_that_fails(self, tmp_path: Path, script: str, said: str) -> None:
        with pytest.raises(ConfigError, match=said) as refused:
            references.resolve({"command": [sys.executable, "-c", script]}, "password", tmp_path)
        assert "geheim" not in str(refused.value)

    def test_a_command_that_waits_is_ended(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(references, "_COMMAND_SECONDS", 0.5)
        with pytest.raises(ConfigError, match="did not end within"):
            references.resolve({"command": [sys.executable, "-c", "import time; time.sleep(60)"]}, "password", tmp_path)

    @pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
    def test_a_file_that_others_may_read(self, tmp_path: Path, mode: int) -> None:
        path = tmp_path / "secret"
        path.write_text("geheim")
        path.chmod(mode)
        with pytest.raises(ConfigError, match="chmod 600") as refused:
            references.resolve({"file": "secret"}, "password", tmp_path)
        assert "geheim" not in str(refused.value)

    def test_a_keyring(self, tmp_path: Path) -> None:
        keyring = pytest.importorskip("keyring")
        from keyring.backend import KeyringBackend

        class Ours(KeyringBackend):  # type: ignore[misc]  # keyring's base is not typed
            priority = 1

            def get_password(self, service: str, username: str) -> str | None:
                return f"{service} of {username}" if service == "switches" else None

            def set_password(self, service: str, username: str, password: str) -> None:
                raise NotImplementedError

            def delete_password(self, service: str, username: str) -> None:
                raise NotImplementedError

        before = keyring.get_keyring()
        keyring.set_keyring(Ours())
        try:
            value = {"keyring": "switches"}
            assert references.resolve(value, "password", tmp_path, account="ana") == "switches of ana"
            with pytest.raises(ConfigError, match="nothing for 'routers' for the user 'ana'"):
                references.resolve({"keyring": "routers"}, "password", tmp_path, account="ana")
        finally:
            keyring.set_keyring(before)

    @pytest.mark.parametrize("value", [{"vault": "x"}, {"env": 7}, {"command": []}, {"command": [1]}, ["geheim"], 7])
    def test_what_is_no_reference(self, tmp_path: Path, value: object) -> None:
        with pytest.raises(ConfigError, match="must be") as refused:
            references.resolve(value, "password", tmp_path)
        assert "geheim" not in str(refused.value)
