"""Backups and restores: Howdah beside pgBackRest, on one server, in one run."""
