# Copyright (c) 2026, the authors of swimctl
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices of swimctl as an inventory, in groups by what they run."""

from __future__ import annotations

DOCUMENTATION = r"""
name: compliance
short_description: The devices of swimctl, in groups by what they run
description:
  - Reads from C(swimctl serve) what runs where. No device is asked.
  - The file must end with V(swimctl.yml) or V(swimctl.yaml).
  - The API has no addresses. To log in to the devices with Ansible, too, use this beside your own inventory. Ansible
    joins hosts of one name.
version_added: 0.1.0
author:
  - the authors of swimctl (!UNKNOWN)
extends_documentation_fragment:
  - swimctl.swim.api
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description:
      - This plugin.
    type: str
    required: true
    choices: [swimctl.swim.compliance]
  url:
    env:
      - name: SWIMCTL_URL
  group_by:
    description:
      - The groups, such as C(status_other_release), C(site_zurich), C(model_C9300_24P) and C(release_17_12_04).
      - A device of which something is not known is in no group for that.
      - Devices that are supported no more are in C(support_ended).
    type: list
    elements: str
    choices: [status, site, model, release, platform, role]
    default: [status, site, model, release]
"""

EXAMPLES = r"""
# night.swimctl.yml
plugin: swimctl.swim.compliance
url: https://swim.example.com:8443
token_file: /etc/swimctl/token
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /var/cache/ansible
cache_timeout: 600
keyed_groups:
  - key: swimctl_golden_for
    prefix: golden
"""

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible_collections.swimctl.swim.plugins.module_utils.client import ApiError, Client, token_of
from ansible_collections.swimctl.swim.plugins.module_utils.standing import COMPLIANCE

# By what devices are grouped, and the field that says it.
FIELDS = {
    "status": "status",
    "site": "site",
    "model": "model",
    "release": "runs",
    "platform": "platform",
    "role": "role",
}


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Hosts with what swimctl knows of them."""

    NAME = "swimctl.swim.compliance"

    def verify_file(self, path):
        """Return whether this file is for this plugin."""
        return super().verify_file(path) and path.endswith(("swimctl.yml", "swimctl.yaml"))

    def parse(self, inventory, loader, path, cache=True):
        """Add all devices to the inventory."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        for device in self._devices(self.get_cache_key(path), cache):
            self._add(device)

    def _devices(self, key, cache):
        """Return the devices from the cache if that counts, else from the server."""
        self.load_cache_plugin()
        wanted = self.get_option("cache")
        if wanted and cache:
            try:
                return self._cache[key]
            except KeyError:  # it is not there, or too old
                pass
        found = self._asked()
        if wanted:
            self._cache[key] = found
            self.set_cache_plugin()
        return found

    def _asked(self):
        try:
            client = Client(
                self.get_option("url"),
                token_of(self.get_option("token"), self.get_option("token_file")),
                validate_certs=self.get_option("validate_certs"),
                ca_path=self.get_option("ca_path"),
                timeout=self.get_option("timeout"),
            )
            if client.in_clear:
                self.display.warning("%s is without TLS: everybody on the way can read the token" % client.url)
            return client.get(COMPLIANCE)["devices"]
        except ApiError as error:
            raise AnsibleParserError(str(error)) from None

    def _add(self, device):
        host = self.inventory.add_host(device["device_hostname"])
        for name, value in device.items():
            self.inventory.set_variable(host, "swimctl_%s" % name, value)
        for by in self.get_option("group_by"):
            value = device[FIELDS[by]]
            if value:
                self._into("%s_%s" % (by, value), host)
        if device["support_ended"]:
            self._into("support_ended", host)
        strict, known = self.get_option("strict"), self.inventory.get_host(host).get_vars()
        self._set_composite_vars(self.get_option("compose"), known, host, strict=strict)
        known = self.inventory.get_host(host).get_vars()
        self._add_host_to_composed_groups(self.get_option("groups"), known, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), known, host, strict=strict)

    def _into(self, name, host):
        self.inventory.add_child(self.inventory.add_group(self._sanitize_group_name(name)), host)
