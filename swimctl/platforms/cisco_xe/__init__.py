"""Cisco IOS-XE: what it prints, its image names, and the driver."""
