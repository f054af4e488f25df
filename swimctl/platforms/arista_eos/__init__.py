"""Arista EOS: what it prints, its image names, and the driver."""
