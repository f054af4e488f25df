"""Other people's inventory plugins, the real ones, against what NetBox 4 and Nautobot 2 answer."""

from __future__ import annotations

import json
import warnings

import pytest
from support.inventory_servers import serving
from support.projects import Project

from swimctl.errors import ConfigError, InventoryError
from swimctl.inventory.hosts import Inventory
from swimctl.inventory.mapping import model_at, platform_of, value_at, window_at
from swimctl.inventory.selection import Selection
from swimctl.models import Device
from swimctl.platforms import PLATFORM_NAMES, canonical_platform

TOKEN = "0123456789abcdef0123456789abcdef01234567"


def loaded(project: Project, plugin: str, options: dict[str, object], swimctl: str = "{}") -> Inventory:
    project.write(
        "config.yaml", f"inventory: {{plugin: {plugin}, options: {json.dumps(options)}}}\nswimctl: {swimctl}\n"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what other people's plugins warn of is theirs
        return project.inventory()


def ours(inventory: Inventory) -> dict[str, Device]:
    chosen = inventory.select(Selection(all=True))
    assert chosen.left_out == "3 hosts of other systems are left out: 2 without a platform, 1 " + (
        inventory.device("fw1").platform
    )
    return {device.name: device for device in chosen.devices}


@pytest.mark.parametrize("options", [{}, {"use_platform_slug": True}], ids=["names", "slugs"])
def test_netbox_by_its_second_plugin(project: Project, options: dict[str, object]) -> None:
    pytest.importorskip("nornir_netbox")
    with serving("netbox", f"Token {TOKEN}") as stub:
        inventory = loaded(project, "NetBoxInventory2", {"nb_url": stub.url, "nb_token": TOKEN, **options})
    found = ours(inventory)
    switch = found["sw1"]
    assert (switch.platform, switch.model, switch.serial) == ("cisco_xe", "C9300-48P", "FOC0001")
    assert (switch.site, switch.role, switch.address) == ("bern-west", "access-switch", "192.0.2.7")
    assert (found["ar1"].platform, found["ar1"].model, found["ar1"].serial) == (
        "arista_eos", "DCS-7050SX3-48YC8", None,
    )  # fmt: skip
    for text in ("site=bern-west", "site__name=Bern West", "model=C9300-48P", "device_type__model=Catalyst 9300-48P"):
        assert "sw1" in [one.name for one in inventory.select(Selection(filters=(text,))).devices]


def test_netbox_by_its_first_plugin(project: Project) -> None:
    pytest.importorskip("nornir_netbox")
    with serving("netbox", f"Token {TOKEN}") as stub:
        inventory = loaded(project, "NBInventory", {"nb_url": stub.url, "nb_token": TOKEN})
        switch = ours(inventory)["sw1"]
        # It looks for `device_role`, which NetBox 4 has no more.
        assert (switch.platform, switch.model, switch.site, switch.role) == ("cisco_xe", "C9300-48P", "bern-west", None)
        whole = loaded(project, "NBInventory", {"nb_url": stub.url, "nb_token": TOKEN, "use_slugs": False})
    switch = ours(whole)["sw1"]
    assert (switch.platform, switch.model, switch.site) == ("cisco_xe", "C9300-48P", "Bern West")


def test_nautobot(project: Project) -> None:
    pytest.importorskip("nornir_nautobot")
    with serving("nautobot", f"Token {TOKEN}") as stub:
        inventory = loaded(project, "NautobotInventory", {"nautobot_url": stub.url, "nautobot_token": TOKEN})
    switch = ours(inventory)["sw1"]
    assert (switch.platform, switch.model, switch.serial) == ("cisco_xe", "C9300-48P", "FOC0001")
    assert (switch.site, switch.role, switch.address) == ("Bern West", "Access Switch", "192.0.2.7")


def test_nornir_ansible(project: Project) -> None:
    pytest.importorskip("nornir_ansible")
    project.write(
        "ansible/hosts",
        "[access]\nsw1 ansible_host=192.0.2.7 ansible_port=2222 model=C9300-48P\n"
        "[access:vars]\nansible_network_os=cisco.ios.ios\n[firewalls]\nfw1 ansible_network_os=paloaltonetworks.panos\n",
    )
    inventory = loaded(project, "AnsibleInventory", {"hostsfile": "ansible/hosts"})
    (switch,) = inventory.select(Selection(all=True)).devices
    assert (switch.platform, switch.port, switch.model, switch.groups) == ("cisco_ios", 2222, "C9300-48P", ("access",))


def test_a_token_that_is_refused_is_a_sentence(project: Project) -> None:
    pytest.importorskip("nornir_netbox")
    with serving("netbox", "Token another") as stub, pytest.raises(InventoryError, match="Failed to get") as refused:
        loaded(project, "NetBoxInventory2", {"nb_url": stub.url, "nb_token": TOKEN})
    assert TOKEN not in str(refused.value)


def test_paths_of_a_sites_own(project: Project) -> None:
    pytest.importorskip("nornir_netbox")
    own = (
        "{inventory: {model: [data.custom_fields.gone, device_type.slug], site: tenant.slug, platform: {pan-os: eos}}}"
    )
    with serving("netbox", f"Token {TOKEN}") as stub:
        inventory = loaded(project, "NetBoxInventory2", {"nb_url": stub.url, "nb_token": TOKEN}, own)
    assert (inventory.device("sw1").model, inventory.device("sw1").site) == ("C9300-48P", None)
    assert inventory.device("fw1").platform == "arista_eos"


def test_a_meaning_that_is_no_platform_is_refused_with_its_line(project: Project) -> None:
    with pytest.raises(
        ConfigError, match=r"line 2: swimctl.inventory.platform.campus must be one of cisco_xe, .*'xe17'"
    ):
        loaded(project, "SimpleInventory", {}, "{inventory: {platform: {campus: xe17}}}")


@pytest.mark.parametrize(
    ("name", "platform"),
    [
        ("cisco-ios-xe", "cisco_xe"), ("Cisco IOS-XE", "cisco_xe"), ("Cisco IOS XE", "cisco_xe"), ("iosxe", "cisco_xe"),
        ("Cisco IOS", "cisco_ios"), ("cisco.ios.ios", "cisco_ios"), ("Cisco NX-OS", "cisco_nxos"),
        ("cisco.nxos.nxos", "cisco_nxos"), ("cisco-ios-xr", "cisco_xr"), ("Arista EOS", "arista_eos"),
        ("arista-eos", "arista_eos"), ("Juniper Junos", "juniper_junos"),
        ("junipernetworks.junos.junos", "juniper_junos"),
        ("PAN-OS", None), ("", None), ("autodetect", None), ("cisco", None), ("cisco_asa", None),
    ],
)  # fmt: skip
def test_a_platform_by_any_of_its_names(name: str, platform: str | None) -> None:
    assert canonical_platform(name) == platform


def test_the_nearer_name_counts_and_one_that_is_known_before_one_that_is_not() -> None:
    assert platform_of(("cisco_xe", "ios"), {}, {}) == ("cisco_xe", "cisco_xe")
    assert platform_of((None, "campus-17"), {"platform": {"slug": "cisco-ios-xe"}}, {}) == ("cisco_xe", "cisco-ios-xe")
    assert platform_of(("autodetect", "nxos"), {}, {}) == ("cisco_nxos", "nxos")
    assert platform_of((None, "ios"), {}, {"IOS": "cisco_xe"}) == ("cisco_xe", "ios")
    assert platform_of((None, "panos"), {}, {}) == (None, "panos")
    assert platform_of((None, None), {"ansible_network_os": "arista.eos.eos"}, {})[0] == "arista_eos"
    assert {canonical_platform(name) for name in PLATFORM_NAMES} == set(PLATFORM_NAMES)


@pytest.mark.parametrize(
    ("model", "slug", "read"),
    [
        ("Catalyst 9300-48P", "cisco-c9300-48p", "C9300-48P"),
        ("C9300-48P", "cisco-c9300-48p", "C9300-48P"),
        ("Nexus 93180YC-FX", "cisco-n9k-c93180yc-fx", "N9K-C93180YC-FX"),
        ("Catalyst 9300-48P", "our-own-name", "Catalyst 9300-48P"),
        ("EX4300-48T", "juniper-ex4300-48t", "EX4300-48T"),
    ],
)
def test_a_model_by_a_name_of_trade_is_told_by_its_slug(model: str, slug: str, read: str) -> None:
    assert model_at({"device_type": {"model": model, "slug": slug}}, ["model", "device_type.model"]) == read


def test_a_value_is_a_text_or_a_number_and_nothing_else() -> None:
    data = {"site": {"city": "bern"}, "floor": 0, "empty": " ", "spare": True, "tags": ["a"]}
    assert value_at(data, ["site"]) is None
    assert value_at(data, ["empty", "spare", "tags", "floor"]) == "0"
    assert value_at(data, ["site.city"]) == value_at(data, ["data.site.city"]) == "bern"


@pytest.mark.parametrize(
    ("written", "window"),
    [
        ({}, None),
        ({"window": ""}, None),
        ({"window": "Sat 22:00-04:00@UTC"}, "Sat 22:00-04:00@UTC"),
        ({"window": ["Sat 22:00-04:00", "Wed 01:00-05:00"]}, "Sat 22:00-04:00; Wed 01:00-05:00"),
        ({"window": 22}, "22"),
    ],
)
def test_a_window_is_read_as_it_is_written(written: dict[str, object], window: str | None) -> None:
    assert window_at(written, ["window"]) == window
