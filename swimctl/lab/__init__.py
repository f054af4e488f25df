"""Simulated Catalyst 9000 switches: a pure state machine, and an SSH, SCP and SFTP server around it."""
