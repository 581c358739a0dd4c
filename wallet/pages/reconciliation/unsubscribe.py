"""The page behind the unsubscribe link of a report. No sign-in: the token says whom the email was sent to.

A mail program that unsubscribes by one click (RFC 8058) sends a POST without cookies, so no CSRF token can be asked
for; whoever has no link can't make the request.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from wallet.reconciliation import report_opt_outs

UNKNOWN = gettext_lazy(
    "This unsubscribe link is not valid. Open the link in the newest report, or ask an owner of the merchant."
)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    subscription = report_opt_outs.subscription_of(token)
    if subscription is None:
        context = {"title": _("Link not valid"), "text": UNKNOWN}
        return render(request, "operator/invitation_over.html", context, status=404)
    if request.method == "POST":
        report_opt_outs.opt_out(subscription)
    said: dict[str, Any] = {"title": _("Unsubscribe from reports"), "is_done": request.method == "POST"}
    return render(request, "operator/report_unsubscribe.html", said | {"subscription": subscription})
