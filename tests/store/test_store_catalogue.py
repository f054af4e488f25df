from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.stores import NOON, STEPS, opened, said, some_batch, some_image, some_jobs

from swimctl.errors import ConflictError, ImageError, NotFound, StoreError
from swimctl.models import Golden, ImageKind
from swimctl.states import JobStatus
from swimctl.store import NewJob, Store

OTHER = "isr4400_iosxe.17.09.05.SPA.bin"


def test_device_ids_are_given_once_and_for_all(store: Store, tmp_path: Path) -> None:
    assert store.device_ids([]) == {}
    assert store.device_ids(["sw2", "sw1", "sw2"]) == {"sw2": 1, "sw1": 2}
    with opened(tmp_path / "s.db") as other:
        assert other.device_ids(["sw3", "sw1"]) == {"sw3": 3, "sw1": 2}
    # Asking for known names uses no id up.
    assert store.device_ids(["sw1", "sw2", "sw3", "sw4"]) == {"sw1": 2, "sw2": 1, "sw3": 3, "sw4": 4}
    assert [store.device_name(number) for number in (1, 2, 3, 4, 5, 0, -1)] == ["sw2", "sw1", "sw3", "sw4", *[None] * 3]


def test_an_image_is_kept_as_given(store: Store) -> None:
    image = some_image(store)
    assert (image.id, image.added_at, image.size, image.family) == (1, NOON, 1_000, "cat9k_iosxe")
    other = some_image(store, OTHER, version="17.09.05")
    assert store.images() == [image, other]
    assert store.image(image.id) == store.image(image.filename) == image
    for unknown in (3, "nothing.bin"):
        with pytest.raises(NotFound, match="image list"):
            store.image(unknown)


def test_the_same_file_again_is_the_same_image(store: Store) -> None:
    image = some_image(store)
    moved = some_image(store, path=Path("/mnt/images/a.bin"))
    assert moved.id == image.id
    assert moved.path == Path("/mnt/images/a.bin")
    with pytest.raises(ImageError, match="other bytes"):
        some_image(store, sha512="c" * 128)
    assert store.images() == [moved]


def test_a_golden_rule_replaces_that_of_the_same_kind_and_group(store: Store) -> None:
    old = some_image(store)
    new = some_image(store, "cat9k_iosxe.17.15.01.SPA.bin", version="17.15.01")
    other = some_image(store, OTHER)
    general = store.set_golden(old.id)
    assert general == Golden(old.id, "cisco_xe", "cat9k_iosxe", None)
    grouped = store.set_golden(old.id, "access")
    others = store.set_golden(other.id)
    assert sorted(store.goldens(), key=repr) == sorted([general, grouped, others], key=repr)
    named = {"model": "C9300-*", "site": "bern", "role": "edge"}
    particular = store.set_golden(new.id, "access", **named)
    assert particular == Golden(new.id, "cisco_xe", "cat9k_iosxe", "access", **named)
    assert store.set_golden(old.id, "access", **named) in store.goldens()
    assert particular not in store.goldens()
    store.set_golden(old.id, **named)
    assert len(store.goldens()) == 5
    store.unset_golden(old.id)
    grouped = store.set_golden(old.id, "access")
    replaced = store.set_golden(new.id)
    assert replaced.image_id == new.id
    assert sorted(store.goldens(), key=repr) == sorted([replaced, grouped, others], key=repr)
    store.unset_golden(old.id)
    assert sorted(store.goldens(), key=repr) == sorted([replaced, others], key=repr)
    with pytest.raises(NotFound):
        store.set_golden(99)


def test_only_a_whole_image_is_golden(store: Store) -> None:
    patch = some_image(store, "cat9k_iosxe.17.12.04.CSCwa00001.SPA.smu.bin", kind=ImageKind.PATCH)
    assert store.image(patch.id).kind is ImageKind.PATCH
    with pytest.raises(ImageError, match="of kind patch; only a whole image"):
        store.set_golden(patch.id)
    with pytest.raises(StoreError, match="only a whole image is golden"):
        store._db.write(
            lambda sql: sql.execute(
                "INSERT INTO goldens (image_id, platform, family) VALUES (?, 'cisco_xe', 'x')", [patch.id]
            )
        )
    assert store.goldens() == []


def test_an_image_that_a_job_needs_is_not_removed(store: Store) -> None:
    waiting, running = some_jobs(store, ["sw1", "sw2"])
    image_id = waiting.image_id
    store.set_golden(image_id)
    with store.register_runner() as runner:
        store.claim(running.id, runner)
        for last in ("both", "running"):
            with pytest.raises(ConflictError, match=f"image {image_id}"):
                store.remove_image(image_id)
            assert store.image(image_id).id == image_id
            if last == "both":
                store.cancel([waiting.id])
        store.move(running.id, runner, JobStatus.FAILED, "no space")
    store.remove_image(image_id)
    assert store.images() == []
    assert store.goldens() == []
    with pytest.raises(NotFound):
        store.image(waiting.image_filename)
    with pytest.raises(NotFound):
        store.set_golden(image_id)
    # What was done with it can still be read, and its id is not given to another file.
    assert store.job(running.id).image_filename == waiting.image_filename
    assert some_image(store).id == image_id + 1


def test_a_removed_image_gets_no_new_jobs(store: Store) -> None:
    image = some_image(store)
    ids = store.device_ids(["sw1"])
    store.remove_image(image.id)
    with pytest.raises(NotFound, match=f"image {image.id}"):
        store.create_batch(some_batch("batch-0001"), [NewJob(ids["sw1"], "sw1", image.id, STEPS)])
    assert store.jobs() == []
    assert store.batches() == []
    with pytest.raises(NotFound):
        store.remove_image(99)


def test_a_rule_without_a_file_takes_the_place_of_one_that_names_the_same(store: Store) -> None:
    image = some_image(store)
    bare = Golden(None, "cisco_xe", "cat9k_iosxe", release="17.15.1")
    store.set_golden(image.id)
    assert store.set_golden_release(bare) == bare
    assert store.goldens() == [bare]
    of_the_platform = store.set_golden_release(replace(bare, family=None))  # beside the family's: less particular
    assert store.set_golden_release(replace(bare, family=None)) == of_the_platform
    grouped = store.set_golden_release(replace(bare, group="access", tag="night", valid_from=NOON))
    assert sorted(store.goldens(), key=str) == sorted([bare, of_the_platform, grouped], key=str)
    again = store.set_golden(image.id)
    assert sorted(store.goldens(), key=str) == sorted([again, of_the_platform, grouped], key=str)
    store.remove_image(image.id)  # its own rules end, those without a file stay
    assert sorted(store.goldens(), key=str) == sorted([of_the_platform, grouped], key=str)
    store.set_golden_release(replace(bare, family=None, release="17.9.5", site="bern"))
    store.unset_golden_release("cisco_xe", "17.15.1")
    assert [rule.release for rule in store.goldens()] == ["17.9.5"]
    for platform, release in (("cisco_xe", "17.15.1"), ("cisco_nxos", "17.9.5")):
        with pytest.raises(NotFound, match=r"no golden rule of .* names the release .*image list"):
            store.unset_golden_release(platform, release)


@pytest.mark.parametrize(
    "columns",
    [
        "(image_id, platform, family, release) VALUES (1, 'cisco_xe', 'x', '17.9.5')",
        "(platform, family) VALUES ('cisco_xe', 'x')",
        "(image_id, platform) VALUES (1, 'cisco_xe')",
        "(platform, release) VALUES ('cisco_xe', '')",
        "(image_id, platform, family) VALUES (99, 'cisco_xe', 'x')",
    ],
)
def test_a_rule_of_neither_a_file_nor_a_release_cannot_be_written(store: Store, columns: str) -> None:
    some_image(store)
    with pytest.raises(StoreError):
        said(store, f"INSERT INTO goldens {columns}")
    assert store.goldens() == []


def test_rules_that_differ_in_tag_or_times_stand_beside_each_other(store: Store) -> None:
    image = some_image(store)
    start, end = datetime(2030, 1, 1, tzinfo=UTC), datetime(2030, 2, 1, tzinfo=UTC)
    rules = [
        store.set_golden(image.id),
        store.set_golden(image.id, tag="night"),
        store.set_golden(image.id, valid_from=start),
        store.set_golden(image.id, valid_from=start, valid_until=end),
    ]
    assert store.set_golden(image.id, tag="night") == rules[1]
    assert sorted(store.goldens(), key=str) == sorted(rules, key=str)
    assert rules[3].whom == "all from 2030-01-01T00:00Z until 2030-02-01T00:00Z"
