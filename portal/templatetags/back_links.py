"""The words of links that lead back: each names the page that the link opens."""

from __future__ import annotations

from django import template
from django.apps import apps
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lib.texts import Text

register = template.Library()
LABELS: dict[str, Text] = {
    "admin:index": gettext_lazy("Back to the administration"),
    "operator:approval": gettext_lazy("Back to the approval"),
    "operator:case": gettext_lazy("Back to the case"),
    "operator:cases": gettext_lazy("Back to cases"),
    "operator:endpoint": gettext_lazy("Back to the endpoint"),
    "operator:exports": gettext_lazy("Back to exports"),
    "operator:games": gettext_lazy("Back to games"),
    "operator:games_import": gettext_lazy("Back to the import"),
    "operator:ggr": gettext_lazy("Back to gaming revenue"),
    "operator:home": gettext_lazy("Back to home"),
    "operator:integrations": gettext_lazy("Back to integrations"),
    "operator:key": gettext_lazy("Back to the key"),
    "operator:keys": gettext_lazy("Back to keys"),
    "operator:limits": gettext_lazy("Back to limits"),
    "operator:list_egress": gettext_lazy("Back to the proof of an address"),
    "operator:list_proof": gettext_lazy("Back to the proof of an address"),
    "operator:lists": gettext_lazy("Back to the allowlist"),
    "operator:merchants": gettext_lazy("Back to your merchants"),
    "operator:people": gettext_lazy("Back to people"),
    "operator:player": gettext_lazy("Back to the player"),
    "operator:players": gettext_lazy("Back to players"),
    "operator:players_import": gettext_lazy("Back to the import"),
    "operator:reconciliation": gettext_lazy("Back to reconciliation"),
    "operator:reconciliation_day": gettext_lazy("Back to the day"),
    "operator:reports": gettext_lazy("Back to reports"),
    "operator:requests": gettext_lazy("Back to requests"),
    "operator:rounds": gettext_lazy("Back to rounds"),
    "operator:settlement": gettext_lazy("Back to the settlement"),
    "operator:settlements": gettext_lazy("Back to settlements"),
    "operator:simulations": gettext_lazy("Back to simulations"),
}


@register.simple_tag
def back_label(address: str) -> str:
    """Return the words of a link back to `address`, a path of these pages."""
    try:
        match = resolve(str(address).partition("?")[0])
    except Resolver404:
        return _("Back to the previous page")
    return str(LABELS.get(match.view_name) or model_label(match) or _("Back to the previous page"))


def model_label(match: ResolverMatch) -> str:
    """Return the words for a list or a row of the administration, by the model's own name; "" for other pages."""
    app, _sep, rest = match.view_name.removeprefix("admin:").partition("_")
    name, _sep, kind = rest.rpartition("_")
    if match.view_name.startswith("admin:") and kind in {"change", "changelist"}:
        options = apps.get_model(app, name)._meta  # noqa: SLF001 - Django's way to a name
        if kind == "change":
            return _("Back to the %(thing)s") % {"thing": options.verbose_name}
        return _("Back to %(things)s") % {"things": options.verbose_name_plural}
    return ""
