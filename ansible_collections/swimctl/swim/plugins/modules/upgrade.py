#!/usr/bin/python
# Copyright (c) 2026, the authors of swimctl
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Upgrade devices through `swimctl serve`."""

from __future__ import annotations

DOCUMENTATION = r"""
module: upgrade
short_description: Upgrade switches and routers through swimctl
description:
  - Asks C(swimctl serve) to upgrade devices, and waits until all of them have ended.
  - swimctl logs in to the devices itself. So run this task once, on C(localhost), not once per device.
  - The task fails if a device did not end C(success), with the reason of each such device.
version_added: 0.1.0
author:
  - the authors of swimctl (!UNKNOWN)
extends_documentation_fragment:
  - swimctl.swim.api
attributes:
  check_mode:
    support: full
    description: swimctl asks the devices and makes its plan. The task fails where the upgrade would fail now.
  diff_mode:
    support: full
    description: The releases before and after, of the devices whose release changes.
options:
  devices:
    description:
      - Names or ids of devices, as swimctl has them.
    type: list
    elements: str
    required: true
  image_id:
    description:
      - This image for all devices. Without it, each gets its golden image.
    type: int
  workflow_id:
    description:
      - A workflow of your own.
    type: int
  execution_mode:
    description:
      - Whether devices are upgraded at the same time or one after the other.
    type: str
    choices: [parallel, sequential]
  schedule_time:
    description:
      - When the jobs start, such as V(2030-05-04T02:00:00Z). You probably want O(wait=false) with it.
    type: str
  activate_after_distribute:
    description:
      - V(false) copies and verifies only. No device reloads.
    type: bool
  cleanup_flash:
    description:
      - Whether inactive releases are removed from the flash before the copy.
    type: bool
  force:
    description:
      - Whether a device that already runs the image is upgraded, too.
    type: bool
  issu:
    description:
      - Whether the upgrade is in service. It is refused if a device cannot.
    type: bool
  convert:
    description:
      - Whether IOS-XE devices come from bundle mode to install mode.
    type: bool
  max_failures:
    description:
      - After this number of failures no more devices start, or after this share of them, such as V(10%).
    type: str
  waves:
    description:
      - Sizes of waves, such as V([1, 10, 100%]). The last one repeats.
    type: list
    elements: str
  soak:
    description:
      - Seconds between two waves.
    type: int
  window:
    description:
      - Start and activate only in this window, such as V(22:00-04:00@Europe/Berlin).
    type: str
  until:
    description:
      - Activate nothing that cannot end by this time. No copy begins after it.
    type: str
  stage_now:
    description:
      - Whether checks and copies start at once, and only the activation waits for the window.
    type: bool
  pilot:
    description:
      - V(false) starts all at once, even if the first of its kind would go alone.
    type: bool
  ticket:
    description:
      - The number of a ticket, for the record.
    type: str
  comment:
    description:
      - A note, for the record.
    type: str
  on_failed_checks:
    description:
      - What becomes of a device that is not as before. V(hold) waits for a person.
    type: str
    choices: [back, hold]
  waivers:
    description:
      - Findings that are accepted exactly as they were seen. Check mode names them.
    type: list
    elements: dict
    suboptions:
      device:
        description: The name of the device.
        type: str
        required: true
      finding:
        description: The name of the rule.
        type: str
        required: true
      seen:
        description: What was seen.
        type: str
        required: true
      reason:
        description: Why it is accepted.
        type: str
        required: true
  wait:
    description:
      - Whether the task waits for the end of all jobs. With V(false) it ends when the jobs are made, and counts as
        changed.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds it waits. Then the task fails, and the jobs go on.
      - In check mode, how long the plan may take.
    type: int
    default: 14400
  on_timeout:
    description:
      - V(cancel) cancels the jobs that have not started when the time is over. Running jobs always go on.
    type: str
    choices: [leave, cancel]
    default: leave
  poll:
    description:
      - Seconds between two questions.
    type: float
    default: 10
  outage:
    description:
      - For how many seconds the server may be away while the task waits.
      - Also for how long jobs may be interrupted, without a process that runs them.
    type: int
    default: 600
  idempotency_key:
    description:
      - A name for this run, such as the number of a change. For 24 hours, the same key with the same options is the
        same batch, and the task has the same result.
      - Without it, a task with the same options joins the batch of an earlier run if that has not ended. If it has
        ended, the task makes a new one.
    type: str
notes:
  - RV(ignore:changed) is about releases. It is V(true) if an upgrade was proved, or if nobody can tell.
    It is V(false) for a device that already ran its image, to which an image was only copied, or that went back.
  - The token is in no log, no event and no list of processes.
seealso:
  - module: swimctl.swim.cancel
  - module: swimctl.swim.compliance_info
"""

EXAMPLES = r"""
- name: Upgrade two switches to their golden image
  swimctl.swim.upgrade:
    url: https://swim.example.com:8443
    token_file: /etc/swimctl/token
    devices: [sw1, sw2]
  delegate_to: localhost
  run_once: true

- name: Upgrade in waves. If this play is interrupted, run it again, and it joins the batch
  swimctl.swim.upgrade:
    devices: "{{ groups['status_other_release'] }}"
    waves: [1, 10, 100%]
    soak: 600
    max_failures: 5%
    ticket: CHG0031
    idempotency_key: CHG0031
  delegate_to: localhost
  run_once: true

- name: Order an upgrade for the night
  swimctl.swim.upgrade:
    devices: [sw1]
    schedule_time: "2030-05-04T02:00:00Z"
    wait: false
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
batch_id:
  description: The batch, for C(swimctl status --batch). Not in check mode.
  returned: when jobs were made
  type: str
devices:
  description: Each device, and what became of it.
  returned: always, unless the server refused the request
  type: list
  elements: dict
  contains:
    device:
      description: Its name.
      type: str
      sample: sw1
    device_id:
      description: Its id.
      type: int
    job_id:
      description: Its job. Null if it got none.
      type: int
    status:
      description:
        - The status of its job, V(skipped) without a job.
        - In check mode the verdict of the plan, such as V(ready), V(already there) or V(not ready).
      type: str
      sample: success
    outcome:
      description: What it is now, V(untouched), V(cleaned), V(upgraded), V(rolled back) or V(unknown).
      type: str
      sample: upgraded
    changed:
      description: Whether its release changed. Null if nobody can tell.
      type: bool
    image:
      description: The image of its job.
      type: str
    release:
      description: The release of that image.
      type: str
      sample: 17.12.04
    runs:
      description: The release that it runs. Only in check mode.
      type: str
    commands:
      description: What would be typed to change it. Only in check mode.
      type: list
      elements: str
    cleans:
      description: What would be removed from its flash. Only in check mode.
      type: list
      elements: str
    error:
      description: Why it is no success.
      type: str
    waiting:
      description: What its job waits for.
      type: str
failures:
  description: Why devices are no success, one text per device.
  returned: when devices are known
  type: list
  elements: str
forecast:
  description: When the batch would start and end.
  returned: in check mode
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.swimctl.swim.plugins.module_utils import judging
from ansible_collections.swimctl.swim.plugins.module_utils.client import ApiError
from ansible_collections.swimctl.swim.plugins.module_utils.connecting import client_of, connection_spec, refuse
from ansible_collections.swimctl.swim.plugins.module_utils.following import TRIGGER, Follower
from ansible_collections.swimctl.swim.plugins.module_utils.requesting import body_of, request_spec


def main():
    module = AnsibleModule(
        argument_spec=dict(
            wait=dict(type="bool", default=True),
            wait_timeout=dict(type="int", default=14400),
            on_timeout=dict(type="str", choices=["leave", "cancel"], default="leave"),
            poll=dict(type="float", default=10),
            outage=dict(type="int", default=600),
            idempotency_key=dict(type="str", no_log=False),
            **request_spec(),
            **connection_spec(),
        ),
        supports_check_mode=True,
    )
    client = client_of(module)
    body = body_of(module.params)
    if module.check_mode:
        plan(module, client, body)
    upgrade(module, client, body)


def plan(module, client, body):
    """Ask what would become of the devices, and change nothing."""
    try:
        planned = client.post(TRIGGER, dict(body, dry_run=True), timeout=module.params["wait_timeout"])
    except ApiError as error:
        refuse(module, error)
    copies = body.get("activate_after_distribute") is False
    devices = [judging.planned_of(each, copies=copies) for each in planned["devices"]]
    failures = judging.plan_reasons(planned, devices)
    told = dict(
        changed=judging.changed(devices),
        devices=devices,
        failures=failures,
        forecast=planned["forecast"],
        diff=judging.diff((each["device"], each["runs"], each["release"]) for each in devices if each["changed"]),
    )
    if failures:
        module.fail_json(msg="it would fail: " + "; ".join(failures), **told)
    what = "get a copy" if copies else "be upgraded"
    moved = sum(each["status"] == "ready" for each in devices)
    module.exit_json(msg="%d of %d would %s" % (moved, len(devices), what), **told)


def upgrade(module, client, body):
    """Make the batch or join it, and follow it to its end."""
    given = module.params
    follower = Follower(client, poll=given["poll"], outage=given["outage"])
    try:
        batch = follower.make_or_join(body, given["idempotency_key"])
    except ApiError as error:
        give_up(module, error, follower)
    skipped = judging.skipped_of(batch.made["details"])
    if not given["wait"]:
        finish(module, client, batch, skipped, "")
    try:
        why = follower.wait(batch, given["wait_timeout"])
        if why and given["on_timeout"] == "cancel":
            follower.cancel_what_waits(batch)
    except ApiError as error:
        give_up(module, error, follower)
    finish(module, client, batch, skipped, why)


def give_up(module, error, follower):
    """End a task that does not know how its batch is, or whether there is one: then it counts as changed."""
    batch = follower.batch
    if batch is None:
        if not follower.lost:
            refuse(module, error)
        refuse(
            module,
            error,
            "the request may have reached it, and jobs may run: the same task again joins them",
            changed=True,
        )
    devices = [judging.device_of(job) for job in batch.jobs] + judging.skipped_of(batch.made["details"])
    refuse(
        module,
        error,
        "batch %s goes on without this task, and nobody knows here how its devices are" % batch.id,
        changed=True,
        batch_id=batch.id,
        devices=devices,
        failures=judging.reasons(devices),
    )


def finish(module, client, batch, skipped, why):
    """End the task with what became of the devices: failed if one is no success."""
    devices = [judging.device_of(job) for job in batch.jobs] + skipped
    told = dict(batch_id=batch.id, devices=devices)
    if not module.params["wait"]:
        failures = judging.reasons(skipped)
        told.update(changed=True, failures=failures, job_ids=batch.made["job_ids"])
        if failures:
            module.fail_json(msg="devices that got no job: " + "; ".join(failures), **told)
        module.exit_json(msg="%d jobs were made" % len(batch.made["job_ids"]), **told)
    failures = judging.reasons(devices)
    told.update(changed=judging.changed(devices) or bool(batch.unseen), failures=failures)
    if module._diff:
        told["diff"] = difference(client, devices)
    if failures or not batch.ended:
        module.fail_json(msg="; ".join(([why] if why else []) + failures), **told)
    module.exit_json(msg=judging.summary(devices), **told)


def difference(client, devices):
    """Return the releases before and after, of what changed; what cannot be asked is not known."""
    rows = []
    for each in devices:
        if each["changed"]:
            try:
                ran = client.get("/api/devices/%d/history/" % each["device_id"])["ran"]
            except ApiError:
                ran = []
            now = ran[0]["runs"] if ran else each["release"]
            rows.append((each["device"], judging.ran_before(ran, now), now))
    return judging.diff(rows)


if __name__ == "__main__":
    main()
