"""Which golden rule wins for a device: predictable, whatever the order of the rules."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from support.projects import IMAGE, LITE

from swimctl.images.catalogue import read_filename
from swimctl.images.goldens import Choice, choose
from swimctl.models import Device, Golden, Image

DEVICE = Device(1, "sw1", "cisco_xe", "sw1", groups=("floor-1", "access"), model="C9300-24P", site="bern", role="edge")
NAMES = [
    IMAGE,
    LITE,
    "cat9k_iosxe.17.09.05.SPA.bin",
    "cat9k_iosxe.17.15.01.SPA.bin",
    "c2960x-universalk9-mz.152-7.E7.bin",
]
NOW = datetime(2030, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> list[Image]:
    folder = tmp_path_factory.mktemp("images")
    return [image_of(folder / name, number) for number, name in enumerate(NAMES, 1)]


def image_of(path: Path, number: int) -> Image:
    path.write_bytes(b"image")
    what = read_filename(path.name)
    at = datetime(2031, 1, 1, tzinfo=UTC)
    return Image(number, path.name, path, what.platform, what.family, what.version, 5, "s", "m", at)


def rule(image: int, group: str | None = None, **named: str) -> Golden:
    what = read_filename(NAMES[image - 1])
    return Golden(image, what.platform, what.family, group, **named)


def won(choice: Choice) -> int | None:
    """Return the winner's image id, after a look at whether the verdicts say the same as the choice."""
    winners = [verdict for verdict in choice.verdicts if verdict.wins]
    assert (choice.image is None) is bool(choice.refusal)
    assert [verdict.image for verdict in winners] == ([choice.image] if choice.image else [])
    assert all(verdict.applies for verdict in winners)
    assert all(verdict.why for verdict in choice.verdicts)
    return choice.image.id if choice.image else None


@pytest.mark.parametrize(
    ("rules", "image"),
    [
        ([rule(1)], 1),
        ([rule(1), rule(2)], 1),
        ([rule(1), rule(3, "access")], 3),
        ([rule(3, "access"), rule(4, "floor-1"), rule(1)], 4),
        ([rule(3, "core"), rule(1)], 1),
        ([rule(1, "floor-1"), rule(3, model="C9300*")], 3),
        ([rule(1, model="C9300*"), rule(3, model="c9300-24*")], 3),
        ([rule(1, model="C9300-24P*"), rule(3, model="C9300-24P")], 3),
        ([rule(1, model="*"), rule(3, "floor-1", site="bern", role="edge")], 1),
        ([rule(1, model="C9500*"), rule(3)], 3),
        ([rule(1, site="bern"), rule(3, "access")], 3),
        ([rule(1, role="edge"), rule(3, site="bern")], 3),
        ([rule(1, role="edge"), rule(3)], 1),
        ([rule(1, role="core"), rule(3)], 3),
        ([rule(1, "access", role="edge"), rule(3, "access", site="bern")], 3),
        ([rule(1, "access", site="bern", role="edge"), rule(3, "access", site="bern")], 1),
        ([rule(1, site="basel"), rule(2)], None),
        ([rule(1, "access"), rule(1, model="C9300-2??")], 1),
    ],
)
def test_the_most_particular_rule_wins(images: list[Image], rules: list[Golden], image: int | None) -> None:
    assert won(choose(DEVICE, rules, images, NOW)) == image


@pytest.mark.parametrize(
    ("device", "rules", "said"),
    [
        (DEVICE, [], "no golden image for cisco_xe: .*swimctl image golden ID"),
        (DEVICE, [rule(1, "core")], "image 1 for group core: it is not in group core; .*--explain DEVICE"),
        (DEVICE, [rule(1, model="C9500*")], "for model C9500[*]: its model is C9300-24P"),
        (DEVICE, [rule(1, site="basel")], "its site is bern"),
        (replace(DEVICE, role=None), [rule(1, role="edge")], "does not say its role"),
        (replace(DEVICE, model=None), [rule(1, model="*")], "does not say its model"),
        (DEVICE, [rule(2)], "does not run on C9300-24P"),
        (DEVICE, [replace(rule(1), image_id=9)], "no longer in the catalogue"),
        (DEVICE, [rule(2, "access")] * 4 + [rule(1, f"g{number}") for number in range(5)], "; and 3 more"),
        (
            DEVICE,
            [rule(1, model="C9300*P"), rule(3, model="C9300-*")],
            r"image 1 .cat9k_iosxe. for model C9300[*]P and image 3 .* for model C9300-[*]; make one",
        ),
        (replace(DEVICE, model=None), [rule(1), rule(2)], "image 1 .* and image 2 .*; add data.model, or use --image"),
        (replace(DEVICE, model="C9999-FUTURE"), [rule(1), rule(2)], "add data.model, or use --image"),
        (replace(DEVICE, platform="panos"), [rule(1)], "no golden image"),
    ],
)
def test_where_nothing_wins_it_says_why(images: list[Image], device: Device, rules: list[Golden], said: str) -> None:
    choice = choose(device, rules, images, NOW)
    assert won(choice) is None
    with pytest.raises(ValueError, match=said):
        raise ValueError(choice.refusal)


@pytest.mark.parametrize("model", [None, "C9999-FUTURE"])
def test_an_unknown_model_gets_the_only_possible_image(images: list[Image], model: str | None) -> None:
    device = replace(DEVICE, model=model)
    assert won(choose(device, [rule(1), rule(3, "access")], images, NOW)) == 3
    assert won(choose(replace(device, platform="cisco_ios"), [rule(1)], images, NOW)) == 1
    assert won(choose(device, [rule(5)], images, NOW)) is None


def test_among_equals_an_image_that_surely_runs_goes_before_one_of_which_nobody_knows(tmp_path: Path) -> None:
    sure, unsure = image_of(tmp_path / "nxos.9.3.5.bin", 1), image_of(tmp_path / "nxos64-cs.10.3.4a.M.bin", 2)
    rules = [Golden(image.id, image.platform, image.family) for image in (sure, unsure)]
    device = replace(DEVICE, platform="cisco_nxos", model="Nexus9000 C9332D-GX2B")
    assert won(choose(device, rules, [sure, unsure], NOW)) == 2
    assert won(choose(device, [replace(rules[0], group="access"), rules[1]], [sure, unsure], NOW)) == 1


def test_a_winner_whose_file_is_gone_gives_no_other_image(tmp_path: Path) -> None:
    gone, other = image_of(tmp_path / IMAGE, 1), image_of(tmp_path / NAMES[2], 2)
    gone.path.unlink()
    choice = choose(DEVICE, [replace(rule(1), group="access"), replace(rule(3), image_id=2)], [gone, other], NOW)
    assert choice.image is None
    assert "put it back" in (choice.refusal or "")
    assert [verdict.wins for verdict in choice.verdicts] == [True, False]


def without_file(one: Golden) -> Golden:
    return replace(one, image_id=None, release=read_filename(NAMES[(one.image_id or 1) - 1]).version)


RULES = some.lists(
    some.builds(
        lambda image, *, file, **named: replace(rule(image) if file else without_file(rule(image)), **named),
        some.integers(1, len(NAMES)),
        file=some.booleans(),
        group=some.sampled_from([None, "access", "floor-1", "core"]),
        model=some.sampled_from([None, "C9300*", "C9300-24P", "C9[2-3]*P", "*-24P", "C9200*"]),
        site=some.sampled_from([None, "bern", "basel"]),
        role=some.sampled_from([None, "edge"]),
    ),
    max_size=7,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rules=RULES,
    seed=some.randoms(use_true_random=False),
    model=some.sampled_from([None, "C9300-24P", "C9200L-24P", "WS-C2960X-24TS-L"]),
    platform=some.sampled_from(["cisco_xe", "cisco_ios"]),
)
def test_the_winner_never_depends_on_the_order_of_the_rules(
    images: list[Image], rules: list[Golden], seed: random.Random, model: str | None, platform: str
) -> None:
    device = replace(DEVICE, model=model, platform=platform)
    choice = choose(device, rules, images, NOW)
    shuffled: Sequence[Golden] = seed.sample(rules, len(rules))
    assert choose(device, shuffled, images, NOW) == choice
    winner = won(choice)
    applying = [verdict.rule for verdict in choice.verdicts if verdict.applies]
    # What does not apply changes nothing, and the winner alone is the same winner.
    assert won(choose(device, applying, images, NOW)) == winner
    if winner is not None:
        best = next(verdict.rule for verdict in choice.verdicts if verdict.wins)
        assert all(won(choose(device, [best, other], images, NOW)) == winner for other in rules)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "end", "applies"),
    [
        (NOW, None, True),
        (NOW + DAY, None, False),
        (None, NOW, False),
        (None, NOW + DAY, True),
        (NOW - DAY, NOW + DAY, True),
        (NOW - 2 * DAY, NOW - DAY, False),
    ],
)
def test_a_rule_counts_from_a_time_and_until_another_one(
    images: list[Image], start: datetime | None, end: datetime | None, *, applies: bool
) -> None:
    choice = choose(DEVICE, [rule(1), replace(rule(3), valid_from=start, valid_until=end)], images, NOW)
    assert won(choice) == (3 if applies else 1)  # one that has times is more particular than one that has none
    verdict = next(each for each in choice.verdicts if each.rule.image_id == 3)
    assert applies or "it is not valid" in verdict.why


def test_a_tag_is_less_than_a_role_and_more_than_nothing(images: list[Image]) -> None:
    device = replace(DEVICE, tags=("night", "lobby"), role="access")
    assert won(choose(device, [rule(1), replace(rule(3), tag="night")], images, NOW)) == 3
    assert won(choose(device, [rule(1), replace(rule(3), tag="day")], images, NOW)) == 1
    both = [replace(rule(3), tag="night"), replace(rule(4), role="access")]
    assert won(choose(device, both, images, NOW)) == 4


def bare(release: str, family: str | None = None, group: str | None = None, **named: str) -> Golden:
    """Make a rule that names a release and no file."""
    return Golden(None, "cisco_xe", family, group, release=release, **named)


@pytest.mark.parametrize(
    ("rules", "image", "release"),
    [
        ([bare("17.12.4")], 1, "17.12.4"),  # of two images of it (also LITE) the one that runs on a C9300
        ([bare("17.9.5", "cat9k_iosxe")], 3, "17.9.5"),
        ([rule(1), bare("17.9.5", group="access")], 3, "17.9.5"),
        ([bare("17.9.5"), rule(1, "access")], 1, "17.12.4"),
        ([bare("17.9.5"), rule(1)], 1, "17.12.4"),  # one for a family goes before one for all of a platform
        ([bare("17.9.5"), bare("17.12.4", "cat9k_iosxe")], 1, "17.12.4"),
        ([bare("17.9.5", tag="night"), bare("17.12.4", role="edge"), rule(4)], 1, "17.12.4"),
        ([bare("17.9.5", tag="night"), rule(4, tag="lobby")], 4, "17.15.1"),
        ([bare("17.12.4", "cat9k_iosxe", tag="night"), rule(1, tag="lobby")], 1, "17.12.4"),  # equal, and of one mind
        ([bare("17.12.4", "cat9k_lite_iosxe"), rule(3)], 3, "17.9.5"),  # a family for other hardware does not count
    ],
)
def test_a_release_without_a_file_comes_to_the_image_of_it_that_fits(
    images: list[Image], rules: list[Golden], image: int, release: str
) -> None:
    choice = choose(replace(DEVICE, tags=("night", "lobby")), rules, images, NOW)
    assert (won(choice), choice.release) == (image, release)


def other_platform(release: str) -> Golden:
    return replace(bare(release), platform="cisco_nxos")


@pytest.mark.parametrize(
    ("rules", "release", "said"),
    [
        ([bare("17.18.2")], "17.18.2", "release 17.18.2 .for all., of which no image for C9300-24P .*image add FILE"),
        (
            [rule(1), bare("17.18.2", group="access")],
            "17.18.2",
            "release 17.18.2 .for group access., of which no image",
        ),
        (
            [bare("17.9.5", tag="night"), bare("17.12.4", tag="lobby")],
            None,
            "release 17.12.4 .cisco_xe. .*release 17.9.5",
        ),
        (
            [bare("17.9.5", "cat9k_iosxe", tag="night"), rule(1, tag="lobby")],
            None,
            "image 1 .cat9k_iosxe. for tag lobby and release 17.9.5 .cat9k_iosxe. for tag night; make one",
        ),
        ([bare("17.12.4", "cat9k_lite_iosxe")], None, "the family cat9k_lite_iosxe does not run on C9300-24P"),
        ([other_platform("17.12.4")], None, "no golden image for cisco_xe"),
    ],
)
def test_a_release_without_an_image_that_fits_gives_none_and_says_what_to_do(
    images: list[Image], rules: list[Golden], release: str | None, said: str
) -> None:
    of_two_tags = replace(DEVICE, tags=("night", "lobby"))
    choice = choose(of_two_tags, rules, images, NOW)
    assert (choice.image, choice.release) == (None, release)
    assert [verdict.rule.release for verdict in choice.verdicts if verdict.wins] == ([release] if release else [])
    with pytest.raises(ValueError, match=said):
        raise ValueError(choice.refusal)


def test_two_images_of_a_golden_release_are_not_guessed_between(tmp_path: Path) -> None:
    names = (IMAGE, "cat9k_iosxe_npe.17.12.04.SPA.bin")
    both = [image_of(tmp_path / name, number) for number, name in enumerate(names, 1)]
    choice = choose(DEVICE, [bare("17.12.4")], both, NOW)
    assert (choice.image, choice.release) == (None, "17.12.4")
    assert "image 1 (cat9k_iosxe.17.12.04.SPA.bin) and image 2" in str(choice.refusal)
    assert won(choose(DEVICE, [bare("17.12.4", "cat9k_iosxe_npe")], both, NOW)) == 2
    lite = [image_of(tmp_path / LITE, 3)]
    assert f"{LITE} does not run on C9300-24P" in str(choose(DEVICE, [bare("17.12.4")], lite, NOW).refusal)


def test_a_golden_release_whose_image_lost_its_file_is_golden_all_the_same(tmp_path: Path) -> None:
    gone = image_of(tmp_path / IMAGE, 1)
    gone.path.unlink()
    choice = choose(DEVICE, [bare("17.12.4")], [gone], NOW)
    assert (choice.image, choice.release) == (None, "17.12.4")
    assert "put it back" in str(choice.refusal)


def test_times_of_a_release_without_a_file_count_as_those_of_an_image(images: list[Image]) -> None:
    later = replace(bare("17.15.1"), valid_from=NOW + DAY)
    assert won(choose(DEVICE, [bare("17.9.5"), later], images, NOW)) == 3
    assert won(choose(DEVICE, [bare("17.9.5"), later], images, NOW + DAY)) == 4
    assert won(choose(DEVICE, [rule(1), replace(later, family="cat9k_iosxe")], images, NOW + DAY)) == 4
