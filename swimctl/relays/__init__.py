"""Relays: machines that fetch an image once and serve it to the devices of their site."""
