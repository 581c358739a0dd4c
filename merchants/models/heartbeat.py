from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When a job last ran to its end, and whether it found everything in order."""

    class Job(models.TextChoices):
        WORKER = "worker", "Default worker"
        RECONCILER = "reconciler", "Reconciliation worker"
        LEDGER = "verify_ledger", "Verification of the ledger"
        HISTORY = "verify_history", "Verification of the history"

    job = models.CharField(primary_key=True, max_length=20, choices=Job)
    at = models.DateTimeField()
    is_good = models.BooleanField(default=True, help_text="Whether the run found nothing wrong.")

    def __str__(self) -> str:
        return f"{self.get_job_display()} at {self.at}"
