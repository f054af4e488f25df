"""Arista switches in the lab."""
