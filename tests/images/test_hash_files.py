"""The vendor's hashes: every usual form is read, and what is not a hash file is an error."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from support.projects import IMAGE, LITE

from swimctl.errors import ImageError, UsageError
from swimctl.images import hash_files
from swimctl.images.hash_files import MD5, SHA512, Expected, UnreadableError

CONTENT = b"nine"
SHA, SUM = hashlib.sha512(CONTENT).hexdigest(), hashlib.md5(CONTENT).hexdigest()  # noqa: S324 - as vendors do
NAMES = some.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,20}", fullmatch=True)
DIGESTS = some.sampled_from([128, 32, 64, 40]).flatmap(
    lambda length: some.text("0123456789abcdef", min_size=length, max_size=length)
)
TAGS = {128: "SHA512", 32: "MD5", 64: "SHA256", 40: "SHA1"}
FORMS: list[Callable[[str, str], str]] = [
    lambda name, digest: f"{digest}  {name}",
    lambda name, digest: f"{digest} *{name}",
    lambda name, digest: f"{digest}\t./images/{name}",
    lambda name, digest: f"{TAGS[len(digest)]} ({name}) = {digest}",
    lambda name, digest: f"{TAGS[len(digest)]}(folder/{name})= {digest}",
    lambda name, digest: f"{TAGS[len(digest)].replace('SHA', 'SHA2-')}({name})= {digest}",
]


@given(
    entries=some.dictionaries(NAMES, DIGESTS, min_size=1, max_size=5),
    form=some.sampled_from(FORMS),
    upper=some.booleans(),
    end=some.sampled_from(["\n", "\r\n"]),
    comment=some.sampled_from(["", "# hashes", "\n"]),
)
def test_each_file_of_a_list_has_its_own_hash(
    entries: dict[str, str], form: Callable[[str, str], str], upper: bool, end: str, comment: str
) -> None:
    lines = [form(name, digest.upper() if upper else digest) for name, digest in entries.items()]
    text = end.join([comment, *lines, ""])
    for name, digest in entries.items():
        wanted = {SHA512: digest} if len(digest) == 128 else {MD5: digest} if len(digest) == 32 else {}
        assert hash_files.read(text, name) == wanted
    assert hash_files.read(text, "not in it!") == {}


@given(some.text(max_size=300))
def test_any_text_gives_hashes_or_is_no_hash_file(text: str) -> None:
    try:
        found = hash_files.read(text, IMAGE)
    except UnreadableError as refused:
        assert str(refused)  # noqa: PT017 - most texts are refused
    else:
        assert all(digest in text.lower() for digest in found.values())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("\n# nothing\n", "empty"),
        ("see the vendor's page", "line 1 is not a hash"),
        (f"{SHA}  {IMAGE}\nand more", "line 2 is not a hash"),
        (SHA[:-1], "line 1"),
        (f"MD5 ({IMAGE}) = {SHA}", "line 1"),
        (f"{SHA}\n{SUM}", "some without a file name"),
        (f"{SHA}  {IMAGE}\n{'0' * 128}  {IMAGE}", "two different"),
    ],
)
def test_what_is_no_hash_file_is_told(text: str, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        hash_files.read(text, IMAGE)


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        (f"{IMAGE}.sha512", SHA, (SHA512, SHA)),
        (f"{IMAGE}.sha512sum", f"{SHA.upper()}  {IMAGE}\r\n", (SHA512, SHA)),
        (f"{IMAGE}.SHA512", f"\ufeff{SHA}\n", (SHA512, SHA)),
        (f"{IMAGE}.md5", f"MD5 ({IMAGE}) = {SUM}", (MD5, SUM)),
        (f"{IMAGE}.md5sum", SUM, (MD5, SUM)),
        ("SHA512SUMS", f"{'0' * 128}  {LITE}\n{SHA}  {IMAGE}\n", (SHA512, SHA)),
        ("md5sum.txt", f"{SUM} *{IMAGE}\n", (MD5, SUM)),
        ("SHA512SUMS", f"{SHA}  {LITE}\n", None),
        (f"{LITE}.sha512", "whatever it is, it is of another image", None),
    ],
)
def test_hash_files_are_found_beside_the_image(
    tmp_path: Path, file: str, text: str, found: tuple[str, str] | None
) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")
    assert hash_files.beside(tmp_path / IMAGE) == ([] if found is None else [Expected(*found, file)])


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        (f"{IMAGE}.sha512", b"", "cannot be read as a hash file: it is empty"),
        (f"{IMAGE}.sha512", b"\xff\xfe\x00", "not text"),
        (f"{IMAGE}.sha512", SUM.encode(), "has no SHA-512 of"),
        (f"{IMAGE}.md5", f"{SUM}  {LITE}".encode(), "has no MD5 of"),
        (f"{IMAGE}.md5", b"0" * (1 << 20) + b"0", "too large"),
        ("SHA512SUMS", b"<html>", "line 1 is not a hash"),
    ],
)
def test_a_hash_file_that_says_nothing_is_an_error(tmp_path: Path, file: str, content: bytes, said: str) -> None:
    (tmp_path / file).write_bytes(content)
    with pytest.raises(ImageError, match=said) as refused:
        hash_files.beside(tmp_path / IMAGE)
    assert file in str(refused.value)


def test_a_hash_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    (tmp_path / f"{IMAGE}.md5").mkdir()
    with pytest.raises(ImageError, match="Is a directory"):
        hash_files.beside(tmp_path / IMAGE)


def test_hashes_of_the_command_line() -> None:
    assert hash_files.given(f" {SHA.upper()} ", SUM) == [
        Expected(SHA512, SHA, "--sha512"),
        Expected(MD5, SUM, "--md5"),
    ]
    assert hash_files.given(None, None) == []
    for sha512, md5, said in ((SUM, None, "--sha512 .* 128 digits"), (None, "x" * 32, "--md5 .* 32 digits")):
        with pytest.raises(UsageError, match=said):
            hash_files.given(sha512, md5)


def test_another_hash_is_refused_with_both(tmp_path: Path) -> None:
    actual = {SHA512: SHA, MD5: SUM}
    hash_files.compare(tmp_path, actual, [Expected(SHA512, SHA, "a"), Expected(MD5, SUM, "b")])
    with pytest.raises(ImageError, match=f"has the MD5 {SUM}, and FILE.md5 says {'0' * 32}; download it again"):
        hash_files.compare(tmp_path, actual, [Expected(SHA512, SHA, "a"), Expected(MD5, "0" * 32, "FILE.md5")])
