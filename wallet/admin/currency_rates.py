"""The exchange rates that limits of money follow. They move what one person may write off: administrators set them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from merchants.admin.base import FastAdmin
from merchants.admin.fields import amount_field
from merchants.admin.step_up import step_up, step_up_to_save
from merchants.errors import Refusal
from portal.lib import money
from wallet.models import CurrencyRate
from wallet.reconciliation import thresholds

HELP = gettext_lazy(
    "The value of EUR 1.00 in this currency, for example 160.00 for JPY. A rate cannot raise the "
    "amount that one person may write off for a merchant. First set a limit in this currency in "
    "the plan of that merchant."
)


class RateForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        currency, rate = given.get("currency") or self.instance.currency, given.get("per_euro")
        try:
            if currency and rate is not None:
                thresholds.check_rate(currency, rate)
        except Refusal as refused:
            self.add_error("per_euro", str(refused))
        return given


@admin.register(CurrencyRate)
class CurrencyRateAdmin(FastAdmin):
    form = RateForm
    list_display = ["currency", "shown_rate"]
    search_fields = ["currency__exact"]
    search_help_text = gettext_lazy("Currency code")
    ordering = ["currency"]
    fields = ["currency", "per_euro"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request) and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: CurrencyRate | None = None) -> bool:
        return is_administrator(request) and super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: CurrencyRate | None = None) -> list[str]:
        return ["currency"] if obj else []

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "per_euro":
            return amount_field(label=_("Units per euro"), help_text=HELP)
        return super().formfield_for_dbfield(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: CurrencyRate, form: Any, change: bool) -> None:  # noqa: FBT001
        """Whose rate it is can't be written again, changed or not: the database refuses it."""
        obj.save(update_fields=form.changed_data if change else None)

    @step_up_to_save
    def change_view(self, request: HttpRequest, object_id: str, *rest: Any, **options: Any) -> HttpResponse:
        response: HttpResponse = super().change_view(request, object_id, *rest, **options)
        return response

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self.add_after_step_up(request)

    @step_up
    def add_after_step_up(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = super().add_view(request)
        return response

    @display(description=gettext_lazy("EUR 1.00 is"))
    def shown_rate(self, rate: CurrencyRate) -> str:
        return money.format_with_code(rate.per_euro, rate.currency)


def is_administrator(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))
