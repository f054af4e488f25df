from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.person import at_a_terminal
from support.projects import IMAGE, LITE, Project
from support.stores import some_jobs

from swimctl.cli import main
from swimctl.clock import SystemClock
from swimctl.requests.plans import UpgradeRequest

NEWER = "cat9k_iosxe.17.15.01.SPA.bin"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(project: Project, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run one command line in the project; give exit code, standard output and standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["--config", str(project.path), *arguments])
        return code, *capfd.readouterr()

    return call


def document(answer: tuple[int, str, str]) -> Any:
    code, out, err = answer
    assert code == 0, err
    assert err == ""
    return json.loads(out)


@pytest.fixture
def files(project: Project) -> Path:
    folder = project.folder / "files"
    folder.mkdir()
    (folder / IMAGE).write_bytes(b"nine")
    (folder / LITE).write_bytes(b"light")
    (folder / "golden.bin").write_bytes(b"gold")
    return folder


def test_an_image_from_added_to_removed(run: Run, files: Path) -> None:
    added = document(run("--json", "image", "add", str(files / IMAGE)))
    assert (added["id"], added["family"], added["size"], added["golden"]) == (1, "cat9k_iosxe", 4, [])
    assert added["path"] == str(files / IMAGE)
    assert document(run("--json", "image", "golden", "1"))["golden"] == ["all"]
    assert document(run("--json", "image", "golden", IMAGE, "--group", "access"))["golden"] == ["all", "group access"]
    assert document(run("--json", "image", "show", "1"))["golden"] == ["all", "group access"]
    assert document(run("--json", "image", "verify", "1")) == {"id": 1, "filename": IMAGE, "intact": True}
    assert document(run("--json", "image", "golden", "1", "--unset"))["golden"] == []
    assert document(run("--json", "image", "list"))["count"] == 1
    assert document(run("--json", "image", "remove", "1", "--yes")) == {"removed": 1, "filename": IMAGE}
    assert document(run("--json", "image", "list"))["images"] == []
    assert (files / IMAGE).exists()


def test_a_golden_rule_names_what_devices_must_have_and_is_explained(run: Run, files: Path, project: Project) -> None:
    run("image", "add", str(files / IMAGE))
    run("image", "golden", "1")
    (files / NEWER).write_bytes(b"newer")
    run("image", "add", str(files / NEWER))
    particular = ("--model", "C9300-*", "--group", "access", "--role", "access")
    ruled = document(run("--json", "image", "golden", NEWER, *particular))
    assert ruled["golden"] == ["model C9300-*, group access, role access"]
    unsaid = {"site": None, "tag": None, "valid_from": None, "valid_until": None}
    assert ruled["golden_rules"] == [{"model": "C9300-*", "group": "access", "role": "access", **unsaid}]
    told = document(run("--json", "image", "golden", "--explain", "bern-1"))
    assert (told["hostname"], told["refusal"], told["image"]["filename"]) == ("bern-1", None, NEWER)
    assert [(rule["image_id"], rule["applies"], rule["wins"]) for rule in told["rules"]] == [
        (2, True, True),
        (1, True, False),
    ]
    with project.store() as store:
        plan = project.service(store, SystemClock()).plan(UpgradeRequest(project.inventory().devices))
    chosen = {item.device.name: item.image.filename if item.image else None for item in plan.items}
    for name, filename in chosen.items():
        image = document(run("--json", "image", "golden", "--explain", name))["image"]
        assert (image and image["filename"]) == filename
    assert set(chosen.values()) == {IMAGE, NEWER, None}
    code, out, _ = run("image", "golden", "--explain", "basel-core")
    assert code == 0
    assert f"2\t{NEWER}\t17.15.1\tmodel C9300-*, group access, role access\tno\tits model is C9500-24Y4C\n" in out
    assert f"1\t{IMAGE}\t17.12.4\tall\twins\tthe most exact\n" in out
    assert out.endswith(f"basel-core: image 1, {IMAGE}\n")


def test_a_release_is_golden_without_a_file(run: Run, files: Path) -> None:
    xe = ("--platform", "ios-xe")
    code, out, err = run("image", "golden", "--release", "17.15.01", *xe)
    assert (code, out) == (0, "release 17.15.1 of cisco_xe: golden for all\n")
    assert "the catalogue has no image of it: devices are compared with it" in err
    told = document(run("--json", "image", "golden", "--explain", "bern-1"))
    assert (told["release"], told["image"]) == ("17.15.1", None)
    assert "of which no image for C9300-24P is in the catalogue" in told["refusal"]
    assert [(one["release"], one["without_file"], one["wins"]) for one in told["rules"]] == [("17.15.1", True, True)]
    shown = document(run("--json", "device", "show", "bern-1"))
    assert (shown["golden_release"], shown["golden_image"]) == ("17.15.1", None)
    assert shown["golden_refusal"] == told["refusal"]
    code, out, err = run("plan", "bern-1", "--offline")
    assert code == 1
    assert "golden for it is release 17.15.1" in out

    (files / NEWER).write_bytes(b"newer")
    _, _, err = run("image", "add", str(files / NEWER))
    assert "release 17.15.1 is golden for all: those devices of cat9k_iosxe are given this image" in err
    code, out, _ = run("plan", "bern-1", "--offline")
    assert (code, f"\t{NEWER}\t" in out, "not asked=1" in out.replace("-", " ")) == (0, True, True)
    _, out, _ = run("image", "golden", "--explain", "bern-1")
    assert f"1\t{NEWER}\t17.15.1\tall\twins\tthe most exact\n" in out
    assert document(run("--json", "device", "show", "bern-1"))["golden_image"] == NEWER

    family = ("--release", "17.12.4", *xe, "--family", "cat9k_iosxe", "--group", "access")
    assert document(run("--json", "image", "golden", *family))["family"] == "cat9k_iosxe"
    run("image", "golden", "--release", "17.15.1", *xe, "--role", "access", "--until", "2090-01-01T00:00Z")
    listed = document(run("--json", "image", "list"))
    assert [image["golden"] for image in listed["images"]] == [[]]
    assert [(one["release"], one["family"], one["golden"]) for one in listed["golden_releases"]] == [
        ("17.15.1", None, ["all", "role access until 2090-01-01T00:00Z"]),
        ("17.12.4", "cat9k_iosxe", ["group access"]),
    ]
    _, out, _ = run("image", "list")
    assert out.splitlines()[-2:] == [
        "17.15.1\tcisco_xe\tany\tall; role access until 2090-01-01T00:00Z",
        "17.12.4\tcisco_xe\tcat9k_iosxe\tgroup access",
    ]
    assert document(run("--json", "image", "golden", "--explain", "bern-1"))["release"] == "17.12.4"
    assert document(run("--json", "image", "golden", "--explain", "basel-core"))["release"] == "17.15.1"

    code, out, _ = run("image", "golden", "--release", "17.15.01", *xe, "--unset")
    assert (code, out) == (0, "release 17.15.1 of cisco_xe: not golden\n")
    assert len(document(run("--json", "image", "list"))["golden_releases"]) == 1
    assert run("image", "golden", "--release", "17.15.01", *xe, "--unset")[0] == 2
    assert [(action, subject, data) for action, subject, data in entries(run) if "golden" in action] == [
        ("golden-set", "cisco_xe 17.15.1", {"platform": "cisco_xe", "release": "17.15.1", "instead_of": []}),
        (
            "golden-set",
            "cisco_xe 17.12.4",
            {
                "platform": "cisco_xe",
                "release": "17.12.4",
                "instead_of": [],
                "family": "cat9k_iosxe",
                "group": "access",
            },
        ),
        (
            "golden-set",
            "cisco_xe 17.15.1",
            {
                "platform": "cisco_xe",
                "release": "17.15.1",
                "instead_of": [],
                "role": "access",
                "valid_until": "2090-01-01T00:00:00.000000Z",
            },
        ),
        (
            "golden-unset",
            "cisco_xe 17.15.1",
            {
                "platform": "cisco_xe",
                "release": "17.15.1",
                "golden_rules": [{}, {"role": "access", "valid_until": "2090-01-01T00:00:00.000000Z"}],
            },
        ),
    ]


def test_an_image_takes_the_place_of_a_release_and_back(run: Run, files: Path) -> None:
    run("image", "add", str(files / IMAGE))
    bare = ("--release", "17.15.1", "--platform", "cisco_xe", "--family", "cat9k_iosxe")
    run("image", "golden", *bare)
    run("image", "golden", "1")
    assert document(run("--json", "image", "list"))["golden_releases"] == []
    run("image", "golden", *bare)
    assert document(run("--json", "image", "show", "1"))["golden"] == []
    told = [data for action, _, data in entries(run) if action == "golden-set"]
    assert [one["instead_of"] for one in told] == [[], ["17.15.1"], [1]]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("1", "--platform", "cisco_xe"), "an image has its platform, family and release"),
        (("1", "--release", "17.12.4", "--platform", "ios"), "an image has its platform"),
        (("--platform", "cisco_xe"), "--release VERSION"),
        (("--release", "17.12.4", "--platform", "ios", "--site", "brn"), "no device has the site 'brn'"),
        (("--release", "17.12.4", "--platform", "ios", "--unset", "--tag", "poe"), "--unset removes all golden rules"),
        (("--explain", "bern-1", "--release", "17.12.4"), "--explain only shows"),
        (("1", "--site", "brn"), "no device has the site 'brn'"),
        (("1", "--role", "acces"), "no device has the role 'acces' (did you mean access?)"),
        (("1", "--model", "C9700*"), "no device has the model 'C9700*'"),
        (("1", "--unset", "--model", "C9300*"), "--unset removes all golden rules"),
        (("1", "--explain", "bern-1"), "--explain only shows"),
        ((), "give an image"),
        (("--explain", "nobody"), "unknown device 'nobody'"),
    ],
)
def test_a_rule_for_what_is_not_there_is_refused(run: Run, files: Path, options: tuple[str, ...], said: str) -> None:
    run("image", "add", str(files / IMAGE))
    code, out, err = run("image", "golden", *options)
    assert (code, out) == (2, "")
    assert said in err


def test_for_people_the_same_in_lines(run: Run, files: Path) -> None:
    code, out, err = run("image", "add", str(files / IMAGE))
    assert (code, out) == (0, f"image 1: {IMAGE}: cisco_xe cat9k_iosxe 17.12.4\n")
    assert "swimctl image golden 1" in err
    assert "no vendor's hash was found" in err
    run("image", "golden", "1")
    _, out, _ = run("image", "list")
    assert out.splitlines()[1].split("\t")[:2] == ["1", IMAGE]
    assert out.splitlines()[1].endswith("4 B\tall")
    _, out, _ = run("image", "show", IMAGE)
    assert "golden: all" in out


def test_a_relative_path_is_kept_as_the_whole_one(run: Run, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(files)
    assert document(run("--json", "image", "add", IMAGE))["path"] == str(files / IMAGE)


def test_the_vendors_hash_is_compared(run: Run, files: Path) -> None:
    digest = hashlib.sha512(b"nine").hexdigest()
    (files / f"{IMAGE}.sha512").write_text(f"{digest}  {IMAGE}\n", encoding="utf-8")
    added = document(run("--json", "image", "add", str(files / IMAGE), "--md5", hashlib.md5(b"nine").hexdigest()))  # noqa: S324 - as vendors do
    assert added["compared"] == [
        {"algorithm": "MD5", "source": "--md5"},
        {"algorithm": "SHA-512", "source": f"{IMAGE}.sha512"},
    ]
    _, out, _ = run("image", "add", str(files / IMAGE))
    assert f"SHA-512 is the vendor's, by {IMAGE}.sha512\n" in out
    code, out, err = run("image", "add", str(files / LITE), "--sha512", digest)
    assert (code, out) == (2, "")
    assert digest in err
    assert hashlib.sha512(b"light").hexdigest() in err
    assert document(run("--json", "image", "list"))["count"] == 1


def test_of_a_folder_every_image_is_taken_and_the_rest_is_listed(run: Run, files: Path) -> None:
    (files / "packages.conf").write_bytes(b"rp 0 0")
    (files / "older").mkdir()
    (files / "older" / NEWER).write_bytes(b"newer")
    (files / f"{IMAGE}.md5").write_text(hashlib.md5(b"nine").hexdigest(), encoding="utf-8")  # noqa: S324 - as vendors do
    taken = document(run("--json", "image", "add", str(files)))
    assert [(image["filename"], len(image["compared"])) for image in taken["images"]] == [(IMAGE, 1), (LITE, 0)]
    assert (taken["count"], taken["wrong"], taken["folder"]) == (2, [], str(files))
    why = {Path(left["path"]).name: left["why"] for left in taken["not_taken"]}
    assert list(why) == ["golden.bin", "older", "packages.conf"]
    assert "is not a vendor's image name" in why["golden.bin"]
    assert "--recursive" in why["older"]
    assert "a list of packages" in why["packages.conf"]
    code, out, err = run("image", "add", str(files), "--recursive")
    assert code == 0
    assert f"image 3: {NEWER}: cisco_xe cat9k_iosxe 17.15.1\n" in out
    assert f"not taken: {files / 'golden.bin'}: " in out
    assert "3 added, 2 not taken, 0 wrong" in err


def test_what_is_wrong_in_a_folder_keeps_nothing_else_out(run: Run, files: Path) -> None:
    (files / "again").mkdir()
    (files / "again" / LITE).write_bytes(b"other bytes")
    (files / f"{IMAGE}.sha512").write_text("0" * 128, encoding="utf-8")
    (files / NEWER).touch()
    code, out, _ = run("--json", "image", "add", str(files), "--recursive")
    assert code == 2
    taken = json.loads(out)
    assert [image["filename"] for image in taken["images"]] == [LITE]
    # What lies in folders comes in its place among the names: `again` is the first.
    wrong = {str(Path(left["path"]).relative_to(files)): left["why"] for left in taken["wrong"]}
    assert "other bytes" in wrong[LITE]
    assert f"{IMAGE}.sha512 says 000" in wrong[IMAGE]
    assert "is empty" in wrong[NEWER]
    assert document(run("--json", "image", "list"))["count"] == 1


def test_what_is_said_of_one_file_is_not_said_of_a_folder(run: Run, files: Path) -> None:
    code, _, err = run("image", "add", str(files), "--platform", "ios")
    assert (code, "give the image file" in err) == (2, True)
    code, _, err = run("image", "add", str(files / IMAGE), "--recursive")
    assert (code, "--recursive is for a folder" in err) == (2, True)
    assert document(run("--json", "image", "list"))["count"] == 0


def test_what_a_name_does_not_say_comes_from_options(run: Run, files: Path) -> None:
    options = ("--platform", "ios", "--family", "cat9k_iosxe", "--image-version", "17.9.4a")
    added = document(run("--json", "image", "add", str(files / "golden.bin"), *options))
    assert (added["platform"], added["family"], added["version"]) == ("cisco_xe", "cat9k_iosxe", "17.9.4a")


def test_on_a_terminal_it_asks_for_what_the_name_does_not_say(project: Project, files: Path) -> None:
    words = ("--json", "image", "add", str(files / "golden.bin"), "--platform", "cisco_xe")
    answers = [("Family", "cat9k_iosxe\n"), ("Version", "17.9.5\n")]
    code, printed, asked = at_a_terminal(project.folder, *words, answers=answers)
    assert code == 0, asked
    assert "Platform" not in asked
    added = json.loads(printed)
    assert (added["family"], added["version"]) == ("cat9k_iosxe", "17.9.5")


def test_removing_asks_and_without_a_terminal_refuses(run: Run, files: Path) -> None:
    run("image", "add", str(files / IMAGE))
    code, _, err = run("image", "remove", "1")
    assert code == 2
    assert "--yes" in err
    assert document(run("--json", "image", "list"))["count"] == 1


def test_an_image_that_a_job_needs_is_not_removed(run: Run, project: Project) -> None:
    with project.store() as store:
        some_jobs(store, ["bern-1"])
    code, _, err = run("image", "remove", "1", "--yes")
    assert code == 3
    assert "job" in err


def test_devices_for_people_and_programs(run: Run) -> None:
    listed = document(run("--json", "device", "list"))
    assert [device["hostname"] for device in listed["devices"]] == ["bern-1", "bern-2", "basel-core", "chur-small"]
    assert listed["devices"][0]["groups"] == ["access", "switches"]
    chosen = document(run("--json", "device", "list", "--filter", "site__city=bern", "--exclude", "2"))
    assert [device["id"] for device in chosen["devices"]] == [1]
    _, out, _ = run("device", "list")
    assert out.splitlines()[1].split("\t")[:4] == ["1", "bern-1", "cisco_ios", "127.0.0.1:2201"]


def test_a_device_shows_whether_there_are_secrets_and_never_which(run: Run) -> None:
    shown = document(run("--json", "device", "show", "bern-1"))
    assert (shown["username"], shown["password_set"], shown["enable_secret_set"]) == ("from-defaults", True, True)
    _, out, _ = run("device", "show", "1")
    assert "password_set: yes" in out
    assert "pw-of-defaults" not in out + json.dumps(shown)
    assert "secret-of-defaults" not in out + json.dumps(shown)


def test_a_list_shows_hosts_of_other_platforms(run: Run, project: Project) -> None:
    project.write("inventory/hosts.yaml", "fw: {platform: panos}\n")
    (listed,) = document(run("--json", "device", "list"))["devices"]
    assert "'panos'" in listed["problem"]


def test_checking_a_device_that_is_not_there_fails_and_makes_no_job(run: Run, project: Project, files: Path) -> None:
    # A port that nobody listens on: bound, and never listening, so that no one else takes it.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        project.write("inventory/hosts.yaml", f"sw1: {{hostname: 127.0.0.1, port: {port}, groups: [access]}}\n")
        text = project.path.read_text(encoding="utf-8")
        project.write("config.yaml", text + "  deadlines: {connect: 1}\n")
        run("image", "add", str(files / IMAGE))
        code, out, _ = run("--json", "device", "check", "sw1", "--image", "1")
    assert code == 1
    (answer,) = json.loads(out)["devices"]
    assert answer["ready"] is False
    assert "does not answer" in answer["error"]
    with project.store() as store:
        assert store.batches() == []


def entries(run: Run) -> list[tuple[str, str, Any]]:
    found = document(run("--json", "audit", "list"))["entries"]
    assert all(entry["actor"] and entry["origin"] == "terminal" for entry in found)
    return [(entry["action"], entry["subject"], entry["data"]) for entry in found]


def test_what_decides_the_image_stands_in_the_audit(run: Run, files: Path) -> None:
    run("image", "add", str(files / IMAGE))
    run("image", "add", str(files / IMAGE))  # nothing new, nothing to tell
    (files / "moved").mkdir()
    (files / IMAGE).rename(files / "moved" / IMAGE)
    run("image", "add", str(files / "moved"))
    (files / NEWER).write_bytes(b"newer")
    run("image", "add", str(files / NEWER))
    run("image", "golden", "1")
    run("image", "golden", "2", "--group", "access")
    run("image", "golden", "2")
    run("image", "golden", "2", "--unset")
    run("image", "golden", "1")
    run("image", "remove", "1", "--yes")
    told = entries(run)
    assert [(action, subject) for action, subject, _ in told] == [
        ("image-added", IMAGE),
        ("image-moved", IMAGE),
        ("image-added", NEWER),
        ("golden-set", IMAGE),
        ("golden-set", NEWER),
        ("golden-set", NEWER),
        ("golden-unset", NEWER),
        ("golden-set", IMAGE),
        ("image-removed", IMAGE),
    ]
    assert told[0][2]["sha512"] == hashlib.sha512(b"nine").hexdigest()
    assert told[1][2]["path"] == str(files / "moved" / IMAGE)
    assert told[4][2] == {"image": 2, "instead_of": [], "group": "access"}
    assert told[5][2] == {"image": 2, "instead_of": [1]}
    assert sorted(map(str, told[6][2]["golden_rules"])) == ["{'group': 'access'}", "{}"]
    assert told[8][2] == {"image": 1, "golden_rules": [{}]}


def test_what_was_refused_does_not_stand_in_the_audit(run: Run, files: Path) -> None:
    assert run("image", "add", str(files / "golden.bin"), "--no-input")[0] == 2
    assert run("image", "golden", "7")[0] == 2
    assert run("image", "remove", "7", "--yes")[0] == 2
    assert document(run("--json", "audit", "list"))["entries"] == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--family", "cat9k_lite_iosxe"), "with family cat9k_iosxe, not cat9k_lite_iosxe"),
        (("--image-version", "17.15.01"), "with version 17.12.4, not 17.15.1"),
        (("--platform", "arista_eos"), "with platform cisco_xe, not arista_eos"),
    ],
)
def test_what_is_said_of_an_image_that_is_there_is_not_passed_over(
    run: Run, files: Path, options: tuple[str, ...], said: str
) -> None:
    run("image", "add", str(files / IMAGE))
    (files / "elsewhere").mkdir()
    (files / IMAGE).rename(files / "elsewhere" / IMAGE)
    code, out, err = run("image", "add", str(files / "elsewhere" / IMAGE), *options)
    assert (code, out) == (2, "")
    assert said in err
    assert "`swimctl image remove 1` first, or leave the option out" in err
    assert document(run("--json", "image", "show", "1"))["path"] == str(files / IMAGE), "nothing was changed"
    same = ("--family", "cat9k_iosxe", "--platform", "cisco_xe", "--kind", "image", "--image-version", "17.12.04")
    assert document(run("--json", "image", "add", str(files / "elsewhere" / IMAGE), *same))["id"] == 1


@pytest.mark.parametrize(
    "family", ["", " ", "cat9k iosxe", "-rf", "../etc", "cat9k/iosxe", "cat9k;reload", "caf\u00e9", "x" * 128, "a\nb"]
)
def test_a_family_has_the_rules_of_a_file_name(run: Run, files: Path, family: str) -> None:
    code, out, err = run(
        "image",
        "add",
        str(files / "golden.bin"),
        "--platform",
        "cisco_xe",
        f"--family={family}",
        "--image-version",
        "17.9.4",
    )
    assert (code, out) == (2, "")
    assert "cannot be a family" in err
    assert document(run("--json", "image", "list"))["count"] == 0


@pytest.mark.parametrize("version", ["", "17.9.4 or so", "17.9.4\n", "17/9"])
def test_a_version_that_no_release_has(run: Run, files: Path, version: str) -> None:
    given = ("--platform", "cisco_xe", "--family", "cat9k_iosxe", f"--image-version={version}")
    code, out, err = run("image", "add", str(files / "golden.bin"), *given)
    assert (code, out) == (2, "")
    assert "cannot be a release" in err


def test_an_empty_platform_is_no_platform(run: Run, files: Path) -> None:
    code, _, err = run("image", "add", str(files / IMAGE), "--platform=")
    assert code == 2
    assert "platform '' is not one" in err
