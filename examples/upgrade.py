"""Upgrade devices over the REST API, and wait until all jobs have ended.

    export SWIMCTL_URL=http://127.0.0.1:8080 SWIMCTL_TOKEN=…
    python upgrade.py sw1 sw2

Exits 0 where every job succeeded, 1 where one did not, 2 where the request was refused. Needs `requests`.
"""

from __future__ import annotations

import os
import sys
import time
import uuid

import requests

ENDS = {"success", "failed", "cancelled"}
ASK_EVERY = float(os.environ.get("SWIMCTL_ASK_EVERY", "30"))


def main(devices: list[str]) -> int:
    """Trigger, follow, and tell by the exit code."""
    url = os.environ["SWIMCTL_URL"].rstrip("/") + "/api"
    with requests.Session() as session:
        session.headers["Authorization"] = f"Token {os.environ['SWIMCTL_TOKEN']}"
        # With the key, the request may be sent again after a lost answer: it makes one batch all the same.
        made = session.post(
            f"{url}/upgrade/trigger/",
            json={"devices": devices},
            headers={"Idempotency-Key": str(uuid.uuid4())},
            timeout=60,
        )
        answer = made.json()
        if made.status_code != requests.codes.created:
            print(f"refused: {answer['error']}: {answer['message']}", file=sys.stderr)
            return 2
        for item in answer["details"]:
            if item["status"] == "skipped":
                print(f"{item['device_hostname']}: skipped: {item['message']}", file=sys.stderr)
        while True:
            found = session.get(f"{url}/upgrade/status/", params={"batch_id": answer["batch_id"]}, timeout=60)
            found.raise_for_status()
            jobs = found.json()["jobs"]
            for job in jobs:
                print(f"{job['device_hostname']}: {job['status']} ({job['progress']} %), {job['current_step']}")
            if all(job["status"] in ENDS for job in jobs):
                break
            time.sleep(ASK_EVERY)
    for job in jobs:
        if job["error"]:
            print(f"{job['device_hostname']}: {job['error']}", file=sys.stderr)
    well = all(job["status"] == "success" for job in jobs) and answer["status"] == "success"
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
