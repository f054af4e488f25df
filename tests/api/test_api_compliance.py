"""What runs where, by the API: for those who only read, too, and no device is asked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from support.api_client import Api
from support.stores import StandingClock

from swimctl.clock import rfc3339
from swimctl.config.reading import Config
from swimctl.config.tracking import ComplianceSection
from swimctl.models import Golden


@pytest.fixture
def fleet(api: Api, clock: StandingClock) -> Api:
    """Let one device be behind, and one as it should be."""
    api.store.set_golden_release(Golden(None, "cisco_xe", None, release="17.12.4", model="*"))
    known = api.store.device_ids(["sw1", "sw2"])
    api.store.saw(known["sw1"], "17.06.05", {"1": "17.06.05"}, serials=["FOC1"], by="plan")
    api.store.saw(known["sw2"], "17.12.04", {"1": "17.12.04"}, by="scan")
    clock.forward(3600)
    api.store.saw(known["sw1"], "17.09.05", {"1": "17.09.05"}, by="scan")
    return api


def test_compliance_says_since_when_by_whom_and_counts_by_what_is_asked(fleet: Api, clock: StandingClock) -> None:
    told = fleet.get("/api/compliance/?by=release", token=fleet.reader).json
    (found,) = [one for one in told["devices"] if one["device_hostname"] == "sw1"]
    assert (found["seen_by"], found["since"]) == ("scan", rfc3339(clock.now()))
    assert (found["support_ends"], found["support_ended"]) == (None, False)
    assert told["compliant"] is False
    groups = {group["name"]: group["count"] for group in told["groups"]}
    assert groups["17.9.5"] == groups["17.12.4"] == 1
    assert sum(groups.values()) == told["count"]
    assert fleet.get("/api/compliance/", token=fleet.reader).json["groups"] == []
    fleet.refused(fleet.get("/api/compliance/?by=colour"), 400, "by")


def test_the_history_of_a_device_is_the_newest_first(fleet: Api, clock: StandingClock) -> None:
    number = fleet.store.device_ids(["sw1"])["sw1"]
    told = fleet.get(f"/api/devices/{number}/history/", token=fleet.reader).json
    assert (told["device_id"], told["device_hostname"], told["count"]) == (number, "sw1", 2)
    assert [(one["runs"], one["seen_by"]) for one in told["ran"]] == [("17.09.05", "scan"), ("17.06.05", "plan")]
    assert told["ran"][1]["since"] == rfc3339(clock.now() - timedelta(hours=1))
    assert told["ran"][0]["serials"] == ["FOC1"]
    fleet.refused(fleet.get("/api/devices/99999/history/"), 404, "99999")
    fleet.refused(fleet.get(f"/api/devices/{number}/history/", token=None), 401)


def test_a_mistake_in_the_file_of_dates_is_not_the_clients(
    fleet: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ends.yaml"
    use(fleet, path, monkeypatch)
    path.write_text("[{platform: cisco_xe, release: '17.9', ends: 2025-01-31}]", encoding="utf-8")
    assert fleet.get("/api/compliance/").json["support_ended"] == 1
    assert sum(one.value for one in scraped(fleet)["swimctl_devices_support_ended"].samples) == 1
    unseen, every = (
        sum(one.value for one in scraped(fleet)[name].samples)
        for name in ("swimctl_devices_never_seen", "swimctl_devices")
    )
    seen = sum(one["runs"] is not None for one in fleet.get("/api/compliance/").json["devices"])
    assert every - unseen == seen > 0
    path.write_text("[{release: '17.9', ends: 2025-01-31}]", encoding="utf-8")
    answer = fleet.get("/api/compliance/")
    assert answer.status == 503
    assert str(path) not in answer.body.decode()
    families = scraped(fleet)
    assert families["swimctl_devices"].samples == []
    assert families["swimctl_jobs"] is not None, "the rest is counted"


def use(api: Api, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the settings name a file of dates."""
    config: Config = api.backend.service._config
    settings = config.settings.model_copy(update={"compliance": ComplianceSection(end_of_support=path)})
    monkeypatch.setattr(api.backend.service, "_config", Config(config.path, settings, config.nornir, config.accounts))


def test_prometheus_counts_devices_by_status_system_and_site(fleet: Api) -> None:
    families = scraped(fleet)
    counted = {
        sample.labels["status"]: sample.value
        for sample in families["swimctl_devices"].samples
        if sample.labels["platform"] == "cisco_ios"
    }
    assert (counted["compliant"], counted["other_release"]) == (1, 1)
    platforms = {sample.labels["platform"] for sample in families["swimctl_devices"].samples}
    assert "panos" not in platforms, "hosts that swimctl cannot upgrade are not counted"
    assert families["swimctl_oldest_sighting_seconds"].samples[0].value == 3600


def scraped(api: Api) -> dict[str, Metric]:
    return {family.name: family for family in text_string_to_metric_families(api.get("/metrics").body.decode())}
