"""Outages as a client sees them.

A writer (writer.py) inserts rows and keeps a journal of what was acknowledged and when; a scenario (scenarios.py)
hurts a cluster (howdah.py, patroni.py) meanwhile; the journal (journal.py) then says how long nothing was
acknowledged, and the final primary says whether an acknowledged row is missing.
"""
