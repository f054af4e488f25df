"""Devices of classic IOS in the lab: stackable access switches and a router, as variations of the Catalyst 9000."""
