"""The devices: where they stand, which of them a command is about, how each is entered."""
