"""Catalyst 9000 switches in the lab."""
