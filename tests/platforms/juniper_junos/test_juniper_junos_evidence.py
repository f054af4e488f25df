"""What runs and what waits, as data and as text: either without the other, and no success where they disagree."""

from __future__ import annotations

from pathlib import Path

import pytest
from platforms.juniper_junos.scripted_device import IMAGE, PAIR, changer, desk, put, reader

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.facts import Placement
from swimctl.platforms.juniper_junos.facts import ChassisMember, RoutingEngine
from swimctl.platforms.juniper_junos.structured import engines_data, members_data, nodes_data, uptime_data

SPACE = "http://xml.juniper.net/junos"
RUNS = ("20.4R3.8", "20.4R3.8")
UP = (1_871, 88_260)
VERSION, UPTIME = "show version all-members", "show system uptime all-members"
CHASSIS, ENGINES = "show virtual-chassis", "show chassis routing-engine"
GONE = ["error: permission denied: show\n", "garbage", "", f"<rpc-reply xmlns:junos='{SPACE}'>\n  <software-info"]


def reply(answer: str) -> str:
    """Write a whole answer as `| display xml` gives it."""
    return (
        f'<rpc-reply xmlns:junos="{SPACE}/20.4R0/junos">\n{answer}\n    <cli>\n        <banner>{{master:0}}</banner>\n'
        "    </cli>\n</rpc-reply>\n"
    )


def of_members(*parts: str, names: tuple[str, ...] = ("fpc0", "fpc1")) -> str:
    items = (
        f"<multi-routing-engine-item>\n<re-name>{name}</re-name>\n{part}\n</multi-routing-engine-item>"
        for name, part in zip(names, parts, strict=True)
    )
    return reply("<multi-routing-engine-results>\n" + "\n".join(items) + "\n</multi-routing-engine-results>")


def version(release: str, *packages: str, model: str = "ex3400-48p") -> str:
    rows = "\n".join(
        f"<package-information>\n<name>os</name>\n<comment>{words}</comment>\n</package-information>"
        for words in ("JUNOS OS Kernel 32-bit  [20220101.1_builder_stable_12]", *packages)
    )
    return (
        f"<software-information>\n<host-name>hall-7</host-name>\n<product-model>{model}</product-model>\n"
        f"<product-name>{model}</product-name>\n<junos-version>{release}</junos-version>\n{rows}\n</software-information>"
    )


def uptime(seconds: int) -> str:
    return (
        f'<system-uptime-information xmlns="{SPACE}/20.4R0/junos">\n<current-time>\n'
        '<date-time junos:seconds="1710010564">2024-03-09 18:56:04 UTC</date-time>\n</current-time>\n'
        "<system-booted-time>\n<date-time>2024-03-08 18:25:04 UTC</date-time>\n"
        f'<time-length junos:seconds="{seconds}">1d 00:31</time-length>\n</system-booted-time>\n'
        "</system-uptime-information>"
    )


def member(number: int, *told: str) -> str:
    return f"<member>\n<member-id>{number}</member-id>\n<fpc-slot>(FPC {number})</fpc-slot>\n{''.join(told)}</member>"


def engines(reason: str) -> str:
    return reply(
        f'<route-engine-information xmlns="{SPACE}/20.4R0/junos-chassis">\n<route-engine>\n<slot>0</slot>\n'
        "<mastership-state>master</mastership-state>\n<model>RE-EX3400</model>\n"
        "<start-time>2024-03-08 18:25:04 UTC</start-time>\n"
        f'<up-time junos:seconds="88260">1 day</up-time>\n<last-reboot-reason>{reason}</last-reboot-reason>\n'
        "</route-engine>\n</route-engine-information>"
    )


THERE = "<member-status>Prsnt</member-status><member-role>{}</member-role>"
DATA = {
    f"{VERSION} | display xml": of_members(*(version(release) for release in RUNS)),
    f"{UPTIME} | display xml": of_members(*(uptime(seconds) for seconds in UP)),
    f"{CHASSIS} | display xml": reply(
        "<virtual-chassis-information>\n<member-list>\n"
        + "\n".join(member(at, THERE.format(role)) for at, role in enumerate(("Master*", "Backup")))
        + "\n</member-list>\n</virtual-chassis-information>"
    ),
    f"{ENGINES} | display xml": engines("Router rebooted after a normal shutdown."),
}
TEXTS = (VERSION, UPTIME, CHASSIS, ENGINES)
ON_TARGET = {VERSION: PAIR[VERSION].replace("20.4R3.8", "22.2R1.9")}
ON_TARGET_DATA = {**DATA, f"{VERSION} | display xml": of_members(*(version("22.2R1.9") for _ in RUNS))}


def test_both_forms_say_the_same() -> None:
    printed = reader(dict(PAIR)).running()
    assert (printed.members, printed.uptime, min(part or 0 for part in printed.parts), printed.doubt) == (
        dict(zip(("fpc0", "fpc1"), RUNS, strict=True)),
        88_260,
        1_871,
        "",
    )
    assert reader({**PAIR, **DATA}).running() == printed
    assert reader({**PAIR, **DATA}).installed(IMAGE).placement is Placement.ABSENT


@pytest.mark.parametrize("gone", GONE)
@pytest.mark.parametrize("command", [*TEXTS, *DATA])
def test_either_form_does_without_the_other(command: str, gone: str) -> None:
    whole, made = (reader({**PAIR, **DATA, **ON_TARGET, **ON_TARGET_DATA, **more}) for more in ({}, {command: gone}))
    theirs, ours = whole.running(), made.running()
    assert (ours.version, ours.members, ours.uptime, ours.doubt) == (theirs.version, theirs.members, theirs.uptime, "")
    assert made.installed(IMAGE) == whole.installed(IMAGE)
    assert made.installed(IMAGE).placement is Placement.COMMITTED
    assert made.unready() is None


def test_all_of_it_is_proved_by_data_alone_and_by_text_alone() -> None:
    no_text, no_data = dict.fromkeys(TEXTS, "garbage"), dict.fromkeys(DATA, "garbage")
    for answers in ({**PAIR, **ON_TARGET_DATA, **no_text}, {**PAIR, **ON_TARGET, **no_data}):
        made = reader(answers)
        assert made.running().members == {"fpc0": "22.2R1.9", "fpc1": "22.2R1.9"}
        assert made.installed(IMAGE).placement is Placement.COMMITTED
    with pytest.raises(UnparsableOutput):
        reader({**PAIR, **no_data, **no_text}).running()


def test_data_alone_does_not_prove_that_nothing_waits_for_the_reboot() -> None:
    """On the newer kind the text alone names what waits; on the older kind it is a package."""
    with pytest.raises(UnparsableOutput):
        reader({**PAIR, **DATA, VERSION: "garbage"}).installed(IMAGE)
    waits = of_members(*(version(release, "JUNOS Installation Software [22.2R1.9]") for release in RUNS))
    found = reader({**PAIR, **DATA, VERSION: "garbage", f"{VERSION} | display xml": waits}).installed(IMAGE)
    assert found.placement is Placement.NEXT


@pytest.mark.parametrize(
    ("command", "told", "doubt"),
    [
        (VERSION, of_members(version(RUNS[0]), version("22.2R1.9")), r"fpc1 runs 20\.4R3\.8, .* runs 22\.2R1\.9"),
        (UPTIME, of_members(uptime(UP[0]), uptime(60)), "fpc1 is up for 88260 s, .* for 60 s"),
    ],
)
def test_a_contradiction_on_what_runs_is_a_doubt(command: str, told: str, doubt: str) -> None:
    made = reader({**PAIR, **DATA, f"{command} | display xml": told})
    with pytest.raises(AssertionError, match=doubt):
        assert made.running().doubt == ""


@pytest.mark.parametrize(
    "told",
    [
        of_members(version("22.2R1.9"), version("22.2R1.9", "JUNOS Installation Software [21.4R3.15]")),
        of_members(version("22.2R1.9"), version("20.4R3.8")),
    ],
)
def test_what_runs_is_not_committed_where_the_forms_disagree(told: str) -> None:
    assert reader({**PAIR, **ON_TARGET}).installed(IMAGE).placement is Placement.COMMITTED
    found = reader({**PAIR, **ON_TARGET, f"{VERSION} | display xml": told}).installed(IMAGE)
    assert found.placement is Placement.UNCOMMITTED
    assert "'show version | display xml' that" in found.doubt


def test_a_text_that_breaks_off_before_a_member_says_nothing_of_all_of_them() -> None:
    cut = {VERSION: ON_TARGET[VERSION].partition("fpc1:")[0]}
    at = reader({**PAIR, **cut})
    for ask in (at.running, at.unready, lambda: at.installed(IMAGE), lambda: at.nodes(at.members())):
        with pytest.raises(UnparsableOutput, match="says nothing of fpc1, as 'show virtual-chassis' does"):
            ask()
    mixed = {f"{VERSION} | display xml": of_members(version("22.2R1.9"), version("20.4R3.8"))}
    assert reader({**PAIR, **DATA, **cut, **mixed}).running().members == {"fpc0": "22.2R1.9", "fpc1": "20.4R3.8"}
    # Data that breaks off so is none either, and the text counts.
    half = {f"{VERSION} | display xml": of_members(version("22.2R1.9"), names=("fpc0",))}
    assert reader({**PAIR, **half}).running() == reader(dict(PAIR)).running()
    # A member that is away says nothing, and nothing is needed of it.
    away = PAIR[CHASSIS].replace("1 (FPC 1)  Prsnt   ", "1 (FPC 1)  NotPrsnt")
    assert away != PAIR[CHASSIS]
    at = reader({**PAIR, **cut, CHASSIS: away})
    assert (at.running().members, at.unready()) == ({"fpc0": "22.2R1.9"}, "fpc1 NotPrsnt")


def test_times_that_break_off_before_a_member_prove_no_boot_of_all() -> None:
    cut = {UPTIME: PAIR[UPTIME].partition("fpc1:")[0]}
    with pytest.raises(UnparsableOutput, match=r"'show system uptime all-members'.*says nothing of fpc1"):
        reader({**PAIR, **cut}).running()
    # The data tells of both, and of both the one that did not boot counts.
    assert reader({**PAIR, **DATA, **cut}).running().uptime == max(UP)
    half = {f"{UPTIME} | display xml": of_members(uptime(60), names=("fpc0",))}
    assert reader({**PAIR, **half}).running() == reader(dict(PAIR)).running()
    away = PAIR[CHASSIS].replace("1 (FPC 1)  Prsnt   ", "1 (FPC 1)  NotPrsnt")
    assert reader({**PAIR, **cut, CHASSIS: away}).running().uptime is not None


def test_the_time_of_a_master_that_calls_itself_localre_is_that_of_its_member() -> None:
    assert PAIR[UPTIME].count("fpc0:") == 1
    local = {UPTIME: PAIR[UPTIME].replace("fpc0:", "localre:")}
    assert reader({**PAIR, **local}).running() == reader(dict(PAIR)).running()


def test_a_refused_pipe_is_not_tried_again() -> None:
    at = reader({**PAIR, **dict.fromkeys(DATA, "syntax error, expecting <command>.\n")})
    for _ in range(3):
        at.running()
    asked = at._session.asked  # type: ignore[attr-defined]
    assert asked.count(f"{VERSION} | display xml") == asked.count(f"{UPTIME} | display xml") == 1


def test_a_master_that_names_itself_goes_by_its_number() -> None:
    told = of_members(version(RUNS[0]), version(RUNS[1]), names=("localre", "fpc1"))
    for called in ("Master*", "Primary*"):
        chassis = DATA[f"{CHASSIS} | display xml"].replace("Master*", called)
        answers = {VERSION: "garbage", CHASSIS: "garbage", f"{VERSION} | display xml": told}
        found = reader({**PAIR, **DATA, **answers, f"{CHASSIS} | display xml": chassis}).running()
        assert found.members == {"fpc0": RUNS[0], "fpc1": RUNS[1]}


@pytest.mark.parametrize(
    ("reason", "abnormal"),
    [
        ("0x1000:reboot due to panic", "RE 0: 0x1000:reboot due to panic"),
        ("0x800:reboot due to exception", "RE 0: 0x800:reboot due to exception"),
        ("Router rebooted after a normal shutdown.", ""),
        ("0x1:power cycle/failure", ""),
        ("0x2:watchdog", ""),
        ("0x4000:VJUNOS reboot", ""),
    ],
)
def test_a_reboot_that_the_device_lays_to_a_failure_is_a_complaint(reason: str, abnormal: str) -> None:
    normal = "Router rebooted after a normal shutdown."
    text = PAIR[ENGINES].replace(normal, reason)
    assert reader({**PAIR, ENGINES: text}).running().abnormal == abnormal
    told = {ENGINES: "garbage", f"{ENGINES} | display xml": engines(reason)}
    assert reader({**PAIR, **told}).running().abnormal == abnormal
    assert reader({**PAIR, ENGINES: "error: the chassis-control subsystem is not running\n"}).running().abnormal == ""


@pytest.mark.parametrize(
    ("parse", "command"),
    [(nodes_data, VERSION), (uptime_data, UPTIME), (members_data, CHASSIS), (engines_data, ENGINES)],
)
def test_data_that_is_half_wrong_or_an_error_is_refused(parse: object, command: str) -> None:
    assert callable(parse)
    whole = DATA[f"{command} | display xml"]
    assert parse(whole)
    error = '<xnm:error xmlns:xnm="http://xml.juniper.net/xnm/1.1/xnm">\n<message>no</message>\n</xnm:error>'
    others = [text for name, text in DATA.items() if not name.startswith(command)]
    for text in (*others, reply(error), reply(""), whole.replace("</rpc-reply>", ""), whole.replace("</", "<", 1)):
        with pytest.raises(UnparsableOutput):
            parse(text)
    with pytest.raises(CommandRefused):
        parse("syntax error, expecting <command>.\n")
    assert parse(f"{command} | display xml\n{whole}\n{{master:0}}\nanna@hall-7> ") == parse(whole)


def test_members_that_do_not_read_are_not_lost() -> None:
    for told in (THERE.replace("Prsnt", ""), "<member-status>Prsnt</member-status>"):
        rows = f"{member(0, THERE.format('Master*'))}{member(1, told)}"
        with pytest.raises(UnparsableOutput, match="a member"):
            members_data(
                reply(f"<virtual-chassis-information><member-list>{rows}</member-list></virtual-chassis-information>")
            )
    away = member(1, "<member-status>NotPrsnt</member-status>")
    rows = f"<member-list>{member(0, THERE.format('Master*'))}{away}</member-list>"
    found = members_data(reply(f"<virtual-chassis-information>{rows}</virtual-chassis-information>"))
    assert found == (ChassisMember(0, "Prsnt", "", "", "Master"), ChassisMember(1, "NotPrsnt", "", ""))


@pytest.mark.parametrize("models", [("ex3400-24p",), ("ex3400-24p", "ex3400-24p"), ("ex4300-48t",)])
def test_a_lab_device_says_the_same_in_both_forms(tmp_path: Path, models: tuple[str, ...]) -> None:
    at = desk(tmp_path, models=models)
    found = changer(at).running()
    assert any(line.endswith("| display xml") for line in at.sent)
    shown, garbled = at.type, {"show version", "show system uptime", "show virtual-chassis"}

    def bent(line: str, *more: object) -> str:
        return "garbage\n" if line.removesuffix(" all-members") in garbled else shown(line, *more)

    at.type = bent  # type: ignore[method-assign]
    alone = changer(at).running()
    assert (alone.members, alone.doubt) == (found.members, "")
    assert abs((alone.uptime or 0) - (found.uptime or 0)) < 60


@pytest.mark.parametrize("faults", [(), ("abnormal-reload",)])
def test_a_lab_device_that_crashes_in_its_reboot_says_so(tmp_path: Path, faults: tuple[str, ...]) -> None:
    at = desk(tmp_path, *faults)
    driver, wanted = changer(at), put(at, tmp_path, IMAGE)
    assert driver.running().abnormal == ""
    assert driver.add(wanted).outcome.succeeded is True
    assert driver.activate(wanted).outcome.reload_announced
    at.wait(20 + at.device.spec.boot_time + 60)
    at.log_in()
    assert driver.running().abnormal == ("RE 0: 0x1000:reboot due to panic" if faults else "")
    assert driver.installed(wanted).placement is Placement.COMMITTED


def test_an_engine_as_data() -> None:
    assert engines_data(engines("0x1:power cycle/failure")) == (
        RoutingEngine("", "0", "Master", "RE-EX3400", "", "2024-03-08T18:25:04", 88_260, "0x1:power cycle/failure"),
    )
