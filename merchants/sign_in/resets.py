"""A forgotten password. The request does the same whoever is asked for, and a job looks whether there is an account:
neither its words nor its time tell. The link is made when the email is sent, and is kept nowhere.
"""

from __future__ import annotations

from datetime import timedelta

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from merchants.models import OutgoingEmail, Person
from merchants.services import email_outbox, job_queue
from merchants.services.email_outbox import Filling
from portal.lib import clock

TASK = "merchants.tasks.write_reset_letters"  # a worker of the version before knows it, too: nothing sends it again
TEMPLATE = "password_reset"
EMAIL_EVERY = timedelta(minutes=5)


class Unavailable(Exception):
    """Nothing can be asked for now: the broker is away."""


def request_reset(email: str) -> None:
    """Raises Unavailable."""
    if not job_queue.send_job(TASK, email):
        raise Unavailable


def write_reset_email(email: str) -> None:
    """To the address that we know, whatever was typed. Nothing goes to the address of a stranger.

    At most one in EMAIL_EVERY: strangers who ask again and again fill no mailbox, and the link of before still works.
    """
    since = clock.now() - EMAIL_EVERY
    for person in Person.objects.filter(email__iexact=email, is_active=True):
        if OutgoingEmail.objects.filter(template=TEMPLATE, to=person.email, created_at__gt=since).exists():
            continue
        OutgoingEmail.objects.create(
            to=person.email, template=TEMPLATE, context={"person": person.pk, "name": str(person)}
        )
    email_outbox.send_due_emails()


def filling(email: OutgoingEmail) -> Filling:
    return Filling({"link": reset_link(Person.objects.get(pk=email.context["person"]))})


def reset_link(person: Person) -> str:
    """It works once, since it hangs on the password of now."""
    key = default_token_generator.make_token(person)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person), key])
    return f"{settings.BASE_URL}{path}"
