"""A report for programs: JSON with everything, JUnit for CI, CSV with a line for each device. Pure."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Final
from xml.etree import ElementTree as ET

from swimctl.clock import rfc3339
from swimctl.report.documents import document
from swimctl.report.facts import DeviceRecord, Record
from swimctl.report.results import NOT_ATTEMPTED, SUCCESS, WAITING, remark, seconds_between
from swimctl.report.sealing import blank, sealed
from swimctl.report.sentences import event_line, headline, now_of
from swimctl.report.words import one_line, shown

COLUMNS: Final = (
    "device", "job", "wave", "result", "outcome", "release_before", "release_target", "release_now", "members",
    "started_at", "finished_at", "seconds", "away_seconds", "outages", "tolerated", "waived", "remark",
)  # fmt: skip
# What a spreadsheet would take for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # also where wide ones are typed


def as_json(record: Record) -> str:
    """Write a record as JSON, with its seal as the last field."""
    seal = blank(record)
    return sealed(json.dumps(document(record) | {"seal": seal}, indent=2) + "\n", seal)


def junit(record: Record) -> str:
    """Write a record as JUnit XML, a test case for each device.

    What failed is a failure, what nobody knows or what was interrupted an error, what was not tried is skipped.
    """
    seal, results = blank(record), [one.result for one in record.devices]
    failed = sum(each == "failed" for each in results)
    errors = sum(each in {"unknown", "interrupted"} for each in results)
    sums = {
        "tests": str(len(results)),
        "failures": str(failed),
        "errors": str(errors),
        "skipped": str(len(results) - failed - errors - results.count(SUCCESS)),
        "time": f"{record.seconds:.1f}",
    }
    root = ET.Element("testsuites", {"name": "swimctl", **sums})
    suite = ET.SubElement(
        root, "testsuite", {"name": f"upgrade {record.batch.id}", "timestamp": rfc3339(record.made_at), **sums}
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in (
        ("headline", headline(record)),
        ("ticket", record.batch.policy.ticket),
        ("requested_by", record.batch.requested_by),
        ("approved_by", record.batch.approved_by or ""),
        ("audit", record.head.hash),
    ):
        ET.SubElement(properties, "property", {"name": name, "value": one_line(value)})
    for one in record.worst_first:
        _case(suite, one)
    root.append(ET.Comment(f" {seal} "))
    ET.indent(root)
    return sealed(f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n', seal)


def _case(suite: ET.Element, one: DeviceRecord) -> None:
    job = one.job
    seconds = seconds_between(job.started_at, job.finished_at) or 0.0
    case = ET.SubElement(
        suite,
        "testcase",
        {
            "classname": f"upgrade to {one_line(job.image_version)}",
            "name": one_line(job.device_name),
            "time": f"{seconds:.1f}",
        },
    )
    told = {"message": one_line(remark(job)), "type": one.result}
    if one.result in {"failed", "unknown", "interrupted"}:
        kind = "failure" if one.result == "failed" else "error"
        ET.SubElement(case, kind, told).text = "\n".join((shown(remark(job)), now_of(one)))
        ET.SubElement(case, "system-out").text = "\n".join(map(event_line, one.events))
    elif one.result in {"cancelled", WAITING, NOT_ATTEMPTED}:
        ET.SubElement(case, "skipped", told)


def table(record: Record) -> str:
    """Write a line for each device, in the order of the jobs. A table has no seal: sign it to prove it."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in record.devices:
        writer.writerow([_cell(value) for value in _row(one)])
    return text.getvalue()


def _row(one: DeviceRecord) -> tuple[object, ...]:
    job = one.job
    seconds = seconds_between(job.started_at, job.finished_at)
    return (
        job.device_name,
        job.id,
        job.wave,
        one.result,
        job.outcome or "",
        one.release_before,
        job.image_version,
        one.release_after,
        "; ".join(f"{each.name}: {each.before or '?'} to {each.after or '?'}" for each in one.members),
        "" if job.started_at is None else rfc3339(job.started_at),
        "" if job.finished_at is None else rfc3339(job.finished_at),
        "" if seconds is None else f"{seconds:.1f}",
        "" if one.away is None else f"{one.away:.1f}",
        len(one.outages),
        "; ".join(each.what for each in one.differences if each.standing == "tolerated"),
        "; ".join(str(waiver) for waiver in job.waived),
        remark(job),
    )


def _cell(value: object) -> str:
    text = one_line(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
