"""The one way to a device: how it is entered, its terminal, what is recorded of it, files that are copied to it."""
