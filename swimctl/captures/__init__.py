"""What a device prints, for a bug report: recorded, without the names and numbers of its site, as a bundle."""
