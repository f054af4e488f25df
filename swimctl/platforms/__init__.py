"""What is particular to one OS family: one package a platform, and the aliases they go by."""
