# Copyright (c) 2026, the authors of swimctl
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options with which modules find the server."""

from __future__ import annotations


class ModuleDocFragment:
    """What modules and the inventory plugin share."""

    DOCUMENTATION = r"""
options:
  url:
    description:
      - Where C(swimctl serve) listens, such as V(https://swim.example.com:8443).
      - Without it, the environment variable E(SWIMCTL_URL) counts.
    type: str
  token:
    description:
      - The token of a user of swimctl. Keep it in a vault.
      - Without O(token) and O(token_file), the environment variables E(SWIMCTL_TOKEN) and E(SWIMCTL_TOKEN_FILE) count,
        in this order.
    type: str
  token_file:
    description:
      - A file with the token, on the host that runs the task.
    type: path
  validate_certs:
    description:
      - Whether the certificate of the server must be trusted. V(false) gives the token to anybody who answers.
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificates that are trusted, in PEM, in place of those of the system.
    type: path
  timeout:
    description:
      - How many seconds one answer may take.
    type: int
    default: 30
"""
