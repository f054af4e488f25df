"""Campaigns: golden as a standing wish. A rule is kept, and night after night what is behind becomes a batch."""
