"""Tests of this folder import the collection, as Ansible does."""

from __future__ import annotations

from support.ansible_collection import importable

importable()
