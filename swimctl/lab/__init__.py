"""Simulated devices: a folder for each system, pure state machines, and SSH, SFTP, NETCONF and HTTPS around them."""
