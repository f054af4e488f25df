"""What IOS-XR prints, read into facts: a module a kind of output, pure."""
