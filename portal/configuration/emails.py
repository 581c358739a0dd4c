"""Mail: the server that it leaves by, the sender, and the addresses of alarms."""

from __future__ import annotations

from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from portal.configuration.environment import PRODUCTION, env, public, refuse


def read_mailer() -> dict[str, Any]:
    """EMAIL_URL (`smtp+tls://user:password@host:587`) as a mailer; outside production mail may go to the console."""
    try:
        mail = env.email_url("EMAIL_URL", default=environ.Env.NOTSET if PRODUCTION else "consolemail://")
    except (ImproperlyConfigured, ValueError):
        refuse("EMAIL_URL is missing or cannot be read; it looks like smtp+tls://user:password@host:587.")
    if "smtp" not in mail["EMAIL_BACKEND"]:
        return {"BACKEND": mail["EMAIL_BACKEND"]}
    names = {"host": "HOST", "port": "PORT", "username": "HOST_USER", "password": "HOST_PASSWORD"}
    options = {option: mail[f"EMAIL_{name}"] for option, name in names.items()}
    security = {option: mail.get(f"EMAIL_{option.upper()}", False) for option in ("use_tls", "use_ssl")}
    # Of connection and commands; the phases of a mail itself have their own (portal/lib/smtp.py).
    return {"BACKEND": "portal.lib.smtp.EmailBackend", "OPTIONS": options | security | {"timeout": 60}}


MAILERS = {"default": read_mailer()}
DEFAULT_FROM_EMAIL: str = public("DEFAULT_FROM_EMAIL", default="Oppi Games portal <portal@oppi.invalid>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SUPPORT_EMAIL: str = public("SUPPORT_EMAIL", default="support@oppi.invalid")  # whom emails tell to ask
LEDGER_ALARM_TO: list[str] = public("LEDGER_ALARM_TO", list, default=["ledger@oppi.invalid"])
RECONCILIATION_ALARM_TO: list[str] = (
    public("RECONCILIATION_ALARM_TO", list, default=[]) if "RECONCILIATION_ALARM_TO" in env.ENVIRON else LEDGER_ALARM_TO
)
SECURITY_ALARM_TO: list[str] = (
    public("SECURITY_ALARM_TO", list, default=[]) if "SECURITY_ALARM_TO" in env.ENVIRON else LEDGER_ALARM_TO
)
TRAFFIC_ALARM_TO: list[str] = (
    public("TRAFFIC_ALARM_TO", list, default=[]) if "TRAFFIC_ALARM_TO" in env.ENVIRON else LEDGER_ALARM_TO
)
