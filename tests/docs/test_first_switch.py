"""docs/first-switch.md, from the first block to the last, with a switch of the lab in the place of the real one."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from support.upgrades import lab_folder

PAGE = (Path(__file__).parents[2] / "docs" / "first-switch.md").read_text(encoding="utf-8")
ACCOUNT = {"SWIMCTL_USERNAME": "admin", "SWIMCTL_PASSWORD": "admin", "SWIMCTL_ENABLE_SECRET": "enable"}


def blocks() -> list[tuple[str, str]]:
    return re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def run(command: str, folder: Path) -> str:
    """Run a block as it is printed, but that nobody is there to answer."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SWIMCTL_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-ec", command.replace("swimctl upgrade", "swimctl upgrade --yes")],
        cwd=folder, env={**kept, **ACCOUNT, "PATH": path}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (command, done.stdout)
    return done.stdout


def with_the_lab(inventory: str, lab: Path) -> str:
    """Return the page's inventory with the address of the switch in the lab."""
    (switch,) = YAML(typ="safe").load((lab / "inventory" / "hosts.yaml").read_text(encoding="utf-8")).values()
    document = YAML(typ="safe").load(inventory)
    document["access-sw1"] |= {"hostname": switch["hostname"], "port": switch["port"]}
    return json.dumps(document)


@pytest.mark.prove
def test_the_page_leads_from_an_empty_folder_to_a_proved_switch(tmp_path: Path) -> None:
    lab, here, said = tmp_path / "lab", tmp_path / "upgrades", {}
    with lab_folder(lab):
        for language, block in blocks():
            if language == "yaml":
                with (here / "inventory" / "hosts.yaml").open("a", encoding="utf-8") as file:
                    file.write(with_the_lab(block, lab))
                config = YAML(typ="safe").load((here / "config.yaml").read_text(encoding="utf-8"))
                labs = json.loads((lab / "config.yaml").read_text(encoding="utf-8"))  # its times, its speed
                config["swimctl"] = labs["swimctl"] | config["swimctl"]
                (here / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
            elif "image add" in block:
                image = lab / "images" / "cat9k_iosxe.17.12.04.SPA.bin"
                known = hashlib.sha512(image.read_bytes()).hexdigest()
                said[block] = run(block.replace(image.name, str(image)).replace("HASH", known), here)
            elif language == "sh":
                said[block.strip()] = run(block, here if here.exists() else tmp_path)
    assert "1 of 1 devices answer" in said["swimctl doctor"]
    assert "ready" in said["swimctl plan access-sw1"]
    assert "install activate" in said["swimctl plan access-sw1 --commands"]
    assert "success=1 failed=0" in said["swimctl upgrade access-sw1"]
    assert "success" in said["swimctl status access-sw1\nswimctl job events 1\nswimctl report --out first.html"]
    assert "access-sw1" in (here / "first.html").read_text(encoding="utf-8")
