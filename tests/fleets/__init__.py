"""One file a platform: the lab device that stands for it, and what it is tried with."""
