"""Cisco NX-OS: what it prints, its image names, and the driver."""
