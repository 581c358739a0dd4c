"""Checks of this machine and of its settings."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from merchants.services import sealing
from portal.lib import clock
from portal.soundness import limits, storage
from portal.soundness.findings import Finding, broken, ok, warning
from portal.soundness.storage import BackupRecord

MAIL_SECONDS = 4.0
ALARMS = ("LEDGER_ALARM_TO", "RECONCILIATION_ALARM_TO", "SECURITY_ALARM_TO", "TRAFFIC_ALARM_TO")
PLACEHOLDER = ".invalid"
NEWEST = 1_000
PRIVATE = "{10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,127.0.0.0/8,fc00::/7,::1/128}"
PEERS = """
    SELECT count(*), max(host(address)), count(*) FILTER (WHERE address_source <> 'socket'),
           coalesce(bool_and(address <<= ANY (%s::inet[])), false)
      FROM (SELECT address, address_source FROM wallet_signedrequest ORDER BY id DESC LIMIT %s) newest
"""
EHLO_TAKEN = 250
ENOUGH = 100  # requests that say something


def backup() -> Finding:
    return _age_of(
        "backup",
        lambda record: record.finished_at,
        limits.BACKUP_OLD,
        "Run manage.py backup, and find out why the last one failed.",
    )


def restore_test() -> Finding:
    return _age_of(
        "restore test",
        lambda record: record.restore_tested_at,
        limits.RESTORE_TEST_OLD,
        "Run manage.py backup --test-restore, and read its output.",
    )


def _age_of(what: str, moment: Any, most: timedelta, action: str) -> Finding:
    try:
        record: BackupRecord | None = storage.backup_record()
    except (OSError, ValueError, AttributeError):
        return broken("BACKUP_RECORD cannot be read.", "Check the file and the program that writes it.")
    at: datetime | None = moment(record) if record else None
    if at is None:
        if not settings.PRODUCTION:
            return ok(f"Not applicable: no {what} is recorded.")
        return warning(f"No {what} is recorded.", action)
    age = clock.now() - at
    hours = age.total_seconds() / 3600
    if age > most:
        return broken(f"The last {what} is {hours:.0f} hours old.", action)
    return ok(f"The last {what} is {hours:.0f} hours old.")


def disk() -> Finding:
    fullest = min(storage.disks(), key=lambda disk: disk.share_free)
    fact = f"{fullest.share_free:.0%} of the disk of {fullest.folder} is free."
    action = "Free space, or enlarge the disk. Statements and exports cannot be stored on a full disk."
    if fullest.share_free < limits.DISK_FULL:
        return broken(fact, action)
    return warning(fact, action) if fullest.share_free < limits.DISK_LOW else ok(fact)


def proxies() -> Finding:
    """Compare TRUSTED_PROXIES with the addresses of the newest requests."""
    with connection.cursor() as cursor:
        cursor.execute(PEERS, [PRIVATE, NEWEST])
        requests, one, forwarded, all_private = cursor.fetchone()
    if not settings.TRUSTED_PROXIES:
        if settings.PRODUCTION and settings.SECURE_PROXY_SSL_HEADER:
            return warning(
                "BEHIND_TLS_PROXY is on, but TRUSTED_PROXIES is empty: allowlists check the address of the proxy.",
                "Set TRUSTED_PROXIES to the addresses of the proxy.",
            )
        if settings.PRODUCTION and requests >= ENOUGH and all_private:
            return warning(
                f"The last {requests} requests all came from private addresses, such as {one}: allowlists seem to check"
                " the address of a proxy.",
                "Set TRUSTED_PROXIES to the addresses of the proxy.",
            )
        return ok("No proxy is trusted: allowlists check the address of the connection.")
    if requests >= ENOUGH and not forwarded:
        return warning(
            f"None of the last {requests} requests came through a trusted proxy.",
            "Compare TRUSTED_PROXIES with the addresses in the request log.",
        )
    return ok(f"{len(settings.TRUSTED_PROXIES)} networks of proxies are trusted.")


def key_encryption_keys() -> Finding:
    lost = sealing.lost_keys()
    if lost:
        missing = ", ".join(f"{number} {kind} need the key “{key_id}”" for kind, key_id, number in lost)
        return broken(
            f"Key-encryption keys are missing: {missing}.",
            "Add each key to KEY_ENCRYPTION_KEYS again, after the current key.",
        )
    return ok("The key-encryption keys of all stored secrets are configured.")


def alarm_recipients() -> Finding:
    """In a demo the placeholders are expected."""
    empty = [name for name in ALARMS if not any(address.strip() for address in getattr(settings, name))]
    if empty:
        return broken(f"{', '.join(empty)} has no address: nobody is notified.", "Set an address that a person reads.")
    invented = [name for name in ALARMS if any(PLACEHOLDER in address for address in getattr(settings, name))]
    if invented and settings.PRODUCTION:
        return broken(f"{', '.join(invented)} has a placeholder.", "Set an address that a person reads.")
    return ok("Not applicable: this installation is not production." if invented else "Alarms have recipients.")


def mail_server() -> Finding:
    """Connect and say EHLO; no email is sent, and nobody signs in."""
    mailer = settings.MAILERS["default"]
    if "smtp" not in mailer["BACKEND"]:
        return ok("Not applicable: EMAIL_URL names no mail server.")
    options = mailer["OPTIONS"]
    kind = smtplib.SMTP_SSL if options["use_ssl"] else smtplib.SMTP
    action = "Check EMAIL_URL, the network and the mail server. Emails wait in the outbox."
    try:
        with kind(options["host"], options["port"], timeout=MAIL_SECONDS) as server:
            code, _ = server.ehlo()
            has_tls = server.has_extn("starttls")
    except (OSError, smtplib.SMTPException) as fault:
        return broken(f"The mail server does not answer: {type(fault).__name__}.", action)
    if code != EHLO_TAKEN:
        return broken(f"The mail server refuses EHLO with {code}.", action)
    if options["use_tls"] and not has_tls:
        return broken("The mail server does not offer STARTTLS.", "Use the port for submission (587), or smtp+ssl.")
    return ok("The mail server answers.")
