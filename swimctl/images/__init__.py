"""Images: what a file is, which device it can be for, and which one is golden."""
