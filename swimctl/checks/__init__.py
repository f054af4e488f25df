"""Checks by rules: what a device says becomes rows, and the rows before an upgrade are held against those after it."""
