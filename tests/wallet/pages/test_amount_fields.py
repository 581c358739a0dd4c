"""Every form in which a person types money reads it by the one field that refuses what may mean two amounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest
from django import forms
from django.contrib import admin
from django.test import RequestFactory

import merchants
import portal
import wallet
from merchants.models import Person
from portal.lib.amount_fields import AmountField, CurrencyAmountsField

MONEY = re.compile(r"amount|stake|write_off|least|balance|difference|credit|debit|price|per_euro|total")
READERS = (AmountField, CurrencyAmountsField)
ROOMS = ("merchants.pages", "merchants.admin", "merchants.sign_in", "wallet.pages", "wallet.admin")
KNOWN = {
    ("wallet.pages.limits.LimitsForm", "max_stake_by_currency"),
    ("wallet.pages.round_filter.FilterForm", "least"),
    ("wallet.pages.reconciliation.plan.PlanForm", "high_amount"),
    ("MerchantPage", "max_stake_by_currency"),
    ("PlayerPage", "max_stake_by_currency"),
    ("CurrencyRateAdmin", "per_euro"),
    ("PlanAdmin", "high_amount"),
    ("PlanAdmin", "high_amount_by_currency"),
    ("PlanAdmin", "write_off_alone_by_currency"),
    ("wallet.pages.reconciliation.plan.PlanForm", "high_amount_by_currency"),
    ("PlanAdmin", "write_off_alone"),
}
Found = tuple[str, str, forms.Field]


def written_forms() -> Iterator[Found]:
    for root in (merchants, wallet, portal):
        for module in walk_packages(root.__path__, f"{root.__name__}."):
            if module.name.startswith(ROOMS):
                import_module(module.name)
    for form in subclasses(forms.BaseForm):
        if form.__module__.startswith(("merchants.", "wallet.", "portal.")):
            for name, field in getattr(form, "base_fields", {}).items():
                yield f"{form.__module__}.{form.__name__}", name, field


def subclasses[T](of: type[T]) -> Iterator[type[T]]:
    for each in of.__subclasses__():
        yield each
        yield from subclasses(each)


def admin_forms(person: Person) -> Iterator[Found]:
    request = RequestFactory().get("/")
    request.user = person
    for of_model in admin.site._registry.values():
        for name, field in of_model.get_form(
            request, change=not of_model.has_add_permission(request)
        ).base_fields.items():
            yield type(of_model).__name__, name, field


@pytest.mark.django_db
def test_no_amount_is_for_all_currencies_alike(administrator: Person) -> None:
    """An amount names its currency, or a field beside it asks for the currency."""
    everything = [*written_forms(), *admin_forms(administrator)]
    asks = {form for form, name, _field in everything if "currency" in name and not name.endswith("_by_currency")}
    amounts = [(form, name, field.currency) for form, name, field in everything if isinstance(field, AmountField)]
    assert not [(form, name) for form, name, currency in amounts if not currency and form not in asks]
    assert {currency for _form, _name, currency in amounts} == {"", "EUR"}


@pytest.mark.django_db
def test_each_field_with_money_is_the_one_field(administrator: Person) -> None:
    everything = [*written_forms(), *admin_forms(administrator)]
    typed = [each for each in everything if not isinstance(each[2], forms.ChoiceField) and not each[2].widget.is_hidden]
    others = [(form, name) for form, name, field in typed if MONEY.search(name) and not isinstance(field, READERS)]
    assert not others
    assert not [(form, name) for form, name, field in typed if isinstance(field, forms.DecimalField | forms.FloatField)]
    assert {(form, name) for form, name, field in typed if isinstance(field, READERS)} >= KNOWN
