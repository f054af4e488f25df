#!/usr/bin/python
# Copyright (c) 2026, the authors of swimctl
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return what runs where, as swimctl knows it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: compliance_info
short_description: Know which devices run their golden release
description:
  - Returns of each device of swimctl what it should run and what it was last seen to run. No device is asked.
version_added: 0.1.0
author:
  - the authors of swimctl (!UNKNOWN)
extends_documentation_fragment:
  - swimctl.swim.api
attributes:
  check_mode:
    support: full
    description: It changes nothing.
  diff_mode:
    support: none
    description: It changes nothing.
options:
  devices:
    description:
      - Only these devices, by their names. Without it, all.
    type: list
    elements: str
  by:
    description:
      - Count the devices by this, too.
    type: str
    choices: [site, model, release]
seealso:
  - plugin: swimctl.swim.compliance
    plugin_type: inventory
"""

EXAMPLES = r"""
- name: Ask what runs where
  swimctl.swim.compliance_info:
    by: site
  register: found
  delegate_to: localhost
  run_once: true

- name: Fail if a device is not on its golden release
  ansible.builtin.assert:
    that: found.compliant
    fail_msg: "{{ found.devices | rejectattr('status', 'equalto', 'compliant') | map(attribute='device_hostname') }}"
"""

RETURN = r"""
compliant:
  description: Whether all these devices run their golden release, or have none, and are supported.
  returned: success
  type: bool
counts:
  description: How many of these devices stand how.
  returned: success
  type: dict
  sample: {compliant: 880, other_release: 100, unknown: 20, no_golden_release: 0}
support_ended:
  description: How many of these devices are supported no more.
  returned: success
  type: int
groups:
  description: Counts by site, model or release, of all devices. Empty without O(by).
  returned: success
  type: list
  elements: dict
devices:
  description: Each device, as C(GET /api/compliance/) has it.
  returned: success
  type: list
  elements: dict
  contains:
    device_hostname:
      description: Its name.
      type: str
    status:
      description: V(compliant), V(other release), V(unknown) or V(no golden release).
      type: str
    golden_release:
      description: What it should run.
      type: str
    runs:
      description: What it was last seen to run. Null if nobody knows.
      type: str
    why:
      description: What there is to say of its status.
      type: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.swimctl.swim.plugins.module_utils.client import ApiError
from ansible_collections.swimctl.swim.plugins.module_utils.connecting import client_of, connection_spec, refuse
from ansible_collections.swimctl.swim.plugins.module_utils.standing import COMPLIANCE, counted, only


def main():
    module = AnsibleModule(
        argument_spec=dict(
            devices=dict(type="list", elements="str"),
            by=dict(type="str", choices=["site", "model", "release"]),
            **connection_spec(),
        ),
        supports_check_mode=True,
    )
    client = client_of(module)
    by = module.params["by"]
    try:
        found = client.get(COMPLIANCE + ("?by=" + by if by else ""))
        devices = only(found["devices"], module.params["devices"])
    except ApiError as error:
        refuse(module, error)
    module.exit_json(changed=False, groups=found["groups"], devices=devices, **counted(devices))


if __name__ == "__main__":
    main()
