"""A batch played through on twins of its devices, in the lab, before it touches the devices themselves."""
