"""The emails to LEDGER_ALARM_TO about backups."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.utils.translation import gettext_lazy as _

from portal.soundness import machine_checks
from portal.soundness.findings import Level

BACKUP_FAILED = _("The backup failed")
TEST_FAILED = _("The restore test of the backup failed")
TOO_OLD = _("The last good backup is too old")
DAY = 86_400  # seconds


def send_alarm(subject: object, body: str) -> None:
    text = f"{body}\n\n{settings.BASE_URL}/admin/health/\n"
    EmailMessage(subject=str(subject), body=text, to=settings.LEDGER_ALARM_TO).send()


def raise_old_backups() -> None:
    """Send an alarm for what `manage.py doctor` calls broken, where backups are made; at most one a day."""
    if not settings.BACKUP_FOLDER:
        return
    found = [
        finding for finding in (machine_checks.backup(), machine_checks.restore_test()) if finding.level != Level.OK
    ]
    if found and cache.add("backup-alarm", 1, DAY):
        send_alarm(TOO_OLD, "\n".join(f"{finding.fact} {finding.action}" for finding in found))
