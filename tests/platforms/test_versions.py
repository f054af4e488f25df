"""Releases in all spellings: which are one, which is newer, and where netutils agrees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netutils.os_version import compare_version_loose

from swimctl.errors import UnorderedVersions
from swimctl.platforms.versions import agree, compare, release, same_release, train

RELEASES = [
    ("17.09.04a", "17.9.4a"),
    ("17.9.4a", "17.9.4a"),
    ("17.12.01a.0.118", "17.12.1a"),
    ("17.09.04.0.5797", "17.9.4"),
    ("16.12.05b", "16.12.5b"),
    ("16.6.6.0", "16.6.6"),
    ("17.07.01prd16", "17.7.1prd16"),
    ("17.08.01.0.150818.1638769329..Cupertino", "17.8.1"),
    ("26.01.01.0.228502", "26.1.1"),
    ("03.16.05.S", "3.16.5S"),
    ("03.06.07E", "3.6.7E"),
    ("03.06.06.E", "3.6.6E"),
    ("15.2(7)E3", "15.2(7)E3"),
    ("15.2(7)E3,", "15.2(7)E3"),
    ("12.2(33)SXI4a", "12.2(33)SXI4a"),
    ("15.2(4.0.55)E", "15.2(4.0.55)E"),
    ("9.16(3)19", "9.16(3)19"),
    ("10.3(4a)M", "10.3(4a)"),
    ("7.0(3)I7(8)", "7.0(3)I7(8)"),
    ("21.4R3-S2", "21.4R3-S2"),
    ("21.4R3-S3.4", "21.4R3-S3"),
    ("13.2X51-D35.3", "13.2X51-D35"),
    ("4.27.6M", "4.27.6M"),
    ("4.27.6M-39953990.4316M", "4.27.6M"),
    ("4.27.6M (engineering build)", "4.27.6M"),
    ("4.18.3.1F-10000003.41831F", "4.18.3.1F"),
    ("BLD_POLARIS_DEV_LATEST_20211001_150647", "BLD_POLARIS_DEV_LATEST_20211001_150647"),
    ("17.17.20240916:124022", "17.17.20240916:124022"),
    ("S2C", "S2C"),
    ("", ""),
]


@pytest.mark.parametrize(
    ("line", "of"),
    [
        ("17.9", ["17.09.04a", "17.9.5", "17.09.04.0.5797", "17.09.01prd16"]),
        ("17.12", ["17.12.04", "17.12.1a"]),
        ("3.6E", ["03.06.07E", "03.06.06.E"]),
        ("3.16S", ["03.16.05.S"]),
        ("15.2E", ["15.2(7)E3", "15.2(4)E"]),
        ("15.2S", ["15.2(4)S"]),
        ("15.7", ["15.7(3)M8"]),
        ("10.3", ["10.3(4a)M", "10.3(4a)", "10.3(1)F"]),
        ("7.0I", ["7.0(3)I7(8)"]),
        ("21.4", ["21.4R3-S2", "21.4R1"]),
        ("13.2X", ["13.2X51-D35.3"]),
        ("4.31", ["4.31.6M", "4.31.1F", "4.31.6M-39953990.4316M"]),
        ("7.5", ["7.5.2"]),
        ("BLD_POLARIS_DEV", ["BLD_POLARIS_DEV"]),
    ],
)
def test_a_train_is_the_line_of_a_release(line: str, of: list[str]) -> None:
    assert {train(one) for one in of} == {line}


@pytest.mark.parametrize(("text", "canonical"), RELEASES)
def test_release_is_spelled_one_way(text: str, canonical: str) -> None:
    assert release(text) == canonical
    assert release(canonical) == canonical
    assert same_release(text, canonical)


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        ("17.09.04a", "17.9.4a", True),
        ("17.9.4", "17.9.4a", False),
        ("17.9.4a", "17.9.4b", False),
        # the build of a release with a letter may be printed without it, so only the numbers are known to agree
        ("17.09.04.0.5797", "17.9.4a", None),
        ("17.09.04.0.5797", "17.9.4", None),
        ("17.09.04.0.5797", "17.09.04.0.5797", True),
        ("17.09.04.0.5797", "17.09.04.0.5798", False),
        ("17.09.04.0.5797", "17.09.05", False),
        ("17.06.05.0.5797", "17.06.05a", None),
        ("17.12.01a.0.118", "17.12.1a", True),
        ("17.12.01a.0.118", "17.12.01", False),
        ("17.12.01a.0.118", "17.12.01.0.118", None),
        ("16.6.6.0", "16.6.6.0.4711", None),
        ("21.4R3-S3", "21.4R3-S3.4", True),
        ("21.4R3-S3.4", "21.4R3-S3.5", False),
        ("10.3(4a)M", "10.3(4a)", True),
        ("15.1(4)M8", "15.1(4)", False),
        ("15.1(4)M", "15.1(4)", False),
        ("15.2(7)E", "15.2(7)E3", False),
        ("BLD_A_20240101", "BLD_A_20240101", True),
        ("BLD_A_20240101", "BLD_A_20240102", False),
        ("BLD_A_20240101", "17.9.4", False),
    ],
)
def test_agreement_of_two_spellings(a: str, b: str, verdict: bool | None) -> None:
    assert agree(a, b) is verdict
    assert agree(b, a) is verdict
    assert same_release(a, b) is (verdict is not False)
    if verdict is not False:
        assert compare(a, b) == 0


def test_a_build_without_letter_makes_it_not_transitive() -> None:
    assert same_release("17.9.4", "17.09.04.0.5797")
    assert same_release("17.09.04.0.5797", "17.9.4a")
    assert not same_release("17.9.4", "17.9.4a")


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("17.9.4", "17.9.4a"),
        ("17.9.4a", "17.9.4b"),
        ("17.09.04a", "17.9.10"),
        ("17.9.5", "17.12.1"),
        ("17.09.04.0.5797", "17.09.04.0.5801"),
        ("03.16.05.S", "16.3.1"),
        ("3.6.5E", "16.12.5b"),
        ("15.0(2)SE11", "15.2(7)E3"),
        ("15.2(7)E", "15.2(7)E3"),
        ("15.2(7)E9", "15.2(7)E10"),
        ("7.0(3)I7(8)", "9.3(5)"),
        ("7.0(3)I7(8)", "7.0(3)I7(10)"),
        ("10.3(4)", "10.3(4a)M"),
        ("10.3(4a)M", "10.4(1)F"),
        ("4.27.6M", "4.28.0F"),
        ("4.18.3M", "4.18.3.1F"),
        ("4.18.3.1F", "4.19.0F"),
        ("21.4R3-S2", "21.4R3-S10"),
        ("21.4R2", "21.4R3"),
        ("21.4R3-S2", "22.1R1"),
        ("9.8(3)21", "9.16(3)19"),
    ],
)
def test_order(older: str, newer: str) -> None:
    assert compare(older, newer) == -1
    assert compare(newer, older) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("BLD_POLARIS_DEV_LATEST_20211001_150647", "17.9.4"),
        ("BLD_A_1", "BLD_A_2"),
        ("17.17.20240916:124022", "17.17.1"),
        ("15.2(7)E", "15.2(7)S"),
        ("4.27.6M", "4.27.6F"),
    ],
)
def test_what_has_no_order_says_so(a: str, b: str) -> None:
    for left, right in ((a, b), (b, a)):
        with pytest.raises(UnorderedVersions, match=r"which of .* is newer"):
            compare(left, right)


def test_an_engineering_label_equals_itself() -> None:
    assert compare("BLD_A_1", "BLD_A_1") == 0


numbers = st.tuples(st.integers(3, 27), st.integers(1, 20), st.integers(1, 20))
letters = st.sampled_from(["", "a", "b", "c"])
builds = st.sampled_from(["", ".0.118", ".0.5797"])


@st.composite
def spelled(draw: st.DrawFn) -> str:
    major, minor, number = draw(numbers)
    width = draw(st.sampled_from([1, 2]))
    return f"{major:0{width}}.{minor:0{width}}.{number:0{width}}{draw(letters)}{draw(builds)}"


any_version = st.one_of(spelled(), st.sampled_from([text for text, _ in RELEASES]), st.text(max_size=20))


@given(numbers, letters, builds)
def test_leading_zeros_do_not_matter(parts: tuple[int, int, int], letter: str, build: str) -> None:
    major, minor, number = parts
    short, long = f"{major}.{minor}.{number}{letter}{build}", f"{major:02}.{minor:02}.{number:02}{letter}{build}"
    assert agree(short, long) is True
    assert release(short) == release(long)


@given(any_version, any_version)
def test_agreement_is_symmetric_and_order_antisymmetric(a: str, b: str) -> None:
    assert agree(a, b) == agree(b, a)
    try:
        forth = compare(a, b)
    except UnorderedVersions:
        with pytest.raises(UnorderedVersions):
            compare(b, a)
    else:
        assert compare(b, a) == -forth
        assert (forth == 0) == same_release(a, b)


@given(any_version)
def test_every_spelling_is_itself(text: str) -> None:
    assert same_release(text, text)
    assert compare(text, text) == 0


@given(st.lists(st.tuples(numbers, letters), min_size=3, max_size=3))
def test_order_of_plain_releases_is_transitive(parts: list[tuple[tuple[int, int, int], str]]) -> None:
    a, b, c = sorted((f"{x}.{y:02}.{z}{letter}" for (x, y, z), letter in parts), key=_as_netutils_would)
    assert compare(a, b) <= 0
    assert compare(b, c) <= 0
    assert compare(a, c) <= 0


def _as_netutils_would(text: str) -> tuple[object, ...]:
    body = text.rstrip("abc")
    return (*(int(part) for part in body.split(".")), text[len(body) :])


@given(numbers, letters, numbers, letters)
def test_netutils_agrees_on_plain_releases(
    left: tuple[int, int, int], a: str, right: tuple[int, int, int], b: str
) -> None:
    one, two = (f"{x}.{y:02}.{z}{letter}" for (x, y, z), letter in ((left, a), (right, b)))
    assert (compare(one, two) < 0) == compare_version_loose(one, "<", two)
    assert (compare(one, two) == 0) == compare_version_loose(one, "==", two)


def test_where_netutils_cannot_serve() -> None:
    """Why `versions` has an order of its own: builds, trains and labels."""
    assert not compare_version_loose("17.09.04.0.5797", "==", "17.9.4")
    assert compare_version_loose("BLD_POLARIS_B", ">", "BLD_POLARIS_A")
    with pytest.raises(TypeError):
        compare_version_loose("17.9.4a", "<", "17.9.BLD_1")
