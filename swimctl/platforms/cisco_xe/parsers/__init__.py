"""What IOS-XE prints, read into facts: a module a kind of output, pure."""
