"""Roles in config.yaml: a mistake in one must never open more than what was meant."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from support.projects import CONFIG, Project

from swimctl.config.access import grants
from swimctl.errors import ConfigError
from swimctl.rights import Act, Grant, Rights, granted


@dataclass(frozen=True)
class Somewhere:
    site: str | None
    groups: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("ber: {may: [trigger], sites: []}", "swimctl.roles.ber.sites"),
        ("ber: {may: [trigger], groups: []}", "swimctl.roles.ber.groups"),
        ("ber: {may: [trigger], sites: ['']}", "swimctl.roles.ber.sites.0"),
        ("ber: {may: [trigger], sites: ber}", "swimctl.roles.ber.sites"),
        ("ber: {may: [trigger], site: [ber]}", "unknown setting swimctl.roles.ber.site; did you mean sites?"),
        ("ber: {may: []}", "swimctl.roles.ber.may"),
        ("ber: {sites: [ber]}", "swimctl.roles.ber.may is missing"),
        ("ber: {may: [all]}", "must be one of look, plan, trigger, approve, cancel, steer, golden, not 'all'"),
        ("operator: {may: [look]}", "operator and read-only come with swimctl"),
        ("'two words': {may: [look]}", "swimctl.roles.two words"),
        (
            "ber: {may: [trigger, golden], sites: [ber]}",
            "swimctl.roles.ber: `golden` counts for all devices, so with `sites` it would allow nothing; write another",
        ),
        ("ber: {may: [golden], sites: [ber], groups: [core]}", "with `sites` and `groups` it would allow nothing"),
        ("ber: {may: [golden], groups: [core]}", "with `groups` it would allow nothing"),
    ],
)
def test_a_mistake_in_a_role_is_refused(project: Project, role: str, said: str) -> None:
    project.write("config.yaml", f"{CONFIG}  roles:\n    {role}\n")
    with pytest.raises(ConfigError) as refused:
        project.config()
    assert said in str(refused.value)


def test_a_role_of_sites_and_groups_holds_where_both_do(project: Project) -> None:
    project.write("config.yaml", f"{CONFIG}  roles:\n    ber: {{may: [trigger], sites: [ber, bln], groups: [core]}}\n")
    rights = Rights((granted(["ber"], grants(project.config().settings.roles)),))
    assert rights.may(Act.TRIGGER, Somewhere("bln", ("all", "core")))
    for place in (
        Somewhere("ber"),
        Somewhere("muc", ("core",)),
        Somewhere(None, ("core",)),
        Somewhere("BER", ("core",)),
    ):
        assert not rights.may(Act.LOOK, place)
    assert not rights.may(Act.LOOK, None)
    assert not rights.everywhere(Act.LOOK)


@pytest.mark.parametrize("parts", [(), ((),), ((Grant(frozenset(Act)),), ())])
def test_without_a_grant_in_each_part_nothing_is_allowed(parts: tuple[tuple[Grant, ...], ...]) -> None:
    rights = Rights(parts)
    for act in Act:
        assert not rights.may(act, Somewhere("ber"))
        assert not rights.somewhere(act)
        assert not rights.everywhere(act)


def test_each_act_lets_one_look_and_none_lets_one_do_more() -> None:
    for act in Act:
        rights = Rights(((Grant(frozenset({act})),),))
        allowed = {one for one in Act if rights.may(one, None)}
        assert allowed == {act, Act.LOOK} | ({Act.PLAN} if act is Act.TRIGGER else set())
