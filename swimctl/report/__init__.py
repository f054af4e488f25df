"""The report of a batch: one record of all its facts, and that record as HTML, Markdown, JSON, JUnit and CSV.

`gathering.py` reads the store, once. `facts.py` and `device_facts.py` (pure) say what the record is made of. Each other
file writes it in one form, or proves a file that was written.
"""
