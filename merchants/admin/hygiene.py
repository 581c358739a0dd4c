"""What nobody complains of until it matters: keys to tidy up, each list bounded and with a link to its key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from merchants.admin import labels
from merchants.models import ApiKey, Secret
from merchants.models.credentials import ApiKeyQuerySet
from merchants.services import sealing
from portal.lib import clock
from portal.lib.texts import Text

SHOWN = 25
LONGEST_NUMBER = 5
ENDING = timedelta(days=30)
LONG_QUARANTINE = timedelta(days=7)

Row = Any  # an ApiKey or a Secret


@dataclass(frozen=True, kw_only=True)
class Concern:
    name: str
    title: Text
    text: Text
    column: Text
    rows: Callable[[datetime], QuerySet[Any]]
    fact: Callable[[Row], Any]


def keys() -> ApiKeyQuerySet:
    return ApiKey.objects.of_active_merchants().of_live_merchants().select_related("merchant")


CONCERNS = [
    Concern(
        name="ending",
        title=gettext_lazy("Keys that expire within 30 days"),
        text=gettext_lazy(
            "Every request with these keys is refused from that moment. The merchant is reminded 30, 7 "
            "and 1 days before."
        ),
        column=gettext_lazy("Expires (UTC)"),
        rows=lambda at: keys().ending(at=at, within=ENDING).order_by("expires_at"),
        fact=lambda key: labels.moment(key.expires_at),
    ),
    Concern(
        name="sandbox",
        title=gettext_lazy("Test keys without a sandbox"),
        text=gettext_lazy(
            "Every request with these keys is refused. Create the sandbox on the page of the merchant: "
            "the keys move to it."
        ),
        column=gettext_lazy("Created (UTC)"),
        rows=lambda at: keys().usable(at=at).filter(environment="test").order_by("-pk"),
        fact=lambda key: labels.moment(key.created_at),
    ),
    Concern(
        name="overlap",
        title=gettext_lazy("Running overlaps"),
        text=gettext_lazy(
            "Two secret versions work. End the overlap when the merchant signs with the new version only."
        ),
        column=gettext_lazy("Old version expires (UTC)"),
        rows=lambda at: (
            Secret.objects.overlapping(at=at)
            .filter(key__in=keys().usable(at=at))
            .select_related("key__merchant")
            .order_by("usable_until")
        ),
        fact=lambda old: format_html("version {}, {}", old.version, labels.moment(old.usable_until)),
    ),
    Concern(
        name="quarantine",
        title=gettext_lazy("Keys in quarantine for more than 7 days"),
        text=gettext_lazy("Open rounds should be settled by now. Revoke the key when no round is open."),
        column=gettext_lazy("Since (UTC)"),
        rows=lambda at: (
            keys().usable(at=at).filter(status="quarantined", quarantined_at__lt=at - LONG_QUARANTINE)
        ).order_by("quarantined_at"),
        fact=lambda key: labels.moment(key.quarantined_at),
    ),
    Concern(
        name="open",
        title=gettext_lazy("Keys without an IP allowlist"),
        text=gettext_lazy("Neither the key nor its merchant has an active allowlist entry."),
        column=gettext_lazy("Effect"),
        rows=lambda at: keys().without_allowlist(at=at).order_by("-pk"),
        fact=lambda key: (
            _("all entries have expired: every request is refused")
            if key.refuses_all
            else _("requests are accepted from every address")
        ),
    ),
    Concern(
        name="idle",
        title=gettext_lazy("Keys not used for 60 days"),
        text=gettext_lazy("Ask the merchant whether it needs these keys. Revoke the keys that are not needed."),
        column=gettext_lazy("Last used (UTC)"),
        rows=lambda at: keys().idle(at=at).annotate(used_at=Max("seen_addresses__last_seen_at")).order_by("-pk"),
        fact=lambda key: labels.moment(key.used_at) or "never",
    ),
]


class HygienePage(View):
    admin_site: Any = None

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("merchants.view_apikey"):
            raise PermissionDenied
        context = self.admin_site.each_context(request) | {
            "title": _("Key hygiene"),
            "concerns": [hygiene_page(concern, request) for concern in CONCERNS],
            "older": [sealed for sealed in sealing.sealed_counts() if not sealed.current],
            "current_key_id": sealing.current_key_id(),
        }
        return TemplateResponse(request, "admin/hygiene.html", context)


def hygiene_page(concern: Concern, request: HttpRequest) -> dict[str, Any]:
    """One page of it, and whether there is another; never how many there are."""
    page = page_number(request.GET.get(concern.name, ""))
    first = (page - 1) * SHOWN
    found = list(concern.rows(clock.now())[first : first + SHOWN + 1])
    return {
        "concern": concern,
        "table": {
            "headers": [_("Key"), _("Label"), _("Merchant"), concern.column],
            "rows": [key_cells(concern, row) for row in found[:SHOWN]],
        },
        "earlier": f"?{concern.name}={page - 1}#{concern.name}" if page > 1 else None,
        "more": f"?{concern.name}={page + 1}#{concern.name}" if len(found) > SHOWN else None,
    }


def page_number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < LONGEST_NUMBER else 1
    return max(1, number)


def key_cells(concern: Concern, row: Row) -> list[Any]:
    key: ApiKey = row.key if isinstance(row, Secret) else row
    address = reverse("admin:merchants_apikey_change", args=[key.pk])
    link = format_html('<a class="text-link whitespace-nowrap" href="{}">{}</a>', address, key.auth_key)
    return [link, key.label or "–", key.merchant.listed_name, concern.fact(row)]
