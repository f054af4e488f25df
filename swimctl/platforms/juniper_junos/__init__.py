"""Juniper Junos (EX, QFX, MX, SRX): what it prints, its image names, and the driver."""
