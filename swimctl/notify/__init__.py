"""Notifications: what they say, and who sends them."""
