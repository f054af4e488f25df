"""Upgrade devices over the REST API, and wait until all jobs have ended. Needs nothing but Python.

    SWIMCTL_URL=http://127.0.0.1:8080 SWIMCTL_TOKEN_FILE=/etc/swimctl/token python3 upgrade.py sw1 sw2

The token is in the file, or in SWIMCTL_TOKEN. Exits 0 where every device has a job that succeeded, 1 where one has not,
2 where the request was refused.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

ENDS = {"success", "failed", "cancelled"}
ASK_EVERY = float(os.environ.get("SWIMCTL_ASK_EVERY", "30"))


def ask(path: str, body: object = None) -> tuple[int, dict]:
    """Send a request, a POST where there is a body; return the status and the answer."""
    token = os.environ.get("SWIMCTL_TOKEN") or Path(os.environ["SWIMCTL_TOKEN_FILE"]).read_text().strip()
    headers = {"Authorization": f"Token {token}"}
    data = None
    if body is not None:
        # Who sends the request again after a lost answer, with the same key, makes no second batch.
        headers |= {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        data = json.dumps(body).encode()
    request = urllib.request.Request(f"{os.environ['SWIMCTL_URL'].rstrip('/')}/api{path}", data, headers)  # noqa: S310 - the URL is yours
    try:
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 - as above
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def main(devices: list[str]) -> int:
    """Trigger, follow, and tell by the exit code."""
    status, answer = ask("/upgrade/trigger/", {"devices": devices})
    if status != 201:
        print(f"refused: {answer['error']}: {answer['message']}", file=sys.stderr)
        return 2
    for item in answer["details"]:
        if item["status"] == "skipped":
            print(f"{item['device_hostname']}: skipped: {item['message']}", file=sys.stderr)
    batch = urllib.parse.urlencode({"batch_id": answer["batch_id"]})
    while True:
        status, found = ask(f"/upgrade/status/?{batch}")
        if status != 200:
            print(f"{found['error']}: {found['message']}", file=sys.stderr)
            return 1
        jobs = found["jobs"]
        for job in jobs:
            print(f"{job['device_hostname']}: {job['status']} ({job['progress']} %), {job['current_step']}", flush=True)
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
