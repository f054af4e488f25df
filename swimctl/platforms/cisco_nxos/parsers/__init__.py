"""What NX-OS prints, read into facts: a module a kind of output, pure."""
