"""The page of one key: its secrets and their ends, who still signs with the old one, and what may be done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from merchants.access import Visit
from merchants.models import Approval, Compromise, SeenAddress
from merchants.pages import page_frame
from merchants.pages.guard import page
from merchants.pages.keys import own_key
from merchants.services import key_hygiene
from portal.lib import clock
from wallet.services.usage import rotation_progress

SHOWN = 10


@page(back="operator:keys")
def key(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    own = own_key(visit, number)
    shown = key_hygiene.key_with_secrets(own, clock.now())
    approval = Approval.objects.filter(key=own, state=Approval.State.WAITING).select_related("asked_by").first()
    context: dict[str, Any] = {
        "key": shown,
        "usable": key_hygiene.is_usable(shown),
        "meter": rotation_progress.rotation_progress(own),
        "approval": approval,
        "cases": Compromise.objects.filter(key=own).select_related("secret")[:SHOWN],
        "addresses": SeenAddress.objects.filter(key=own).order_by("-last_seen_at")[:SHOWN],
    }
    return page_frame.render_page(request, visit, "key.html", tab="keys", title=own.label or _("Key"), **context)
