from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.forms import AdminPasswordChangeForm, UserCreationForm

from merchants import errors
from merchants.admin import labels
from merchants.admin.allowlists import MerchantOfPersonTable
from merchants.admin.audit import with_merchants
from merchants.admin.base import AdminQuestion, FastAdmin
from merchants.admin.step_up import step_up, step_up_to_save
from merchants.models import Person
from merchants.models.people import SECOND_FACTORS
from merchants.services import history, people, sign_in_records
from merchants.services.history import DeedFilter

# Pages of libraries would show what is no page's business, and of providers what is no row.
admin.site.unregister([Group, EmailAddress, Authenticator, UserSession, SocialAccount, SocialApp, SocialToken])

ACCESS = ("staff_role", "is_active")
DEEDS = 10  # of a person, on its page


class NewPersonForm(UserCreationForm):
    class Meta:
        model = Person
        fields = ["email"]


class NewPasswordForm(AdminPasswordChangeForm):
    user: Person

    def save(self, commit: bool = True) -> Person:  # noqa: FBT001, FBT002
        if not self.cleaned_data["set_usable_password"]:
            person: Person = super().save(commit)
            return person
        self.user = people.set_password(person=self.user, password=self.cleaned_data["password1"])
        return self.user


class PersonForm(ModelForm):  # type: ignore[type-arg]
    by: Person

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or self.cleaned_data
        try:
            people.check_access(
                person=self.instance,
                role=given.get("staff_role", self.instance.staff_role),
                active=given.get("is_active", self.instance.is_active),
                by=self.by,
            )
        except errors.Refusal as refused:
            raise ValidationError(str(refused)) from refused
        return given


@admin.register(Person)
class PersonAdmin(FastAdmin, UserAdmin):  # type: ignore[misc, type-arg]
    form = PersonForm
    add_form = NewPersonForm
    change_password_form = NewPasswordForm
    list_display = ["email", "name", "staff_role", "shown_factor", "is_active", "last_login"]
    list_filter = [("staff_role", ChoicesDropdownFilter), ("is_active", BooleanRadioFilter)]
    search_fields = ["email", "name"]
    ordering = ["email"]
    filter_horizontal = []
    actions = None
    actions_detail = [
        "set_password",
        {"title": gettext_lazy("Access"), "icon": "lock_reset", "items": ["reset_second_factor", "end_sessions"]},
    ]
    inlines = [MerchantOfPersonTable]
    change_form_outer_after_template = "admin/sign_in_records.html"
    readonly_fields = ["shown_factor", "last_login", "created_at"]
    fieldsets = [
        (None, {"fields": ["email", "name"]}),
        (gettext_lazy("Can sign in"), {"fields": ["is_active", "staff_role", "shown_factor"]}),
        (gettext_lazy("Dates"), {"fields": ["last_login", "created_at"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "staff_role", "usable_password", "password1", "password2"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_FACTORS)
        return Person.objects.annotate(has_factor=Exists(factors))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *rest: Any, **kind: Any
    ) -> HttpResponse:
        person: Person | None = kind.get("obj")
        if person is not None:
            context["sign_in_records"] = sign_in_records.latest_records(person)
            own = history.timeline_page(DeedFilter(person=person.pk), limit=DEEDS)
            context["deeds"] = with_merchants(own.entries)
        response: HttpResponse = super().render_change_form(request, context, *rest, **kind)
        return response

    def get_inlines(self, request: HttpRequest, obj: Person | None) -> list[Any]:
        return self.inlines if obj else []

    @display(description=gettext_lazy("Second factor"))
    def shown_factor(self, person: Person) -> SafeString | None:
        return labels.coloured_label("on" if person.has_factor else "off", labels.ON_OFF)  # type: ignore[attr-defined]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self.add_after_step_up(request)

    @step_up
    def add_after_step_up(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = super().add_view(request)
        return response

    @step_up_to_save
    def change_view(self, request: HttpRequest, object_id: str, *rest: Any, **options: Any) -> HttpResponse:
        response: HttpResponse = super().change_view(request, object_id, *rest, **options)
        return response

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        if not self.has_change_permission(request):
            raise PermissionDenied
        return self.password_after_step_up(request, id)

    @step_up
    def password_after_step_up(self, request: HttpRequest, object_id: str) -> HttpResponse:
        response: HttpResponse = super().user_change_password(request, object_id)
        return response

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **options: Any,
    ) -> type[ModelForm[Any]]:
        form: Any = super().get_form(request, obj, change=change, **options)
        form.by = request.user
        return form  # type: ignore[no-any-return]

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:  # noqa: FBT001
        """The fields of a person are the form's to save; what one may do is the service's."""
        wish = {name: getattr(obj, name) for name in ACCESS}
        if change:
            for name in ACCESS:
                setattr(obj, name, form.initial.get(name, wish[name]))
            if "email" in form.changed_data:
                obj.email = people.set_email(person=obj, email=obj.email).email
        super().save_model(request, obj, form, change)
        if change and {*ACCESS} & {*form.changed_data}:
            by: Any = request.user
            people.set_access(person=obj, role=wish["staff_role"], active=wish["is_active"], by=by)

    @action(description=gettext_lazy("Set password"), icon="password", permissions=["change"])
    def set_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:auth_user_password_change", args=[object_id]))

    @action(description=gettext_lazy("Reset second factor"), icon="phonelink_erase", permissions=["change"])
    @step_up
    def reset_second_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.found(request, object_id)
        question = AdminQuestion(
            title=_("Reset second factor"),
            text=(
                _(
                    "Use this after the loss of a phone or security key. First confirm the identity of the "
                    "person by a way other than email. All factors and recovery codes are removed, the API tokens of "
                    "the person are revoked, and the person is signed out everywhere and notified by email. The person "
                    "must set up a new second factor at the next sign-in."
                )
            ),
            act=lambda: people.reset_second_factor(person=person),
            done=_("has no second factor until the next sign-in"),
            danger=True,
        )
        return self.ask(request, person, question)

    @action(description=gettext_lazy("Sign out everywhere"), icon="logout", permissions=["change"])
    @step_up
    def end_sessions(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self.found(request, object_id)
        question = AdminQuestion(
            title=_("Sign out everywhere"),
            text=_("Every browser of this person is signed out at its next page."),
            act=lambda: people.end_sessions(person=person),
            done=_("is signed out everywhere"),
        )
        return self.ask(request, person, question)
