"""Upgrade the software of network devices, and prove the result."""

__version__ = "0.1.0"
