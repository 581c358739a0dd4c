"""Sends outgoing emails, each once: a row is claimed under its lock and committed after the mail server has accepted
it.

A process that is killed between the two, or a lost answer of the server, is the only way to a second copy. Both copies
have the same Message-ID, by which mailboxes recognise them.
"""

from __future__ import annotations

import json
import re
import smtplib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from merchants import author_proofs, errors
from merchants.models import OutgoingEmail
from merchants.services import email_links, job_queue
from portal.lib import clock
from portal.lib.email_addresses import ascii_address

log = structlog.get_logger(__name__)
TASK = "merchants.tasks.send_emails"
WAITS = [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 16, 32, 64, 128, *(240,) * 5)]  # a day in all
STUCK = timedelta(minutes=15)  # after this, nobody sends
UNTAKEN = timedelta(hours=1)  # after this, nobody takes
OUT_OF_TRY = 500  # from this answer on, the server will never take the email
ANSWER_LENGTH = 500
RECEIPT = "merchants.receipt"
NOT_BUILT = "The email could not be built"


# --- What is made when an email is sent -------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Part:
    """A file that comes with an email. An image in the text is named there as `cid:` and its name."""

    name: str
    mimetype: str
    content: bytes
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class Filling:
    context: dict[str, Any]
    parts: Sequence[Part] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


_fillers: dict[str, Callable[[OutgoingEmail], Filling]] = {}
# Emails of keys and people go first: of reports, hundreds may be due in the same minute.
CAN_WAIT = ExpressionWrapper(Q(template="reconciliation"), BooleanField())


def register(template: str, filler: Callable[[OutgoingEmail], Filling]) -> None:
    """Register the function that fills emails of this template when they are sent, so that rows hold no files and
    figures.
    """
    _fillers[template] = filler


class Mail(EmailMultiAlternatives):
    """An email with images inside its HTML (multipart/related), where mail programs look for them."""

    shown: Sequence[Part] = ()

    def _add_bodies(self, msg: EmailMessage) -> None:
        super()._add_bodies(msg)  # type: ignore[misc]
        html: Any = msg.get_body(("html",))
        for part in self.shown:
            main, _, sub = part.mimetype.partition("/")
            html.add_related(part.content, main, sub, cid=f"<{part.name}>", filename=part.name, disposition="inline")


# --- Sending ----------------------------------------------------------------------------------------------------------
def wake_on_commit() -> None:
    """Wake the worker after the commit."""
    transaction.on_commit(wake_worker, robust=True)


def wake_worker() -> None:
    """Notify a worker of waiting emails. Never fails and never waits: without it, the timetable finds them within a
    minute.
    """
    job_queue.send_job(TASK)


def send_due_emails() -> None:
    """Send all due emails, one after the other. Several workers share them."""
    while _send_next():
        pass


def count_stuck_emails() -> int:
    """Return how many emails are late: not tried, because worker or timetable is down, or not accepted by any mail
    server.
    """
    now = clock.now()
    untried, untaken = Q(due_at__lte=now - STUCK), Q(attempts__gt=0, created_at__lte=now - UNTAKEN)
    return OutgoingEmail.objects.filter(untried | untaken, state=OutgoingEmail.State.WAITING).count()


@transaction.atomic
def _send_next() -> bool:
    """Send one email. False: nothing is left for now. A mail server that is down is asked for no further email this
    time.
    """
    due = OutgoingEmail.objects.filter(state=OutgoingEmail.State.WAITING, due_at__lte=clock.now())
    due = due.alias(can_wait=CAN_WAIT).order_by("can_wait", "due_at", "pk")
    email = due.select_for_update(skip_locked=True).first()
    if email is None:
        return False
    email.attempts += 1
    try:
        _message(email).send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as refused:
        code, said = _answer(refused)
        _try_later(email, said) if code < OUT_OF_TRY else _give_up(email, said)
        return True
    except OSError as away:  # not reached, timed out, or it does not take us as a sender: not this email's fault
        _try_later(email, str(away) or type(away).__name__)
        return False
    except Exception as fault:
        log.exception("email.cannot_be_made", email=email.pk, template=email.template)
        _give_up(email, f"{NOT_BUILT}: {fault}")
        return True
    email.state, email.sent_at, email.last_answer = OutgoingEmail.State.SENT, clock.now(), ""
    email.receipt = author_proofs.prove(RECEIPT, receipt_text(email))
    email.save(update_fields=["state", "sent_at", "last_answer", "attempts", "receipt"])
    log.info("email.sent", email=email.pk, template=email.template, attempts=email.attempts)
    return True


def receipt_text(email: OutgoingEmail) -> str:
    """Return what the receipt of a sent email covers."""
    context, sent_at = json.dumps(email.context, sort_keys=True), email.sent_at
    return f"{email.pk}|{email.to}|{email.template}|{context}|{sent_at.astimezone(UTC).isoformat() if sent_at else ''}"


def _message(email: OutgoingEmail) -> Mail:
    """Return the message. Its text begins with the subject."""
    filled = _fillers[email.template](email) if email.template in _fillers else Filling(email.context)
    context = filled.context | {"support_email": settings.SUPPORT_EMAIL, "base_url": settings.BASE_URL}
    if "invitation" in email.context:
        context["link"] = email_links.invitation_link(email.context["invitation"])
    if "claim" in email.context:
        context["link"] = email_links.claim_link(email.context["claim"])
    subject, _, body = render_to_string(f"emails/{email.template}.txt", context).lstrip().partition("\n")
    subject = " ".join(subject.removeprefix("Subject:").split())
    message = Mail(
        subject=subject,
        body=re.sub(r"\n{3,}", "\n\n", body).strip() + "\n",  # where a template leaves a sentence out
        to=[ascii_address(email.to)],
        reply_to=[settings.SUPPORT_EMAIL],
        headers={"Message-ID": message_id(email), "Auto-Submitted": "auto-generated", **filled.headers},
    )
    message.attach_alternative(_html(email.template, context | {"subject": subject}), "text/html")
    message.shown = [part for part in filled.parts if part.is_shown]
    for part in filled.parts:
        if not part.is_shown:
            message.attach(part.name, part.content, part.mimetype)
    return message


def _html(template: str, context: dict[str, Any]) -> str:
    """Return the HTML with the rules of its <style> written into the elements, because mail programs obey
    only those.
    """
    import css_inline  # noqa: PLC0415 - emails are written by workers, and it is large

    html = render_to_string(f"emails/{template}.html", context)
    return css_inline.inline(html, load_remote_stylesheets=False) if "<style" in html else html


def message_id(email: OutgoingEmail) -> str:
    """Return the Message-ID of an email. Its form stays: bounces and threads name emails that were sent long ago."""
    return f"<letter-{email.pk}-{email.created_at.timestamp():.0f}@{sender_domain()}>"


def sender_domain() -> str:
    """Return the domain of `DEFAULT_FROM_EMAIL`."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]


def email_number(said: str) -> int | None:
    """Return the number of the email with this Message-ID; None when it is not ours."""
    found = re.fullmatch(r"<letter-([0-9]{1,18})-[0-9]+@[^@>]+>", said.strip())
    email = OutgoingEmail.objects.filter(pk=int(found[1])).first() if found else None
    return email.pk if email and message_id(email) == said.strip() else None


def _answer(refused: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> tuple[int, str]:
    if isinstance(refused, smtplib.SMTPDataError):
        code, text = refused.smtp_code, refused.smtp_error
    else:
        code, text = next(iter(refused.recipients.values()))
    return code, f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"


def _try_later(email: OutgoingEmail, said: str) -> None:
    if email.attempts > len(WAITS):
        _give_up(email, said)
        return
    email.due_at, email.last_answer = clock.now() + WAITS[email.attempts - 1], _kept(said)
    email.save(update_fields=["due_at", "last_answer", "attempts"])
    log.warning("email.later", email=email.pk, attempts=email.attempts, said=email.last_answer)


def _give_up(email: OutgoingEmail, said: str) -> None:
    email.state, email.last_answer = OutgoingEmail.State.GIVEN_UP, _kept(said)
    email.save(update_fields=["state", "last_answer", "attempts"])
    log.error("email.given_up", email=email.pk, attempts=email.attempts, said=email.last_answer)


def _kept(said: str) -> str:
    return said.replace("\0", "").encode(errors="replace").decode()[:ANSWER_LENGTH]


def failure_reason(email: OutgoingEmail) -> str:
    """Return why an email failed: the answer of the mail server, or that the email could not be built."""
    if email.state != OutgoingEmail.State.GIVEN_UP:
        return ""
    is_unbuilt = email.last_answer.startswith(NOT_BUILT)
    if is_unbuilt:
        return _("The email could not be built. Ask our support.")
    return _("The mail server answered: %(answer)s") % {"answer": email.last_answer}


@transaction.atomic
def resend_email(*, email: OutgoingEmail) -> OutgoingEmail:
    """Try an email that was given up for another day. Refuses every other email (NotGivenUp)."""
    email = OutgoingEmail.objects.select_for_update().get(pk=email.pk)
    if email.state != OutgoingEmail.State.GIVEN_UP:
        raise errors.NotGivenUp
    email.state, email.attempts, email.due_at = OutgoingEmail.State.WAITING, 0, clock.now()
    email.save(update_fields=["state", "attempts", "due_at"])
    wake_on_commit()
    return email
