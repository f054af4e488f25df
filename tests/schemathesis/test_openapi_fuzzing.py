"""schemathesis against the server's own OpenAPI document: no 5xx, no answer that the document does not know."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.projects import Project
from support.server_process import Served, serving

from swimctl.cli.context import Context

pytestmark = pytest.mark.prove

EXAMPLES, LINKS = 1000, 6
# Of each request; SWIMCTL_PROOF_EXAMPLES=1000 looks longer.
OF_EACH = os.environ.get("SWIMCTL_PROOF_EXAMPLES", "60")
# With some seeds the stateful phase ends after a few scenarios, with others it makes hundreds: another is tried then.
SEEDS = (2, 1, 3)
HERE = Path(__file__).parent
# The stream never ends, so nobody can read it to its end; a login that is tried often is slowed down, as it must be.
# Both have tests of their own.
LEFT_OUT = ("/api/upgrade/events/", "/api/auth/login/")
# Who goes from answer to answer finds devices before all else, and then nothing but their histories; or campaigns,
# which lead to no job.
EASY = (
    "/api/devices/{id}/history/",
    # Of a campaign without a night, its list says so by null, and schemathesis asks for the reports of batch `None`.
    "/api/campaigns/",
    "/api/campaigns/{name}/show/",
    *(f"/api/campaigns/{what}/" for what in ("create", "approve", "pause", "continue", "next", "end")),
)

# 422 is no fault of the request's form: the device that it names runs no such image. 304: whoever asks has the answer.
CONFIG = """\
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "304", "401", "403", "404", "409", "422", "429"]
"""


def fuzz(served: Served, folder: Path, phases: str, seed: int, *left_out: str) -> str:
    """Run schemathesis with all checks in some phases; return what it says at its end."""
    (folder / "schemathesis.toml").write_text(CONFIG, encoding="utf-8")
    program = Path(sys.executable).with_name("st")
    words = ["run", f"{served.url}/api/openapi.json", "--header", f"Authorization: Token {served.token}"]
    words += ["--checks", "all", "--phases", phases, "--max-examples", OF_EACH, "--seed", str(seed), "--no-color"]
    for path in (*LEFT_OUT, *left_out):
        words += ["--exclude-path", path]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "fuzzing_hooks", "PYTHONPATH": str(HERE), "COLUMNS": "200"}
    ended = subprocess.run(
        [str(program), *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=1000, check=False
    )
    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-2000:]
    return ended.stdout


def found(pattern: str, said: str) -> int:
    number = re.search(pattern, said)
    assert number is not None, said
    return int(number[1].replace(",", ""))


@pytest.mark.timeout(1200)
def test_all_checks(project: Project) -> None:
    with Context(project.folder / "config.yaml").open() as opened:
        image = project.add_image(opened.store, "cat9k_iosxe.17.12.04.SPA.bin", b"an image")
        opened.store.set_golden(image.id)
    with serving(project.folder, "--no-runner") as served:
        made = found(r"([\d,]+) generated", fuzz(served, project.folder, "coverage,fuzzing", SEEDS[0]))
        assert made >= EXAMPLES
        links = 0
        for seed in SEEDS:
            said = fuzz(served, project.folder, "stateful", seed, *EASY)
            links = max(links, found(r"API Links: +(\d+) covered", said))
            if links >= LINKS:
                break
        assert links >= LINKS, "the stateful runs reach what a trigger made"
        assert served.ask("/api/health/") == (200, {"status": "up"})
