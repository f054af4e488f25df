"""What a relay keeps: each image is fetched once, goes on where it was cut, and is served only when it is right."""

from __future__ import annotations

import hashlib
import resource
import shutil
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.ranged_server import ranged

from swimctl.relays import shelf as module
from swimctl.relays.protocol import Refused
from swimctl.relays.shelf import Kept, Shelf

SIZE = 300_001
CONTENT = bytes(range(251)) * (SIZE // 251) + bytes(SIZE % 251)
HASH = hashlib.sha512(CONTENT).hexdigest()
TAG = HASH[:32]


def other(number: int, size: int = SIZE) -> tuple[str, bytes]:
    """Return another image, and its hash."""
    content = bytes([number]) * size
    return hashlib.sha512(content).hexdigest(), content


def shelf(folder: Path, most: int = 10 * SIZE, in_use: Callable[[], set[str]] = set) -> Shelf:
    return Shelf(folder, most, in_use)


def done(kept: Kept) -> Kept:
    """Wait until nobody works for it any more."""
    while kept.at_work:
        time.sleep(0.002)
    return kept


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_an_image_is_fetched_and_kept_under_its_hash(tmp_path: Path) -> None:
    one = shelf(tmp_path)
    with ranged(CONTENT) as server:
        kept = done(one.want(HASH, SIZE, server.url))
    assert (kept.ready, kept.problem, kept.fetched, one.fetched) == (True, "", SIZE, SIZE)
    assert one.path(HASH).read_bytes() == CONTENT
    assert (files(tmp_path), one.used) == ({HASH}, SIZE)


def test_many_who_want_one_image_make_one_fetch(tmp_path: Path) -> None:
    one, goes_on = shelf(tmp_path), threading.Event()
    with ranged(CONTENT, goes_on=goes_on) as server:
        wanted = [one.want(HASH, SIZE, f"{server.url}?{number}") for number in range(20)]
        assert len({id(each) for each in wanted}) == 1
        goes_on.set()
        assert done(wanted[0]).ready
        assert (server.begun, one.fetched) == ([0], SIZE)
        assert one.want(HASH, SIZE, server.url).ready
        assert server.begun == [0]


def test_a_fetch_that_is_cut_goes_on_where_it_was(tmp_path: Path) -> None:
    one = shelf(tmp_path)
    with ranged(CONTENT, cuts=[1000, 70_000, 1], tag=TAG) as server:
        assert done(one.want(HASH, SIZE, server.url)).ready
    assert server.begun == [0, 1000, 71_000, 71_001]
    assert (server.given, one.fetched) == (SIZE, SIZE)


def test_so_does_one_that_a_restart_of_the_relay_cut(tmp_path: Path) -> None:
    (tmp_path / f"{HASH}.part").write_bytes(CONTENT[:123_456])
    one = shelf(tmp_path)
    with ranged(CONTENT, tag=TAG) as server:
        assert done(one.want(HASH, SIZE, server.url)).ready
    assert (server.begun, one.fetched, files(tmp_path)) == ([123_456], SIZE - 123_456, {HASH})


def test_where_the_source_has_another_file_by_now_all_of_it_is_fetched_anew(tmp_path: Path) -> None:
    (tmp_path / f"{HASH}.part").write_bytes(b"of another file")
    one = shelf(tmp_path)
    with ranged(CONTENT, tag="of another one") as server:
        assert done(one.want(HASH, SIZE, server.url)).ready
    assert one.path(HASH).read_bytes() == CONTENT


def test_where_one_source_ends_the_next_one_gives_the_rest(tmp_path: Path) -> None:
    one, goes_on = shelf(tmp_path), threading.Event()
    with ranged(CONTENT, cuts=[100_000, 0, 0, 0, 0], tag=TAG, goes_on=goes_on) as bad, ranged(CONTENT, tag=TAG) as good:
        kept = one.want(HASH, SIZE, bad.url)
        one.want(HASH, SIZE, good.url)
        goes_on.set()
        assert done(kept).ready
    assert (bad.given, good.begun) == (100_000, [100_000])


@pytest.mark.parametrize(
    ("status", "why"), [(404, "answers 404: its ticket has ended"), (500, "answers 500"), (302, "answers 302")]
)
def test_a_source_that_refuses_is_named(tmp_path: Path, status: int, why: str) -> None:
    with ranged(CONTENT, status=status) as server:
        kept = done(shelf(tmp_path).want(HASH, SIZE, server.url))
    assert not kept.ready
    assert kept.problem.endswith(why)
    assert len(server.begun) == 1


def test_a_source_where_nobody_listens_is_asked_three_times(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{nobody.getsockname()[1]}"
        kept = done(shelf(tmp_path).want(HASH, SIZE, f"http://{place}/a"))
    assert not kept.ready
    assert kept.problem.startswith(f"{place} does not answer: ")


def test_a_file_of_another_size_is_not_fetched(tmp_path: Path) -> None:
    with ranged(CONTENT + b"more") as server:
        kept = done(shelf(tmp_path).want(HASH, SIZE, server.url))
    assert kept.problem.endswith(f"has {SIZE + 4} bytes of it, not {SIZE}")
    assert files(tmp_path) == set()


def test_a_file_with_another_hash_is_never_ready_and_leaves_nothing(tmp_path: Path) -> None:
    one = shelf(tmp_path)
    with ranged(CONTENT[:-1] + b"x") as server:
        kept = one.want(HASH, SIZE, server.url)
        kept.sources.append(f"{server.url}?of another device")
        assert not done(kept).ready
        assert kept.problem.startswith("what came is not the image: its SHA-512 is ")
        assert (files(tmp_path), len(server.begun)) == (set(), 1)
    with ranged(CONTENT) as server:
        assert done(one.want(HASH, SIZE, server.url)).ready, "who comes later has another chance"


def test_after_a_restart_a_file_is_read_before_it_is_served(tmp_path: Path) -> None:
    (tmp_path / HASH).write_bytes(CONTENT)
    with ranged(CONTENT) as server:
        assert done(shelf(tmp_path).want(HASH, SIZE, server.url)).ready
        assert server.begun == []
        (tmp_path / HASH).write_bytes(CONTENT[:-1] + b"x")
        assert done(shelf(tmp_path).want(HASH, SIZE, server.url)).ready
        assert server.begun == [0]
    assert (tmp_path / HASH).read_bytes() == CONTENT


@pytest.mark.parametrize("doubted", [True, False])
def test_a_file_that_was_changed_or_is_in_doubt_is_read_again(tmp_path: Path, doubted: bool) -> None:
    one = shelf(tmp_path)
    with ranged(CONTENT) as server:
        assert done(one.want(HASH, SIZE, server.url)).ready
        before = one.path(HASH).stat()
        with one.path(HASH).open("r+b") as file:
            file.write(b"x")
        # A disk that rots changes no time, and a clock may stand between two writes.
        module.os.utime(one.path(HASH), ns=(before.st_atime_ns, before.st_mtime_ns + (0 if doubted else 1)))
        if doubted:
            assert one.want(HASH, SIZE, server.url).ready
            one.doubt(HASH)
        assert done(one.want(HASH, SIZE, server.url)).ready
        assert server.begun == [0, 0]
    assert one.path(HASH).read_bytes() == CONTENT


def test_what_was_used_longest_ago_makes_room(tmp_path: Path) -> None:
    one = shelf(tmp_path, most=2 * SIZE + 10)
    images = [other(number) for number in range(3)]
    for digest, content in images[:2]:
        with ranged(content) as server:
            assert done(one.want(digest, SIZE, server.url)).ready
    assert one.want(images[0][0], SIZE, "http://127.0.0.1:9/").ready, "it was used again"
    with ranged(images[2][1]) as server:
        assert done(one.want(images[2][0], SIZE, server.url)).ready
    assert files(tmp_path) == {images[0][0], images[2][0]}


def test_what_devices_fetch_now_makes_none(tmp_path: Path) -> None:
    (first, content), (second, more) = other(1), other(2)
    one = shelf(tmp_path, most=SIZE + 10, in_use=lambda: {first})
    with ranged(content) as server:
        assert done(one.want(first, SIZE, server.url)).ready
    with ranged(more) as server:
        kept = done(one.want(second, SIZE, server.url))
        assert server.begun == []
    assert f"there is no room on the relay: the image has {SIZE} bytes, {SIZE + 10} may be used" in kept.problem
    assert files(tmp_path) == {first}


def test_an_image_that_is_larger_than_all_there_is_removes_nothing(tmp_path: Path) -> None:
    (first, content), (second, more) = other(1), other(2, 2 * SIZE)
    one = shelf(tmp_path, most=SIZE + 10)
    with ranged(content) as server:
        assert done(one.want(first, SIZE, server.url)).ready
    with ranged(more) as server:
        assert "there is no room" in done(one.want(second, 2 * SIZE, server.url)).problem
    assert files(tmp_path) == {first}


def test_a_disk_that_is_full_is_no_room_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=SIZE - 1))
    with ranged(CONTENT) as server:
        kept = done(shelf(tmp_path).want(HASH, SIZE, server.url))
    assert kept.problem.endswith(f"and {SIZE - 1} are free on its disk")


def test_a_disk_that_takes_no_more_has_its_space_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = shelf(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with ranged(CONTENT) as server, monkeypatch.context() as patch:
        patch.setattr(module.os, "fsync", full)
        kept = done(one.want(HASH, SIZE, server.url))
    assert (kept.ready, kept.problem) == (False, "the relay cannot write it: No space left on device")
    assert files(tmp_path) == set()


def test_a_disk_that_takes_a_part_of_a_write_makes_no_image(tmp_path: Path) -> None:
    one, before = shelf(tmp_path), resource.getrlimit(resource.RLIMIT_FSIZE)
    with ranged(CONTENT) as server:
        resource.setrlimit(resource.RLIMIT_FSIZE, (SIZE - 100, before[1]))
        try:
            kept = done(one.want(HASH, SIZE, server.url))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (kept.ready, kept.problem) == (False, "the relay cannot write it: File too large")
    assert files(tmp_path) == set()


def test_a_disk_from_which_nothing_can_be_removed_is_told_and_tried_again(tmp_path: Path) -> None:
    one, part = shelf(tmp_path), tmp_path / f"{HASH}.part"
    part.mkdir()  # it can neither be read nor be unlinked, as on a disk that became read-only
    with ranged(CONTENT) as server:
        assert done(one.want(HASH, SIZE, server.url)).problem == "the relay cannot write it: Is a directory"
        part.rmdir()
        assert done(one.want(HASH, SIZE, server.url)).ready


def test_an_image_that_is_read_again_needs_its_room_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (first, content), (second, more) = other(1), other(2)
    (tmp_path / first).write_bytes(content)
    hashed, goes_on = module._hashed, threading.Event()

    def slowly(path: Path, kept: Kept) -> hashlib._Hash:
        assert path.name != first or goes_on.wait(60)
        return hashed(path, kept)

    monkeypatch.setattr(module, "_hashed", slowly)
    one = shelf(tmp_path, most=2 * SIZE + 10)
    with ranged(content) as server, ranged(more) as another:
        read = one.want(first, SIZE, server.url)
        fetched = done(one.want(second, SIZE, another.url))
        goes_on.set()
        assert done(read).ready
    assert (fetched.problem, server.begun, files(tmp_path)) == ("", [], {first, second})


def test_two_sizes_of_one_hash_cannot_be(tmp_path: Path) -> None:
    one = shelf(tmp_path)
    with ranged(CONTENT) as server:
        done(one.want(HASH, SIZE, server.url))
        with pytest.raises(Refused, match=f"has {SIZE} bytes here, not 5"):
            one.want(HASH, 5, server.url)


def test_what_is_not_its_own_in_the_folder_stays_and_counts_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(bytes(5 * SIZE))
    one = shelf(tmp_path, most=SIZE)
    with ranged(CONTENT) as server:
        assert done(one.want(HASH, SIZE, server.url)).ready
    assert files(tmp_path) == {HASH, "notes.txt"}
