"""Search boxes are sent by POST, so that a secret that is pasted by mistake stands in no address and in no log."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from merchants.access import Visit
from portal.lib import masking
from portal.lib.moment_fields import in_address

NEVER_PASTED = _(
    "Your search contains a secret key. The secret key was not searched for and not stored. Search "
    "by an id. If other people can see the secret key, report a compromise."
)

View = Callable[..., HttpResponse]


def search_by_post(view: View) -> View:
    """Redirect a search that was sent by POST to its address; a search that holds a secret is refused instead."""

    @wraps(view)
    def searched(request: HttpRequest, visit: Visit, **rest: Any) -> HttpResponse:
        fields = request.POST if request.method == "POST" else request.GET
        sent = [(name, value) for name, value in fields.items() if value and name != "csrfmiddlewaretoken"]
        said = urlencode([(name, in_address(name, str(value))) for name, value in sent])
        if masking.holds_secret(said):
            messages.error(request, NEVER_PASTED)
            return HttpResponseRedirect(request.path)
        if request.method == "POST":
            return HttpResponseRedirect(f"{request.path}?{said}" if said else request.path)
        return view(request, visit, **rest)

    return searched
