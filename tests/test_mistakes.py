"""Every mistake that people make in a file: one clear line, exit code 2, nothing started."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from support.projects import CONFIG, GROUPS, HOSTS, IMAGE, Project

from swimctl.cli import main

UPGRADE = ("upgrade", "--all", "--yes", "--detach")
STRICT = (*UPGRADE, "--strict")
GOOD_NAME = "cat9k_iosxe.17.15.01.SPA.bin"


@dataclass(frozen=True)
class Mistake:
    """What was done wrong, the command that meets it, and what it must say. `said` all stand in the one line."""

    name: str
    make: Callable[[Project], object]
    said: Sequence[str]
    command: Sequence[str] = UPGRADE


def config(text: str) -> Callable[[Project], object]:
    """Replace config.yaml."""
    return lambda project: project.write("config.yaml", text)


def settings(text: str) -> Callable[[Project], object]:
    """Add lines under `swimctl:`, which ends config.yaml."""
    return config(CONFIG + text)


def hosts(text: str) -> Callable[[Project], object]:
    """Add hosts."""
    return lambda project: project.write("inventory/hosts.yaml", HOSTS + text)


def groups(text: str) -> Callable[[Project], object]:
    """Add groups."""
    return lambda project: project.write("inventory/groups.yaml", GROUPS + text)


def defaults(text: str) -> Callable[[Project], object]:
    """Replace the defaults."""
    return lambda project: project.write("inventory/defaults.yaml", text)


def credentials(text: str, mode: int = 0o600) -> Callable[[Project], object]:
    """Name a credentials file with this text and mode."""

    def make(project: Project) -> None:
        settings("  credentials_file: credentials.yaml\n")(project)
        project.write("credentials.yaml", text).chmod(mode)

    return make


def image(content: bytes | None, name: str = GOOD_NAME) -> Callable[[Project], object]:
    """Lay an image file into the working folder; None: no file."""
    return lambda project: None if content is None else (project.folder / name).write_bytes(content)


def add(name: str = GOOD_NAME, *more: str) -> Sequence[str]:
    return ("image", "add", f"../project/{name}", *more)


def remove_file(name: str) -> Callable[[Project], object]:
    return lambda project: (project.folder / name).unlink()


def spoil_image(project: Project) -> None:
    (project.folder / "images" / IMAGE).write_bytes(b"imagE")


def golden_file_gone(project: Project) -> None:
    (project.folder / "images" / IMAGE).unlink()


def latin(project: Project) -> None:
    project.path.write_bytes("swimctl: {} # für\n".encode("latin-1"))


def folder_for_file(project: Project) -> None:
    project.path.unlink()
    project.path.mkdir()


MISTAKES = [
    # config.yaml
    Mistake("no config", remove_file("config.yaml"), ["config.yaml does not exist", "--config"]),
    Mistake("config is a folder", folder_for_file, ["config.yaml is a folder"]),
    Mistake("config not UTF-8", latin, ["is not UTF-8"]),
    Mistake("config has a tab", config("swimctl:\n\tworkers: 3\n"), ["config.yaml line 2", "not valid YAML"]),
    Mistake("config not closed", config("swimctl: {workers: 3\n"), ["config.yaml line", "not valid YAML"]),
    Mistake("config is a list", config("- swimctl\n"), ["must be a mapping"]),
    Mistake("config is a word", config("swimctl\n"), ["must be a mapping"]),
    Mistake("key twice", settings("  workers: 5\n"), ["line 8", "'workers' is there twice"]),
    Mistake("misspelt section", config("swimctrl: {}\n"), ["line 1", "swimctrl", "did you mean swimctl?"]),
    Mistake("misspelt setting", settings("  credential_file: x\n"), ["line 8", "did you mean credentials_file?"]),
    Mistake("misspelt Nornir key", config("inventory: {pluggin: x}\n"), ["inventory.pluggin", "did you mean plugin?"]),
    Mistake("too many workers", config("swimctl: {workers: 1000}\n"), ["line 1", "1 to 500, not 1000"]),
    Mistake("workers in words", config("swimctl: {workers: many}\n"), ["whole number 1 to 500, not 'many'"]),
    Mistake("unknown hash", settings("  distribution: {hash: sha1}\n"), ["line 8", "one of sha512, md5, not 'sha1'"]),
    Mistake("deadline of zero", settings("  deadlines: {up: 0}\n"), ["swimctl.deadlines.up", "more than 0"]),
    Mistake("percent over 100", settings("  tolerances: {routes_lost_percent: 101}\n"), ["0 to 100, not 101"]),
    Mistake("timer too short", settings("  activation: {auto_abort_minutes: 5}\n"), ["30 to 1200, not 5"]),
    Mistake("setting without value", settings("  jobs_dir:\n"), ["swimctl.jobs_dir must be a path, not nothing"]),
    Mistake("unknown step", settings("  workflows: {w: {steps: [check]}}\n"), ["workflows.w.steps.0", "readiness"]),
    Mistake(
        "steps out of order",
        settings("  workflows: {w: {steps: [distribution, readiness]}}\n"),
        ["line 8", "in this order: readiness, distribution, activation, post-checks"],
    ),
    Mistake(
        "activation unchecked",
        settings("  workflows: {w: {steps: [readiness, activation]}}\n"),
        ["activation needs post-checks"],
    ),
    Mistake("workflow named as a built-in", settings("  workflows: {standard: {steps: [readiness]}}\n"), ["built-in"]),
    Mistake("unknown plugin", config("inventory: {plugin: NetBox}\n"), ["not installed", "SimpleInventory"]),
    Mistake("store is a folder", settings("  store: inventory\n"), ["inventory"]),
    # credentials
    Mistake("no credentials file", settings("  credentials_file: none.yaml\n"), ["none.yaml", "No such file"]),
    Mistake("credentials for all to read", credentials("username: a\n", 0o644), ["0644", "chmod 600"]),
    Mistake("misspelt credential", credentials("user: a\n"), ["line 1", "did you mean username?"]),
    Mistake("password is a number", credentials("username: a\npassword: 12345\n"), ["line 2", "put it in quotes"]),
    Mistake("password with a star", credentials("password: *s3cret\n"), ["line 1", "in quotes"]),
    # inventory
    Mistake("no host file", remove_file("inventory/hosts.yaml"), ["hosts.yaml does not exist", "host_file"]),
    Mistake("no hosts", lambda project: project.write("inventory/hosts.yaml", "# none\n"), ["has no hosts"]),
    Mistake("hosts are a list", lambda p: p.write("inventory/hosts.yaml", "- sw1\n"), ["hosts.yaml line 1", "mapping"]),
    Mistake("host file not YAML", hosts("sw9: {platform: ios\n"), ["hosts.yaml line", "not valid YAML"]),
    Mistake("host twice", hosts("bern-1: {platform: ios}\n"), ["hosts.yaml line 21", "'bern-1' is there twice"]),
    Mistake("host without anything", hosts("sw9:\n"), ["hosts.yaml line 21", "sw9: {}"]),
    Mistake("no platform", hosts("sw9: {hostname: 192.0.2.9}\n"), ["line 21", "sw9 has no platform"], STRICT),
    Mistake("unknown platform", hosts("sw9: {platform: fortios}\n"), ["line 21", "'fortios'", "cisco_xe"], STRICT),
    Mistake("unknown group", hosts("sw9: {groups: [acces]}\n"), ["line 21", "'acces'", "did you mean access?"]),
    Mistake("groups no list", hosts("sw9: {groups: access}\n"), ["line 21", "groups of sw9 must be a list"]),
    Mistake("misspelt host key", hosts("sw9: {hostnmae: a, platform: ios}\n"), ["line 21", "did you mean hostname?"]),
    Mistake("port in words", hosts("sw9: {platform: ios, port: ssh}\n"), ["line 21", "1 to 65535"]),
    Mistake("port too high", hosts("sw9: {platform: ios, port: 70000}\n"), ["line 21", "1 to 65535"]),
    Mistake("data no mapping", hosts("sw9: {platform: ios, data: [C9300]}\n"), ["line 21", "data of sw9", "mapping"]),
    Mistake("address is a number", hosts("sw9: {platform: ios, hostname: 10.1}\n"), ["sw9 must be text"]),
    Mistake("host name is a number", hosts("9: {platform: ios}\n"), ["line 21", "put a number in quotes"]),
    Mistake("host name climbs out", hosts("../../etc: {platform: ios}\n"), ["line 21", "slashes"]),
    Mistake("group in a circle", groups("a: {groups: [b]}\nb: {groups: [a, a]}\n"), ["groups.yaml line"]),
    Mistake("defaults are a list", defaults("- username\n"), ["defaults.yaml line 1", "mapping"]),
    Mistake(
        "misspelt connection option",
        defaults("connection_options: {netmiko: {extra: {secret: s3cret}}}\n"),
        ["defaults.yaml line 1", "did you mean extras?"],
    ),
    # images
    Mistake("no such image file", image(None), [GOOD_NAME, "does not exist"], add()),
    Mistake("image is a folder", image(None), ["is a folder"], add("inventory", "--kind", "image")),
    Mistake("image is empty", image(b""), ["is empty", "download it again"], add()),
    Mistake("image is a patch", image(b"x", "cat9k_iosxe.17.09.04.CSC1.SPA.smu.bin"), ["patch"],
            add("cat9k_iosxe.17.09.04.CSC1.SPA.smu.bin")),
    Mistake("image of unknown name", image(b"x", "new.bin"), ["'new.bin'", "--family and --image-version"],
            add("new.bin")),
    Mistake("image of another vendor", image(b"x"), ["'fortios'", "known are cisco_xe"],
            add(GOOD_NAME, "--platform", "fortios")),
    Mistake("other bytes of the same name", image(b"other", IMAGE), [IMAGE], add(IMAGE)),
    Mistake("image changed on disk", spoil_image, ["is not the file that was added"], ("image", "verify", "1")),
    Mistake("golden file is gone", golden_file_gone, ["No such file", "put it back"]),
    Mistake("golden for an unknown group", image(None), ["'acess'", "did you mean access?"],
            ("image", "golden", "1", "--group", "acess")),
    Mistake("golden release of no platform", image(None), ["--release needs --platform"],
            ("image", "golden", "--release", "17.12.04")),
    Mistake("golden release of another vendor", image(None), ["'fortios'", "known are cisco_xe"],
            ("image", "golden", "--release", "7.4.1", "--platform", "fortios")),
    Mistake("golden release of an unknown family", image(None), ["'cat9k-iosxe'", "did you mean cat9k_iosxe?"],
            ("image", "golden", "--release", "17.12.04", "--platform", "ios", "--family", "cat9k-iosxe")),
    Mistake("golden release that is none", image(None), ["'17 12' cannot be a release"],
            ("image", "golden", "--release", "17 12", "--platform", "ios")),
    Mistake("unknown image", image(None), ["no image '7'"], ("image", "show", "7")),
    Mistake("upgrade to an unknown image", image(None), ["no image", "did you mean"],
            (*UPGRADE, "--image", IMAGE[:-4])),
    Mistake("image does not fit", image(None), ["does not run on C9200L-24P"],
            ("upgrade", "chur-small", "--yes", "--image", "1")),
]  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_one_clear_line_and_nothing_starts(
    project: Project, mistake: Mistake, capfd: pytest.CaptureFixture[str]
) -> None:
    with project.store() as store:
        store.set_golden(project.add_image(store).id)
    mistake.make(project)
    code = main(["--config", str(project.path), *mistake.command])
    out, err = capfd.readouterr()
    assert code == 2, err
    assert out == ""
    assert err.startswith("swimctl: error: ")
    assert err.count("\n") == 1, err
    assert "Traceback" not in err
    assert "defect" not in err
    assert "s3cret" not in err
    for part in mistake.said:
        assert part in err
    with project.store() as store:
        assert store.batches() == []
        assert len(store.images()) == 1
    assert not (project.folder / "jobs").exists()


def test_with_json_a_mistake_is_one_document(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    config("swimctl: {workers: 0}\n")(project)
    assert main(["--json", "--config", str(project.path), *UPGRADE]) == 2
    out, err = capfd.readouterr()
    assert '"error": "config"' in out
    assert "1 to 500, not 0" in out
    assert err == ""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_files_that_may_not_be_read(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    for name, said in (("inventory/hosts.yaml", "hosts.yaml cannot be read"), ("config.yaml", "cannot be read")):
        (project.folder / name).chmod(0)
        assert main(["--config", str(project.path), *UPGRADE]) == 2
        assert said in capfd.readouterr().err
        (project.folder / name).chmod(0o600)


def test_without_a_mistake_the_same_command_gets_past_the_plan(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """Hold the table to its word: what it meets is the mistake, not the project."""
    with project.store() as store:
        store.set_golden(project.add_image(store).id)
    assert main(["--config", str(project.path), "upgrade", "--group", "access", "--yes", "--detach"]) == 0
    assert "skipped=0" in capfd.readouterr().out
    with project.store() as store:
        assert len(store.batches()) == 1
