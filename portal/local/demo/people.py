"""Who signs in to the demo. Passwords are random, and in clear only in the sheet that `make up` prints from."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import decrypt
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import transaction

from merchants.models import Membership, Merchant, Person
from portal.local.demo import cast

PASSWORD_BYTES = 12
FEW_ITERATIONS = 1000


def people_exist() -> bool:
    """They come last: where they are, everything is."""
    return Person.objects.filter(email__in=[email for email, *_ in cast.STAFF]).exists()


@transaction.atomic
def create_people() -> None:
    create_staff()
    for merchant in Merchant.objects.filter(code__in=[casino.code for casino in cast.CASINOS]):
        for role in cast.ROLES:
            person = Person.objects.create_user(f"{role}@{merchant.code}.example", name=f"{merchant.name}, {role}")
            Membership.objects.create(person=person, merchant=merchant, role=role)


def create_staff() -> list[Person]:
    """One of each role; a demo from before there were roles gets those that it lacks."""
    return [
        Person.objects.get_or_create(email=email, defaults={"name": name, "staff_role": role})[0]
        for email, name, role in cast.STAFF
    ]


def totp_secret(person: Person) -> str:
    """What the person's telephone would keep; here it is printed, so that whoever tries the demo has the codes."""
    factor = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    if factor is None:
        factor = TOTP.activate(person, generate_totp_secret()).instance
    return str(decrypt(factor.data["secret"]))


def memberships() -> list[Membership]:
    codes = [casino.code for casino in cast.CASINOS]
    rows = Membership.objects.filter(merchant__code__in=codes).select_related("person", "merchant")
    return list(rows.order_by("merchant", "pk"))


def give_passwords(people: Iterable[Person]) -> dict[str, str]:
    """New ones, by email. 96 random bits need no stretching; at the first sign-in Django hashes them like any."""
    passwords = {person: secrets.token_urlsafe(PASSWORD_BYTES) for person in people}
    hasher = PBKDF2PasswordHasher()
    for person, password in passwords.items():
        person.password = hasher.encode(password, hasher.salt(), iterations=FEW_ITERATIONS)
    Person.objects.bulk_update(passwords, ["password"])
    return {person.email: password for person, password in passwords.items()}
