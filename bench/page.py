"""Opens the merchant's page as support would; run inside Django's shell, says on standard output how long it took."""

from __future__ import annotations

import json
import secrets
import statistics
import sys
import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.test import Client
from django.urls import reverse

from merchants.models import Merchant, Person
from wallet.models import Watermark
from wallet.services.usage import usage_rollup

WARM, TIMES = 10, 200
EMAIL = "bench@oppi.invalid"


def main() -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    usage_rollup.sum_up(Watermark.Source.CALLS)  # as the job does every few minutes
    client = signed_in(administrator())
    page = reverse("admin:merchants_merchant_change", args=[Merchant.objects.get(code="bench").pk])
    took, statuses = [], set()
    for number in range(WARM + TIMES):
        begun = time.perf_counter()
        statuses.add(client.get(page, secure=True).status_code)
        if number >= WARM:
            took.append((time.perf_counter() - begun) * 1000)
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    json.dump({"p50 ms": cuts[49], "p95 ms": cuts[94], "statuses": sorted(statuses)}, sys.stdout)


def administrator() -> Person:
    return Person.objects.filter(email=EMAIL).first() or Person.objects.create_user(
        EMAIL, secrets.token_urlsafe(), staff_role=Person.StaffRole.ADMINISTRATOR
    )


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "type": "totp", "at": time.time()}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client
