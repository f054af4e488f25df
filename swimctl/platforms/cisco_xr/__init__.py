"""Cisco IOS-XR, classic and 64-bit: what it prints, its image names, and the driver."""
