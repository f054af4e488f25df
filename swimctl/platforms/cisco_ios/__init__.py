"""Cisco's classic IOS: it prints what IOS-XE prints, so the parsers are those; its image names are its own."""
