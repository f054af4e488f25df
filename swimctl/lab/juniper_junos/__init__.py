"""A lab Juniper: EX switches of two kinds, alone or as a Virtual Chassis."""
