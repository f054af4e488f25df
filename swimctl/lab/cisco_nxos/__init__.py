"""Nexus 9000 switches of the lab."""
