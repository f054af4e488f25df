# Copyright (c) 2026, the authors of swimctl
# BSD 2-Clause License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""How a module finds the server, and how it says that it was refused."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import AnsibleModule, env_fallback
from ansible_collections.swimctl.swim.plugins.module_utils.client import ApiError, Client, token_of


def connection_spec() -> dict[str, dict[str, Any]]:
    """Return the options with which a module finds the server."""
    return {
        "url": {"type": "str", "fallback": (env_fallback, ["SWIMCTL_URL"])},
        "token": {"type": "str", "no_log": True},
        "token_file": {"type": "path", "no_log": False},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
        "timeout": {"type": "int", "default": 30},
    }


def client_of(module: AnsibleModule) -> Client:
    """Return a client for the server that the options name, or end the task."""
    given = module.params
    try:
        token = token_of(given["token"], given["token_file"])
        module.no_log_values.add(token)  # it may come from a file: whatever is printed has it no more
        client = Client(
            given["url"],
            token,
            validate_certs=given["validate_certs"],
            ca_path=given["ca_path"],
            timeout=given["timeout"],
        )
    except ApiError as error:
        module.fail_json(msg=str(error))
    if client.in_clear:
        module.warn(f"{client.url} is without TLS: everybody on the way can read the token")
    return client


def refuse(module: AnsibleModule, error: ApiError, more: str = "", **told: Any) -> None:
    """End the task with what the server said, or why it said nothing."""
    details = error.document.get("details")
    if isinstance(details, list) and details:
        told["details"] = details
    module.fail_json(msg="; ".join(filter(None, (str(error), more))), status=error.status, **told)
