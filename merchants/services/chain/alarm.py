"""The alarm email about sealed rows that have changed. It names tables and ids, and no player."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from merchants.services.chain.verification import ChainVerdict


def raise_alarm(verdict: ChainVerdict) -> None:
    """Email the differences to `LEDGER_ALARM_TO`."""
    context = {"verdict": verdict, "name": verdict.chain.label.lower(), "base_url": settings.BASE_URL}
    message = EmailMultiAlternatives(
        subject=f"The {context['name']} does not match its sealed chain",
        body=render_to_string("emails/chain_alarm.txt", context),
        to=settings.LEDGER_ALARM_TO,
    )
    message.attach_alternative(render_to_string("emails/chain_alarm.html", context), "text/html")
    message.send()
