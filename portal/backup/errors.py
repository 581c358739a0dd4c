from __future__ import annotations


class BackupFault(Exception):
    """A backup or a restore could not be done; the sentence says why and what to do."""
