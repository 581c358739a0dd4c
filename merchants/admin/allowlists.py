"""Tables on the page of a merchant or a key."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.forms import PaginationInlineFormSet

from merchants import errors
from merchants.admin import labels
from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, Contact, DisabledGame, Membership, Person, Secret
from merchants.models.people import SECOND_FACTORS
from merchants.services import people
from portal.lib import clock, moments
from portal.lib.texts import Text


def with_details(first: SafeString, *details: object) -> SafeString:
    """Return a cell: what it names, and below it in small letters what else is known."""
    known = " · ".join(str(each) for each in details if each)
    return format_html('{}<span class="block text-subtle">{}</span>', first, known) if known else first


def expiry_text(moment: datetime | None) -> Text:
    return _("Never") if moment is None else moments.show_moment(moment)


def _state(text: Text, colour: str, moment: datetime) -> SafeString:
    return labels.label(str(text) % {"moment": moments.show_moment(moment)}, colour)


class ReadOnlyTable(TabularInline):
    is_read_only = True
    extra = 0
    can_delete = False
    tab = True
    show_title = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class KeyTable(ReadOnlyTable):
    model = ApiKey
    verbose_name_plural = _("API keys")
    fields = ["opened", "environment", "shown_status", "expires", "created_at"]
    readonly_fields = fields

    @display(description=_("Auth key and label"))
    def opened(self, key: ApiKey) -> SafeString:
        address = reverse("admin:merchants_apikey_change", args=[key.pk])
        return with_details(format_html('<a class="text-link" href="{}">{}</a>', address, key.auth_key), key.label)

    @display(description=_("Expires"))
    def expires(self, key: ApiKey) -> Text:
        return expiry_text(key.expires_at)

    @display(description=_("Status"))
    def shown_status(self, key: ApiKey) -> SafeString | None:
        return labels.coloured_label(key.status, labels.STATUS)


class SecretTable(ReadOnlyTable):
    """Never the sealed bytes: not read from the database, not on the page."""

    model = Secret
    verbose_name_plural = _("Secret versions")
    fields = ["version", "state", "shown_fingerprint", "sealed_under", "created_at"]
    readonly_fields = fields

    @display(description=_("State"))
    def state(self, secret: Secret) -> SafeString:
        """In one column what three would say, of which two are empty."""
        if secret.revoked_at is not None:
            return _state(_("revoked %(moment)s"), "danger", secret.revoked_at)
        if secret.usable_until is None:
            return labels.label(str(_("active")), "success")
        if secret.usable_until > clock.now():
            return _state(_("works until %(moment)s"), "warning", secret.usable_until)
        return _state(_("ended %(moment)s"), "", secret.usable_until)

    @display(description=_("Fingerprint"))
    def shown_fingerprint(self, secret: Secret) -> str:
        return bytes(secret.fingerprint).hex()[:12]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Secret]:
        found: QuerySet[Secret] = super().get_queryset(request).defer("sealed")
        return found


class NetworkTable(ReadOnlyTable):
    """The list of a merchant, or of one key; on both, an address must be on both. It is changed at the desk."""

    model = AllowlistEntry
    fields = ["entry", "expires"]
    readonly_fields = fields
    verbose_name_plural = _("IP allowlist entries")

    @display(description=_("Entry, note and owner"))
    def entry(self, row: AllowlistEntry) -> SafeString:
        return with_details(format_html("<code>{}</code>", row.network), row.note, row.owner)

    @display(description=_("Expires"))
    def expires(self, row: AllowlistEntry) -> Text:
        return expiry_text(row.expires_at)


class MerchantNetworkTable(NetworkTable):
    def get_queryset(self, request: HttpRequest) -> QuerySet[AllowlistEntry]:
        found: QuerySet[AllowlistEntry] = super().get_queryset(request).filter(key=None).select_related("owner")
        return found


class DomainTable(ReadOnlyTable):
    model = AllowedDomain
    fields = ["entry", "expires"]
    readonly_fields = fields
    verbose_name_plural = _("Domain allowlist entries")

    @display(description=_("Entry, note and owner"))
    def entry(self, row: AllowedDomain) -> SafeString:
        return with_details(format_html("<code>{}</code>", row.domain), row.note, row.owner)

    @display(description=_("Expires"))
    def expires(self, row: AllowedDomain) -> Text:
        return expiry_text(row.expires_at)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AllowedDomain]:
        found: QuerySet[AllowedDomain] = super().get_queryset(request).select_related("owner")
        return found


class KnownPerson(AutocompleteSelect):
    """Asks the database for the chosen person only when that is not the one whom the row was read with."""

    known: tuple[str, str]

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        if [str(each) for each in value] != [self.known[0]]:
            return super().optgroups(name, value, attr)
        return [(None, [self.create_option(name, *self.known, True, 0)], 0)]


class BelongsFormSet(PaginationInlineFormSet):
    """Who is added gets an invitation, and belongs to the merchant after accepting it. A row that is there keeps its
    person and its merchant.
    """

    by: Person

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        chosen = "person" if self.fk.name == "merchant" else "merchant"
        if form.instance.pk and chosen in form.fields:
            form.fields[chosen].disabled = True

    def clean(self) -> None:
        """Carry it out and roll it back, so that what a service refuses is an error of the form. The locks stay."""
        super().clean()
        if any(self.errors) or not self.has_changed():
            return
        people.lock_merchants(form.instance.merchant_id for form in self.forms if form.has_changed())
        try:
            with transaction.atomic():
                self.carry_out()
                transaction.set_rollback(True)
        except errors.Refusal as refused:
            raise ValidationError(str(refused)) from refused

    def carry_out(self) -> None:
        """In the order in which it is saved."""
        for form in self.initial_forms:
            if form in self.deleted_forms:
                people.remove_member(membership=form.instance)
            elif form.has_changed():
                people.set_role(membership=form.instance, role=form.instance.role)
        for form in self.extra_forms:
            if form.has_changed() and not (self.can_delete and self._should_delete_form(form)):
                self.save_new(form)

    def save_new(self, form: Any, commit: bool = True) -> Membership:  # noqa: FBT001, FBT002
        wanted: Membership = super().save_new(form, commit=False)
        people.invite_person(merchant=wanted.merchant, email=wanted.person.email, role=wanted.role, by=self.by)
        return wanted

    def save_existing(self, form: Any, obj: Membership, *rest: Any, **options: Any) -> Membership:
        with suppress(errors.MemberGone):  # who becomes one of our staff by the same form has left already
            people.set_role(membership=obj, role=obj.role)
        return obj

    def delete_existing(self, obj: Membership, commit: bool = True) -> None:  # noqa: FBT001, FBT002
        with suppress(errors.MemberGone):
            people.remove_member(membership=obj)


class MemberFormSet(BelongsFormSet):
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if form.instance.pk and "person" in form.fields:
            widget = form.fields["person"].widget.widget
            widget.__class__, widget.known = KnownPerson, (str(form.instance.person_id), str(form.instance.person))


class BelongsTable(TabularInline):
    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **options)
        formset.by = request.user
        return formset


class MemberTable(BelongsTable):
    model = Membership
    formset = MemberFormSet
    fields = ["person", "role", "sign_in"]
    readonly_fields = ["sign_in"]
    autocomplete_fields = ["person"]
    extra = 0
    tab = True
    show_title = False
    verbose_name_plural = _("People")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        factors = Authenticator.objects.filter(user=OuterRef("person"), type__in=SECOND_FACTORS)
        found: QuerySet[Membership] = super().get_queryset(request).select_related("person", "merchant")
        return found.annotate(has_factor=Exists(factors))

    @display(description=_("Sign-in"))
    def sign_in(self, member: Membership) -> SafeString:
        if not member.pk:
            return labels.label(str(_("gets an invitation")), "info")
        if not member.person.is_active:
            return labels.label(str(_("inactive")), "danger")
        if member.has_factor:  # type: ignore[attr-defined]
            return labels.label(str(_("second factor")), "success")
        return labels.label(str(_("password only")), "warning")


class ContactTable(TabularInline):
    """Whoever may not change contacts reads them: the email, and below it the note."""

    model = Contact
    readonly_fields = ["contact"]
    extra = 0
    tab = True
    show_title = False
    verbose_name_plural = _("Contacts")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["email", "note"] if self.has_change_permission(request, obj) else ["contact"]

    @display(description=_("Contact"))
    def contact(self, contact: Contact) -> SafeString:
        return with_details(format_html("{}", contact.email), contact.note)


class MerchantOfPersonTable(BelongsTable):
    model = Membership
    formset = BelongsFormSet
    fields = ["merchant", "role"]
    autocomplete_fields = ["merchant"]
    extra = 0
    tab = True
    show_title = False
    verbose_name_plural = _("Merchants")


class SwitchedOffGameTable(ReadOnlyTable):
    model = DisabledGame
    verbose_name_plural = _("Games that are switched off")
    fields = ["game", "created_at"]
    readonly_fields = fields
    per_page = 20

    def get_queryset(self, request: HttpRequest) -> QuerySet[DisabledGame]:
        found: QuerySet[DisabledGame] = super().get_queryset(request).select_related("game", "merchant")
        return found


class SwitchedOffForTable(ReadOnlyTable):
    model = DisabledGame
    verbose_name_plural = _("Merchants without this game")
    fields = ["merchant", "created_at"]
    readonly_fields = fields
    per_page = 20
