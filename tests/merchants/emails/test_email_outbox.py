"""Emails go out once, whatever the mail server says and however often the job runs."""

from __future__ import annotations

import email
import json
import os
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from aiosmtpd.controller import Controller
from django.core import mail
from django.test import Client

from merchants import crypto, errors
from merchants.models import ApiKey, Contact, Merchant, OutgoingEmail, Person
from merchants.services import compromise, emails, job_queue, keys
from merchants.services import email_outbox as post
from portal.lib import clock
from portal.local.ports import free_port
from tests import factories
from tests.pages import submit
from tests.people import signed_in
from tests.plugins.database_role import unguarded
from tests.plugins.databases import by_roles
from tests.plugins.live import Live
from tests.wallet.clusters import drop, own_copy

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOUND_SECONDS = 5  # a broker that is waited for holds up a verb for longer


class Server:
    """An SMTP server that answers as it is told, and keeps what it took."""

    def __init__(self) -> None:
        self.at_rcpt, self.at_data, self.taken = "250 OK", "250 Kept", list[EmailMessage]()
        self.rcpts = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        self.rcpts += 1
        if self.at_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.at_rcpt

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.at_data.startswith("250"):
            self.taken.append(email.message_from_bytes(envelope.content, policy=default))
        return self.at_data


def use_smtp(settings: Any, port: int, timeout: int = 30) -> None:
    options = {"host": "127.0.0.1", "port": port, "timeout": timeout}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    use_smtp(settings, controller.port)
    yield handler
    controller.stop()


@pytest.fixture
def contact(acme: Merchant) -> Contact:
    return Contact.objects.create(merchant=acme, email="keys@acme.test")


def written(merchant: Merchant, number: int = 1) -> list[OutgoingEmail]:
    """Emails of one key that was issued, to so many contacts."""
    for each in range(number - 1):
        Contact.objects.create(merchant=merchant, email=f"more-{each}@acme.test")
    keys.issue_key(merchant=merchant, label="night shift")
    return list(OutgoingEmail.objects.order_by("pk"))


# --- who is told, and what --------------------------------------------------------------------------------------------
def test_owners_managers_and_named_addresses_are_told_and_nobody_twice(acme: Merchant, owner: Person) -> None:
    factories.member(acme, "manager", email="manager@acme.test")
    factories.member(acme, "viewer", email="viewer@acme.test")
    factories.member(acme, "manager", email="gone@acme.test", is_active=False)
    Contact.objects.create(merchant=acme, email="OWNER@acme.test")
    Contact.objects.create(merchant=acme, email="desk@acme.test")
    told = sorted(address.lower() for address in emails.contact_addresses(acme))
    assert told == ["desk@acme.test", "manager@acme.test", "owner@acme.test"]


def test_a_verb_that_fails_writes_no_email(acme: Merchant, contact: Contact) -> None:
    key = keys.issue_key(merchant=acme).key
    with unguarded():
        OutgoingEmail.objects.all().delete()
    with pytest.raises(errors.OverlapTooLong):
        keys.rotate_secret(key=key, overlap=timedelta(days=8))
    assert not OutgoingEmail.objects.exists()


def sent(acme: Merchant) -> mail.EmailMultiAlternatives:
    """The newest email, as it goes out."""
    mail.outbox.clear()
    post.send_due_emails()
    message = mail.outbox[-1]
    assert isinstance(message, mail.EmailMultiAlternatives)
    return message


def parts(message: mail.EmailMultiAlternatives) -> tuple[str, str]:
    """Both as plain words: their markup and line ends do not matter here."""
    html = re.sub(r"<[^>]+>", "", str(message.alternatives[0][0]))
    return " ".join(str(message.body).split()), " ".join(html.split())


def test_a_rotation_is_told_with_the_end_of_the_old_secret(acme: Merchant, contact: Contact) -> None:
    with clock.frozen_at(NOON):
        key = keys.issue_key(merchant=acme, label="night shift").key
        sent(acme)
        keys.rotate_secret(key=key, overlap=HOUR)
        message = sent(acme)
    assert message.subject == "Acme Casino: your key night shift was rotated: version 2 is active"
    assert message.to == ["keys@acme.test"]
    for part in parts(message):
        assert "everywhere before 1 Mar 2026, 13:00 UTC" in part
        assert key.auth_key in part
        assert "support@oppi.invalid" in part


def test_a_rotation_without_an_overlap_says_that_the_old_secret_is_refused(acme: Merchant, contact: Contact) -> None:
    key = keys.issue_key(merchant=acme).key
    keys.rotate_secret(key=key, overlap=timedelta(0))
    for part in parts(sent(acme)):
        assert "The previous version is refused" in part
        assert "works until" not in part


@pytest.mark.parametrize(
    ("response", "said"),
    [
        ("rotate", "The compromised version works until 1 Mar 2026, 13:00 UTC"),
        ("quarantine", "A new key was issued to replace it"),
        ("revoke", "All earlier secret versions are refused"),
    ],
)
def test_a_leak_is_one_email_that_tells_the_response(
    acme: Merchant, contact: Contact, response: str, said: str
) -> None:
    with clock.frozen_at(NOON):
        key = keys.issue_key(merchant=acme).key
        sent(acme)
        before = OutgoingEmail.objects.count()
        declared = compromise.declare_compromise(
            key=key, response=response, reason="on a forum", exposed_since=NOON - HOUR, by=None, overlap=HOUR
        )
        message = sent(acme)
    assert OutgoingEmail.objects.count() == before + 1
    assert declared.issued is not None
    for part in parts(message):
        assert said in part
        assert "since 1 Mar 2026, 11:00 UTC" in part
        assert declared.issued.secret not in part
        assert "on a forum" not in part


def test_after_a_leak_other_verbs_are_told_again(acme: Merchant, contact: Contact) -> None:
    key = keys.issue_key(merchant=acme).key
    compromise.declare_compromise(key=key, response="revoke", reason="x", exposed_since=clock.now() - HOUR, by=None)
    keys.revoke_key(key=key)
    assert OutgoingEmail.objects.latest("pk").context["what"].startswith("is revoked")


def test_a_secret_that_came_into_an_email_is_not_mailed(acme: Merchant, contact: Contact) -> None:
    secret = crypto.new_secret("live")
    emails.notify_contacts(keys.issue_key(merchant=acme).key, f"was named {secret}")
    message = sent(acme)
    assert secret not in str(message.message())
    assert secret not in str(OutgoingEmail.objects.values())


def test_markup_in_a_label_is_shown_and_not_obeyed(acme: Merchant, contact: Contact) -> None:
    keys.issue_key(merchant=acme, label="<b>5 & 6</b> Bcc: a@b.c")
    message = sent(acme)
    assert "&lt;b&gt;5 &amp; 6&lt;/b&gt;" in str(message.alternatives[0][0])
    assert "<b>5 & 6</b>" in str(message.body)
    assert "\n" not in message.subject
    assert message.recipients() == [contact.email]
    assert message.message()["Bcc"] is None


# --- sending ----------------------------------------------------------------------------------------------------------
def test_each_email_goes_out_once(server: Server, acme: Merchant, contact: Contact) -> None:
    written(acme, 3)
    post.send_due_emails()
    post.send_due_emails()
    assert len(server.taken) == 3
    assert len({message["message-id"] for message in server.taken}) == 3
    assert set(OutgoingEmail.objects.values_list("state", "attempts")) == {("sent", 1)}
    assert OutgoingEmail.objects.filter(sent_at=None).count() == 0


def test_a_no_for_now_is_tried_again_with_growing_waits(server: Server, acme: Merchant, contact: Contact) -> None:
    server.at_rcpt = "450 4.2.0 Greylisted"
    waits, moment = [], NOON
    with clock.frozen_at(NOON):
        [email] = written(acme)
    while email.state == "waiting":
        with clock.frozen_at(moment):
            post.send_due_emails()
            post.send_due_emails()  # not due yet: asks nobody
        email.refresh_from_db()
        waits.append(email.due_at - moment)
        moment = max(email.due_at, moment + timedelta(seconds=1))
    assert server.rcpts == email.attempts == 14
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert timedelta(hours=24) <= email.due_at - NOON <= timedelta(hours=25)
    assert email.state == "given_up"
    assert email.last_answer == "450 4.2.0 Greylisted"


def test_it_goes_out_when_the_server_takes_it_at_last(server: Server, acme: Merchant, contact: Contact) -> None:
    server.at_data = "451 Later"
    with clock.frozen_at(NOON):
        [email] = written(acme)
        post.send_due_emails()
    server.at_data = "250 Kept"
    with clock.frozen_at(NOON + HOUR):
        post.send_due_emails()
    email.refresh_from_db()
    assert (email.state, email.attempts, email.last_answer) == ("sent", 2, "")
    assert len(server.taken) == 1


@pytest.mark.parametrize("place", ["at_rcpt", "at_data"])
def test_a_no_for_good_is_given_up_at_once_and_kept(
    server: Server, acme: Merchant, contact: Contact, place: str
) -> None:
    setattr(server, place, "550 5.1.1 No such user")
    [email] = written(acme)
    post.send_due_emails()
    email.refresh_from_db()
    assert (email.state, email.last_answer) == ("given_up", "550 5.1.1 No such user")


def test_a_server_that_says_nothing_is_asked_for_one_email_and_then_left_alone(
    settings: Any, acme: Merchant, contact: Contact
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        use_smtp(settings, silent.getsockname()[1], timeout=1)
        written(acme, 12)
        begun = time.monotonic()
        post.send_due_emails()
        assert time.monotonic() - begun < 8  # a second for each that is asked for
    assert sorted(OutgoingEmail.objects.values_list("state", "attempts")) == [("waiting", 0)] * 11 + [("waiting", 1)]


def test_a_server_that_is_not_there_costs_no_email(settings: Any, acme: Merchant, contact: Contact) -> None:
    use_smtp(settings, free_port())
    [email] = written(acme)
    post.send_due_emails()
    email.refresh_from_db()
    assert email.state == "waiting"
    assert "refused" in email.last_answer


def test_an_email_that_cannot_be_made_does_not_hold_up_the_others(acme: Merchant, contact: Contact) -> None:
    OutgoingEmail.objects.create(to="a@b.test", template="no_such_template")
    written(acme)
    post.send_due_emails()
    assert dict(OutgoingEmail.objects.values_list("template", "state")) == {
        "no_such_template": "given_up",
        "key_changed": "sent",
    }


def test_what_was_given_up_is_sent_again_when_asked(acme: Merchant, contact: Contact) -> None:
    [email] = written(acme)
    with pytest.raises(errors.NotGivenUp):
        post.resend_email(email=email)
    OutgoingEmail.objects.update(state="given_up", attempts=14, last_answer="450 later")
    post.resend_email(email=email)
    post.send_due_emails()
    email.refresh_from_db()
    assert (email.state, email.attempts) == ("sent", 1)


def test_a_second_copy_is_known_as_one_by_mailboxes(server: Server, acme: Merchant, contact: Contact) -> None:
    """As after a worker that was killed between the server's yes and its commit."""
    written(acme)
    post.send_due_emails()
    with unguarded():
        OutgoingEmail.objects.update(state="waiting")
    post.send_due_emails()
    first, second = server.taken
    assert first["message-id"] == second["message-id"]


# --- the broker -------------------------------------------------------------------------------------------------------
@contextmanager
def broker_at(monkeypatch: pytest.MonkeyPatch, port: int) -> Iterator[float]:
    from portal.celery import app  # noqa: PLC0415

    monkeypatch.setattr(app.conf, "broker_write_url", f"redis://127.0.0.1:{port}/0")
    monkeypatch.setattr(job_queue, "BROKER_SECONDS", 0.4)
    yield time.monotonic()


def test_a_verb_wakes_a_worker_when_it_is_committed(
    acme: Merchant, contact: Contact, django_capture_on_commit_callbacks: Any
) -> None:
    queue: Any = redis.Redis.from_url(os.environ["BROKER_URL"])
    queue.delete("celery")
    with django_capture_on_commit_callbacks(execute=True):
        keys.issue_key(merchant=acme)
        assert queue.llen("celery") == 0
    [message] = queue.lrange("celery", 0, -1)
    queue.delete("celery")
    queue.close()
    assert b"merchants.tasks.send_emails" in message


def test_a_broker_that_is_away_does_not_hold_up_a_verb(
    acme: Merchant, contact: Contact, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    with broker_at(monkeypatch, free_port()) as begun:
        with django_capture_on_commit_callbacks(execute=True):
            keys.issue_key(merchant=acme)
        assert time.monotonic() - begun < BOUND_SECONDS
    assert OutgoingEmail.objects.get().state == "waiting"


def test_nor_does_one_that_takes_calls_and_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as silent,
        broker_at(monkeypatch, silent.getsockname()[1]) as begun,
    ):
        post.wake_worker()
        assert time.monotonic() - begun < BOUND_SECONDS


# --- several workers, real commits ------------------------------------------------------------------------------------
@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Live]:
    """Commands on a database of their own, in which nobody else writes emails."""
    dsn = own_copy()
    environment = os.environ | by_roles(dsn) | {"WALLET_ON_DEFAULT": "false"}
    yield Live("", dsn, environment, tmp_path / "log")
    drop(dsn)


def test_several_workers_share_the_emails_and_send_each_once(apart: Live) -> None:
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    with psycopg.connect(apart.dsn, autocommit=True) as database:
        database.execute(
            'INSERT INTO merchants_letter ("to", template, context, state, attempts, last_answer)'
            " SELECT n || '@acme.test', 'key_expires', %s, 'waiting', 0, '' FROM generate_series(1, 60) n",
            [json.dumps({"auth_key": "x", "label": "y"})],
        )
    command = ["shell", "-c", "from merchants.services import email_outbox; email_outbox.send_due_emails()"]
    mailed = replace(apart, environment=apart.environment | {"EMAIL_URL": f"smtp://127.0.0.1:{controller.port}"})
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda _number: mailed.manage(*command), range(3)))
    controller.stop()
    assert [worker.returncode for worker in done] == [0, 0, 0], done[0].stderr
    assert len(handler.taken) == len({message["to"] for message in handler.taken}) == 60


# --- the page ---------------------------------------------------------------------------------------------------------
LIST = "/admin/merchants/outgoingemail/"


@pytest.fixture
def given_up(acme: Merchant, contact: Contact) -> OutgoingEmail:
    [email] = written(acme)
    OutgoingEmail.objects.update(state="given_up", attempts=1, last_answer="550 No such user")
    return email


def test_the_list_tells_what_became_of_each(client: Client, support: Person, given_up: OutgoingEmail) -> None:
    page = signed_in(client, support).get(LIST).content.decode()
    for told in ("keys@acme.test", "550 No such user", "given up", "Acme"):
        assert told in page


def test_a_given_up_email_is_sent_again_from_its_page(client: Client, support: Person, given_up: OutgoingEmail) -> None:
    staff = signed_in(client, support)
    page = f"{LIST}{given_up.pk}/change/"
    assert "Send email again" in staff.get(page).content.decode()
    submit(staff, f"{LIST}{given_up.pk}/send_again/")
    given_up.refresh_from_db()
    assert given_up.state == "waiting"
    assert "Send email again" not in staff.get(page).content.decode()


def test_an_auditor_reads_emails_and_sends_none(client: Client, auditor: Person, given_up: OutgoingEmail) -> None:
    staff = signed_in(client, auditor)
    assert staff.get(LIST).status_code == 200
    assert submit(staff, f"{LIST}{given_up.pk}/send_again/").status_code == 403
    given_up.refresh_from_db()
    assert given_up.state == "given_up"


def test_nobody_writes_or_changes_an_email_by_hand(
    client: Client, administrator: Person, given_up: OutgoingEmail
) -> None:
    staff = signed_in(client, administrator)
    assert staff.get(f"{LIST}add/").status_code == 403
    assert staff.post(f"{LIST}{given_up.pk}/change/", {"to": "x@y.test"}).status_code == 403
    assert ApiKey.objects.count() == 1
