"""Installing by `request platform software package install`, and what `packages.conf` names."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from platforms.material import sample

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.parsers.request import parse_packages, parse_request, provisioned_release


@pytest.mark.parametrize(
    ("name", "succeeded", "words"),
    [
        ("installed", True, ""),
        (
            "no_space",
            False,
            "There is not enough free disk available to perform this operation on switch 2. At least 1276287",
        ),
        ("no_rollback", False, "No rollback file found for /tmp/sw/isos/packages.conf; rollback failed on switch 1"),
    ],
)
def test_how_it_ended(name: str, succeeded: bool, words: str) -> None:
    outcome = parse_request(sample(f"request/{name}"))
    assert (outcome.operation, outcome.succeeded) == ("install", succeeded)
    assert (outcome.reason or "").startswith(words)


def test_expanded_alone_is_not_installed() -> None:
    text = sample("request/installed")
    assert parse_request(text[: text.index("[1 2]: Performing")]).succeeded is None


def test_one_member_that_failed_is_a_failure() -> None:
    text = sample("request/installed").replace("[2]: Finished install successful", "[2]: FAILED: install failed")
    assert parse_request(text).succeeded is False


def test_what_the_next_boot_starts() -> None:
    packages = parse_packages(sample("more/packages_conf"))
    assert packages[0] == "cat3k_caa-rpboot.16.03.05b.SPA.pkg"
    assert len(packages) == 4
    assert provisioned_release(packages) == "16.03.05b"
    for odd in (packages[:1], (*packages, "cat3k_caa-rpbase.16.06.08.SPA.pkg")):
        with pytest.raises(UnparsableOutput, match="does not tell one release") as caught:
            provisioned_release(odd)
        assert caught.value.odd_line == ", ".join(odd)
    # 17.09 counts itself by SHA-256 too: a public log of a C9200L.
    assert provisioned_release(parse_packages(sample("more/packages_conf_sha256"))) == "17.09.05"


@pytest.mark.parametrize(
    ("spoil", "odd", "why"),
    [
        (lambda text: text.replace("cat3k_caa-rpbase.16.03.05b.SPA.pkg", "~"), "iso", "cannot be read"),
        (lambda text: text.partition("boot ")[0], "#", "it names no package"),
        (
            lambda text: text.replace("packages_conf.sh", "other.sh").replace("sha1sum:", "sum:"),
            "#!",
            "no packages.conf",
        ),
    ],
)
def test_what_names_no_package_or_one_that_does_not_read_is_refused_with_its_line(
    spoil: Callable[[str], str], odd: str, why: str
) -> None:
    with pytest.raises(UnparsableOutput, match=why) as caught:
        parse_packages(spoil(sample("more/packages_conf")))
    assert caught.value.command == "more"
    assert caught.value.odd_line.startswith(odd)
