"""The how-to pages of plans, of the way of an image, and of Prometheus, typed to the letter."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.request
from pathlib import Path

import pytest
from fleets.every import FLEETS
from ruamel.yaml import YAML
from support.file_server import serving as serving_file
from support.howto import Machine, Page
from support.server_process import serving, token_for
from support.upgrades import lab_folder, with_data

from swimctl.lab.cisco_xe.fleet import default_fleet

pytestmark = pytest.mark.prove
IMAGE = "cat9k_iosxe.17.12.04.SPA.bin"
QUICK = {"transfer": 400_000}


def test_a_plan_is_shown_signed_kept_and_run(tmp_path: Path) -> None:
    page = Page("plan.md")
    nexus = FLEETS["cisco_nxos"]
    fleet = [*default_fleet(3), nexus.make("dist1", version=nexus.old, **nexus.partner)]
    with lab_folder(tmp_path, fleet=fleet, **QUICK) as lab:
        machine = Machine(
            tmp_path, {"--all": "sw1 sw2 sw3", "--plan tonight": "--yes --plan tonight", "--waive": "--yes --waive"}
        )
        said = machine.type(page.block("swimctl plan --all --canary 2 --window"))
        assert "swimctl: plan ready=3" in said
        kept, run = page.block("--out tonight.json").splitlines()
        hashed = re.search(r"\b[0-9a-f]{64}\b", machine.type(kept))
        assert hashed is not None
        assert hashed.group() in machine.type(run)
        assert [len(lab.reloads(f"sw{number}")) for number in (1, 2, 3)] == [1, 1, 1]
        assert "redundancy group" in machine.type("swimctl plan dist1", code=1)
        machine.type(page.block("swimctl upgrade dist1 --waive"))
        assert len(lab.reloads("dist1")) == 1
        (entry,) = [
            one for one in json.loads(machine.type("swimctl audit list --json"))["entries"] if "dist1" in str(one)
        ]
        assert "its partner is off" in str(entry)
    page.over()


def test_devices_fetch_their_image_as_the_page_says(tmp_path: Path) -> None:
    page = Page("distribution.md")
    with lab_folder(tmp_path, devices=4) as lab:
        image = (tmp_path / "images" / IMAGE).read_bytes()
        with serving_file(IMAGE, image) as berlin:
            machine = Machine(
                tmp_path, {"https://images.ber.example/ios/": berlin.folder, "10.20.0.5": "127.0.0.1", "8100": "0"}
            )
            machine.configure(page.block("transport: auto"))
            machine.type("swimctl upgrade sw1 --yes")
            assert "reaches the image server" in machine.events_of("sw1")
            machine.configure(page.block("transport: pull"), "inventory/groups.yaml")
            machine.configure(page.block("sources:"), "inventory/groups.yaml")
            machine.join(sw2="branches", sw3="berlin")
            # A Catalyst's command takes no VRF, as the table of the page says.
            assert "vrf" in machine.type("swimctl plan sw2", code=1).lower()
            machine.type("swimctl upgrade sw3 --yes", IMAGES_PASSWORD="fetcher's")
            assert f"/{IMAGE}" in berlin.asked
            assert berlin.folder in machine.events_of("sw3")
            assert [line for line in lab.commands("sw3") if line.startswith(f"copy {berlin.folder}")]
            machine.configure(page.block("copies_per_site: 4"))
            with_data(tmp_path, sw4={"site": "ber"})
            machine.type("swimctl upgrade sw4 --yes")
            assert [len(lab.reloads(f"sw{number}")) for number in (1, 2, 3, 4)] == [1, 0, 1, 1]
        key = tmp_path / "host_key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        shown = machine.calling(**{"/etc/ssh/ssh_host_ed25519_key.pub": f"{key}.pub"})
        assert "SHA256:" in shown.type(page.block("ssh-keygen -lf"))
    page.over()


def test_prometheus_reads_the_metrics_with_what_the_page_configures(tmp_path: Path) -> None:
    page = Page("monitoring.md")
    with lab_folder(tmp_path) as lab, serving(tmp_path, token=token_for(tmp_path)) as served:
        machine = Machine(tmp_path)
        machine.type("head -c 24 /dev/urandom | base64 | swimctl user add prometheus --role read-only --password-stdin")
        token = json.loads(machine.type("swimctl token create --user prometheus --json"))["token"]
        yaml = YAML(typ="safe").load(page.block("scrape_configs:"))
        (scrape,) = yaml["scrape_configs"]
        assert [Path(each).name for each in yaml["rule_files"]] == ["prometheus-rules.yaml"]
        header = f"{scrape['authorization']['type']} {token}"
        request = urllib.request.Request(f"{served.url}/metrics", headers={"Authorization": header})  # noqa: S310 our own URL
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 our own URL
            said = answer.read().decode()
        assert 'swimctl_devices_never_seen{platform="cisco_xe"' in said
        assert lab.commands("sw1") == []
    page.over()
