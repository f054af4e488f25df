"""Log in, trigger, cancel and follow an upgrade by the client that openapi-python-client makes: package `swim_client`.

Takes the server's address, a user, a password and a device; prints what came of it as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta

from swim_client import AuthenticatedClient, Client
from swim_client.api.default import (
    get_api_upgrade_status,
    post_api_auth_login,
    post_api_upgrade_cancel,
    post_api_upgrade_trigger,
)
from swim_client.models import (
    CancelAnswer,
    CancelRequest,
    JobStatus,
    LoginAnswer,
    LoginRequest,
    StatusAnswer,
    TriggerAnswer,
    TriggerRequest,
)

url, user, password, device = sys.argv[1:]
login = post_api_auth_login.sync(client=Client(base_url=url), body=LoginRequest(username=user, password=password))
assert isinstance(login, LoginAnswer)
client = AuthenticatedClient(base_url=url, token=login.token, prefix="Token")

tomorrow = datetime.now(UTC) + timedelta(days=1)
later = post_api_upgrade_trigger.sync(client=client, body=TriggerRequest(devices=[device], schedule_time=tomorrow))
assert isinstance(later, TriggerAnswer), later
cancelled = post_api_upgrade_cancel.sync(client=client, body=CancelRequest(job_ids=later.job_ids))
assert isinstance(cancelled, CancelAnswer), cancelled

now = post_api_upgrade_trigger.sync(client=client, body=TriggerRequest(devices=[device]))
assert isinstance(now, TriggerAnswer), now
while True:
    status = get_api_upgrade_status.sync(client=client, job_ids=now.job_ids)
    assert isinstance(status, StatusAnswer), status
    (job,) = status.jobs
    if job.status in {JobStatus.SUCCESS, JobStatus.FAILED, JobStatus.CANCELLED}:
        break
    time.sleep(0.2)
print(
    json.dumps(
        {
            "cancelled": cancelled.job_ids == later.job_ids,
            "job_ids": now.job_ids,
            "device": job.device_hostname,
            "status": job.status.value,
            "outcome": job.outcome.value if job.outcome else None,
            "version": job.image_version,
            "copied": job.bytes_done == job.bytes_total > 0,
            "steps": [step.name for step in job.steps],
        }
    )
)
