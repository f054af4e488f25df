"""Devices of classic IOS: stackable access switches and a router, as variations of the Catalyst 9000."""
