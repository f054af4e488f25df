"""Settings and where they stand: config.yaml, maintenance windows, secrets that are kept elsewhere."""
