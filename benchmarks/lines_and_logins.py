"""Upgrade one lab device of each kind, and print how often a job logs in to it, and how many lines it types.

    python benchmarks/lines_and_logins.py [SPEED [CHECKS]]

CHECKS is `swimctl.checks.defaults`: none (without it), configured or all.

Each line is a question to a TACACS server where one allows each command. A line that stands twice in a table's last
column was typed so often in one job: what is read after something was sent is read after it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from ruamel.yaml import YAML

from swimctl.cli.lab import register
from swimctl.lab.fleet import LabFleet
from swimctl.lab.mixed import mixed_fleet
from swimctl.platforms import terminal_of

SWIMCTL = (sys.executable, "-c", "from swimctl.cli import main; main()")
KINDS = 8


def measure(speed: float, checks: str) -> None:
    """Run it once and print the table."""
    with tempfile.TemporaryDirectory(prefix="swimctl-bench-") as name:
        folder = Path(name)
        with LabFleet(mixed_fleet(KINDS), speed=speed, folder=folder) as lab:
            register(folder, lab.write_folder(folder))
            _set(folder / "config.yaml", checks)
            words = ("upgrade", "--all", "--yes", "--workers", str(KINDS), "--quiet")
            done = subprocess.run((*SWIMCTL, *words), cwd=folder, check=False, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
            print(done.stdout.strip().rsplit("\n", 1)[-1])
            print("| platform | device | logins | lines | most often |")
            print("|---|---|---|---|---|")
            for device in lab.ports:
                chassis = lab.switch(device)
                lines = lab.commands(device)
                setup = terminal_of(chassis.spec.platform).setup
                often = Counter(line for line in lines if line not in {*setup, "enable"}).most_common(3)
                logins = lines.count(setup[0])
                told = ", ".join(f"`{line}` {count}" for line, count in often)
                print(f"| {chassis.spec.platform} | {device} | {logins} | {len(lines)} | {told} |")


def _set(path: Path, checks: str) -> None:
    """Choose which of the checks that come with swimctl are on."""
    yaml = YAML()
    document = yaml.load(path.read_text(encoding="utf-8"))
    document["swimctl"]["checks"] = {"defaults": checks}
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(document, file)


if __name__ == "__main__":
    measure(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0, sys.argv[2] if len(sys.argv) > 2 else "none")
