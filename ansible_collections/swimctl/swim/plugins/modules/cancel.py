#!/usr/bin/python
# Copyright (c) 2026, the authors of swimctl
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cancel upgrades that wait, through `swimctl serve`."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cancel
short_description: Cancel upgrades of swimctl that have not started
description:
  - Cancels the jobs of a batch that are C(pending) or C(scheduled). A running upgrade is never touched.
version_added: 0.1.0
author:
  - the authors of swimctl (!UNKNOWN)
extends_documentation_fragment:
  - swimctl.swim.api
attributes:
  check_mode:
    support: full
    description: Says which jobs would be cancelled now.
  diff_mode:
    support: none
    description: It changes no device.
options:
  batch_id:
    description:
      - The batch, as M(swimctl.swim.upgrade) returns it.
    type: str
  job_ids:
    description:
      - These jobs. With O(batch_id), those of them that are in the batch.
    type: list
    elements: int
seealso:
  - module: swimctl.swim.upgrade
"""

EXAMPLES = r"""
- name: Cancel what has not started of a batch
  swimctl.swim.cancel:
    batch_id: "{{ ordered.batch_id }}"
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
job_ids:
  description: The jobs that were cancelled.
  returned: success
  type: list
  elements: int
not_cancelled:
  description: The other jobs, each with its C(id), C(status) and C(message).
  returned: success
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.swimctl.swim.plugins.module_utils.client import ApiError, in_query
from ansible_collections.swimctl.swim.plugins.module_utils.connecting import client_of, connection_spec, refuse
from ansible_collections.swimctl.swim.plugins.module_utils.following import CANCEL, STATUS
from ansible_collections.swimctl.swim.plugins.module_utils.judging import WAITING


def main():
    module = AnsibleModule(
        argument_spec=dict(
            batch_id=dict(type="str"),
            job_ids=dict(type="list", elements="int"),
            **connection_spec(),
        ),
        required_one_of=[("batch_id", "job_ids")],
        supports_check_mode=True,
    )
    client = client_of(module)
    try:
        cancelled, others = (would_cancel if module.check_mode else cancel)(client, module.params)
    except ApiError as error:
        refuse(module, error)
    module.exit_json(changed=bool(cancelled), job_ids=cancelled, not_cancelled=others)


def cancel(client, given):
    """Cancel what waits. That nothing waits any more is no failure."""
    try:
        answer = client.post(CANCEL, {name: given[name] for name in ("batch_id", "job_ids") if given[name]})
    except ApiError as error:
        if "not_cancelled" not in error.document:
            raise
        answer = error.document
    return answer["job_ids"], answer["not_cancelled"]


def would_cancel(client, given):
    """Return which jobs wait now, and which do not."""
    asked = []
    if given["batch_id"]:
        asked.append("batch_id=" + in_query(given["batch_id"]))
    if given["job_ids"]:
        asked.append("job_ids=" + ",".join(map(str, given["job_ids"])))
    jobs = client.get(STATUS + "?" + "&".join(asked))["jobs"]
    others = [
        dict(id=job["id"], status=job["status"], message="it does not wait any more")
        for job in jobs
        if job["status"] not in WAITING
    ]
    return [job["id"] for job in jobs if job["status"] in WAITING], others


if __name__ == "__main__":
    main()
