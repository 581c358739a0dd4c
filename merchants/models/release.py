from __future__ import annotations

from django.db import models


class Release(models.Model):
    """A version of the portal whose `migrate` ran to its end on this database. Written by the owner alone."""

    version = models.CharField(max_length=40, primary_key=True)
    migrated_at = models.DateTimeField(help_text="When migrate last ended under this version.")

    def __str__(self) -> str:
        return self.version
