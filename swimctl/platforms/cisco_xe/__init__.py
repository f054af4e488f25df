"""Cisco IOS-XE: parsers of what it prints, image names, and the driver."""
