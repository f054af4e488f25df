"""Where the server listens, and what it refuses to do in the clear."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from support.certificates import self_signed
from support.processes import start
from support.projects import Project
from support.server_process import serving


def refused(folder: Path, *options: str) -> str:
    process = start(folder, "serve", "--port", "0", *options)
    said, _ = process.communicate(timeout=240)
    assert process.returncode == 2, said
    return said


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    return self_signed(tmp_path)


def test_beyond_this_machine_only_with_tls(project: Project) -> None:
    said = refused(project.folder, "--bind", "0.0.0.0")  # noqa: S104 it must not
    assert "passwords and tokens would cross the network in clear text" in said
    assert "--insecure" in said
    assert "Traceback" not in said


def test_what_is_no_address(project: Project) -> None:
    assert "is no address of this machine" in refused(project.folder, "--bind", "no such host")


def test_a_port_that_is_taken(project: Project) -> None:
    with serving(project.folder, "--no-runner") as served:
        port = served.url.rpartition(":")[2]
        said = refused(project.folder, "--no-runner", "--port", port)
        assert f"cannot listen on 127.0.0.1 port {port}" in said


def test_tls(project: Project, certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    with serving(project.folder, "--no-runner", "--tls-cert", str(cert), "--tls-key", str(key)) as served:
        assert served.url.startswith("https://127.0.0.1:")
        trusted = ssl.create_default_context(cafile=str(cert))
        with urllib.request.urlopen(f"{served.url}/api/health", context=trusted, timeout=30) as response:  # noqa: S310
            assert json.load(response) == {"status": "up"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--tls-cert", "cert.pem"), "belong together"),
        (("--tls-cert", "no.pem", "--tls-key", "no.pem"), "no.pem is no file"),
        (("--tls-cert", "config.yaml", "--tls-key", "config.yaml"), "cannot be used for TLS"),
    ],
)
def test_a_certificate_that_will_not_do(project: Project, options: tuple[str, ...], words: str) -> None:
    assert words in refused(project.folder, *options)


def test_nobody_can_log_in_yet_is_said(project: Project) -> None:
    with serving(project.folder, "--no-runner", token="none") as served:
        assert served.ask("/api/devices/")[0] == 401
        said = served.end()
        assert "nobody can log in yet: `swimctl user add NAME`" in said
        assert served.process.returncode == 0


def test_pages_lead_to_the_site_that_config_yaml_names(project: Project) -> None:
    site = "https://docs.example/swimctl"
    project.write("config.yaml", project.path.read_text(encoding="utf-8") + f"  docs_url: {site}\n")
    with serving(project.folder, "--no-runner") as served:
        cookie = {"Cookie": f"swimctl_session={served.token}"}
        request = urllib.request.Request(f"{served.url}/jobs/999", headers=cookie)  # noqa: S310 our own URL
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=60)  # noqa: S310 our own URL
        page = refused.value.read().decode()
    assert "there is no job 999" in page
    assert f'href="{site}/cli.html"' in page
