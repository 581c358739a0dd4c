"""Who sends what is due by the timetable, and what was sent: any number of beats may run, and one of them leads."""

from __future__ import annotations

from django.db import models


class TimetableLead(models.Model):
    """One row. Whoever holds it says so every few seconds; when it has not for a while, another one takes it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    holder = models.UUIDField()
    until = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="merchants_timetablelead_is_one")]

    def __str__(self) -> str:
        return f"{self.holder} until {self.until}"


class TimetableJob(models.Model):
    """When an entry of the timetable was sent last. Written before it is sent, so that nobody sends it again."""

    name = models.CharField(max_length=100, primary_key=True)
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.sent_at}"
