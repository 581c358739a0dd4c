from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter
from unfold.decorators import action
from unfold.forms import AdminPasswordChangeForm, UserCreationForm

from merchants.admin.base import FastAdmin
from merchants.admin.lists import MerchantOfPersonTable
from merchants.models import Person

admin.site.unregister([Group, EmailAddress, Authenticator, UserSession])  # theirs would show what is no page's business


def _has_every_right(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


class NewPersonForm(UserCreationForm):
    class Meta:
        model = Person
        fields = ["email"]


@admin.register(Person)
class PersonAdmin(FastAdmin, UserAdmin):  # type: ignore[misc, type-arg]
    form = ModelForm
    add_form = NewPersonForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["email", "name", "staff_role", "is_active", "last_login"]
    list_filter = [("staff_role", ChoicesDropdownFilter), ("is_active", BooleanRadioFilter)]
    search_fields = ["email", "name"]
    ordering = ["email"]
    filter_horizontal = []
    actions = None
    actions_detail = ["set_password"]
    inlines = [MerchantOfPersonTable]
    readonly_fields = ["last_login", "created_at"]
    fieldsets = [
        (None, {"fields": ["email", "name"]}),
        ("May sign in", {"fields": ["is_active", "staff_role"]}),
        ("Dates", {"fields": ["last_login", "created_at"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "staff_role", "usable_password", "password1", "password2"]})]

    @action(description="Set a password", icon="password", permissions=["change"])
    def set_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:auth_user_password_change", args=[object_id]))

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> list[str]:
        """Only who has every right may give every right."""
        return [*self.readonly_fields, *([] if _has_every_right(request) else ["staff_role"])]

    def get_inlines(self, request: HttpRequest, obj: Person | None) -> list[Any]:
        return self.inlines if obj else []
