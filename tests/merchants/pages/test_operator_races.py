"""Two people at once: real transactions, again and again, in a process beside the running portal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.plugins.live import Live

ROUNDS = 15
BEGIN = """
import json
from threading import Barrier, Thread
from uuid import uuid4
from django.db import connection
from merchants import errors
from merchants.models import Invitation, Membership, Merchant, Person
from merchants.services import email_links, people

def member(merchant, role):
    person = Person.objects.create_user(f"{uuid4().hex}@race.test", name="Racer")
    return Membership.objects.create(person=person, merchant=merchant, role=role)

def merchant():
    return Merchant.objects.create(code=f"race-{uuid4().hex[:10]}", name="Race")

def at_once(acts):
    start, said = Barrier(len(acts)), []
    def run(act):
        start.wait()
        try:
            act()
            said.append("done")
        except errors.Refusal as refused:
            said.append(type(refused).__name__)
        finally:
            connection.close()
    threads = [Thread(target=run, args=[act]) for act in acts]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return sorted(said)
"""
OWNERS = """
found = []
for number in range({rounds}):
    of = merchant()
    first, second = member(of, "owner"), member(of, "owner")
    acts = [lambda: people.remove_member(membership=first), lambda: people.set_role(membership=second, role="viewer")]
    said = at_once(acts)
    found.append([said, Membership.objects.filter(merchant=of, role="owner").count()])
print(json.dumps(found))
"""
LINK = """
found = []
for number in range({rounds}):
    of = merchant()
    owner = member(of, "owner")
    invitation = people.invite_person(merchant=of, email=f"{{uuid4().hex}}@new.test", role="viewer", by=owner.person)
    token = email_links.invitation_link(invitation.pk).rstrip("/").rpartition("/")[2]
    said = at_once([lambda: people.accept_invitation(token=token, name="A", password=uuid4().hex)] * 3)
    found.append([said, Person.objects.filter(email=invitation.email).count()])
print(json.dumps(found))
"""
# The token is made and not committed yet; whoever takes the role away waits for it, or has done so without seeing it.
TOKEN = """
import time
from django.db import transaction
from merchants.models import AccessToken
from merchants.services import access_tokens
from portal.lib import clock
from tests.people import give_totp

WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"

def somebody_waits_for_this():
    with connection.cursor() as cursor:
        cursor.execute(WAITS)
        return cursor.fetchone()[0] > 0

def race(take_away):
    of = merchant()
    member(of, "owner")
    racer = member(of, "owner")
    give_totp(racer.person)
    def away():
        take_away(racer)
        connection.close()
    other = Thread(target=away)
    with transaction.atomic():
        access_tokens.create_token(person=racer.person, merchant=of, name="x", scopes=["keys:read"], days=1)
        other.start()
        while other.is_alive() and not somebody_waits_for_this():
            time.sleep(0.01)
    other.join()
    Membership.objects.update_or_create(person=racer.person, merchant=of, defaults={{"role": "owner"}})
    return AccessToken.objects.usable(at=clock.now()).filter(person=racer.person).count()

removals = [
    lambda racer: people.remove_member(membership=racer),
    lambda racer: people.set_role(membership=racer, role="viewer"),
    lambda racer: people.leave_merchant(merchant=racer.merchant, person=racer.person),
]
print(json.dumps([race(removals[number % 3]) for number in range({rounds})]))
"""


@pytest.mark.parametrize(
    ("race", "outcome"),
    [
        (OWNERS, [["LastOwner", "done"], 1]),
        (LINK, [["InvitationOver", "InvitationOver", "done"], 1]),
        (TOKEN, 0),
    ],
    ids=[
        "two owners take away each other's role",
        "a link is used three times at once",
        "a token is made while the role is taken away",
    ],
)
def test_of_people_who_press_at_once_one_is_refused(live: Live, race: str, outcome: Any) -> None:
    done = live.manage("shell", "--no-imports", "-c", BEGIN + race.format(rounds=ROUNDS))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [outcome] * ROUNDS
