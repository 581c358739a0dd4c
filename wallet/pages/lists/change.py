"""The ways into a change of a list. Each ends at the proposal, and none saves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants import errors
from merchants.access import Visit, Work
from merchants.models import AllowlistEntry, ApiKey, SeenAddress
from merchants.pages import page_frame
from merchants.pages.forms import PlainForm
from merchants.pages.guard import page
from merchants.services.allowlist import EntryPlan, NotAllowed, draft, entry_usage, pasted_entries, saving
from merchants.services.allowlist.pasted_entries import LONGEST_NOTE, BadEntries
from portal.lib import clock, tables
from portal.lib.moment_fields import MomentField
from wallet.pages.lists import draft as list_draft
from wallet.pages.lists import labels
from wallet.pages.lists.overview import requested_list
from wallet.pages.lists.proposal import list_address, propose_page, show_domain_proposal, show_proposal

SEEN = 8
SIGNS = 900_000  # of a text; a form as a whole is bounded by DATA_UPLOAD_MAX_MEMORY_SIZE
SHOWN_BAD = 10_000


def changeable_list(visit: Visit, key: ApiKey | None) -> entry_usage.Standing:
    """The list, if it can be changed now. Raises ListOnTrial. A trial that is over is no change to be told of later."""
    saving.revert_ended_trial(merchant=visit.merchant, key=key)
    found = entry_usage.list_standing(visit.merchant, key)
    if found.on_trial is not None:
        raise errors.ListOnTrial(found.on_trial.deadline)
    return found


def show_change(
    request: HttpRequest, visit: Visit, template: str, key: ApiKey | None, title: str, **context: Any
) -> HttpResponse:
    back = list_address(visit.merchant, key)
    return page_frame.render_page(request, visit, template, tab="lists", title=title, key=key, back=back, **context)


class BegunForm(PlainForm):
    """On what it was begun: the list as this page showed it, and its version."""

    began = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)


# --- One entry --------------------------------------------------------------------------------------------------------
class NoteForm(PlainForm):
    note = forms.CharField(
        required=False,
        max_length=LONGEST_NOTE,
        help_text=gettext_lazy("Purpose of the entry, such as “game server in Riga”."),
    )
    ends = MomentField(
        label=gettext_lazy("Expires"),
        required=False,
        help_text=gettext_lazy("Leave empty to keep the entry until you remove it."),
    )


class EndForm(NoteForm, BegunForm):
    pass


class EntryForm(NoteForm):
    field_order = ("network",)
    network = forms.CharField(
        label=gettext_lazy("Address or block"),
        max_length=100,
        help_text=gettext_lazy(
            "One address such as 198.51.100.7, or a block such as 198.51.100.0/24 or 2001:db8::/48."
        ),
    )


@page(work=Work.LISTS, back="operator:lists")
def list_add(request: HttpRequest, visit: Visit) -> HttpResponse:
    key = requested_list(request, visit)
    found = changeable_list(visit, key)
    form = EntryForm(request.POST or None, initial={"network": request.GET.get("address", "")[:100]})
    if form.is_valid() and (line := entry_from_form(form, found.lines)):
        return propose_page(request, visit, list_draft.network_draft(visit.merchant, key, found, [*found.lines, line]))
    return show_change(
        request, visit, "list_add.html", key, _("Add address"), form=form, seen=seen_addresses(visit, key)
    )


def entry_from_form(form: EntryForm, standing: tuple[EntryPlan, ...]) -> EntryPlan | None:
    """None: the form says why not."""
    wish = form.cleaned_data
    fields = [wish["network"], tables.escaped_text(wish["note"]), tables.cell(wish["ends"])]
    try:
        [line] = pasted_entries.pasted_networks(pasted_entries.pasted_line(fields)) or [None]
    except BadEntries as bad:
        form.add_error("network", bad.lines[0].reason)
        return None
    if line is None:  # a word that heads a column
        form.add_error("network", _("“%(text)s” is not an IP address or CIDR block.") % {"text": wish["network"]})
    elif any(line.name == other.name for other in standing):
        form.add_error("network", _("%(name)s is already on the allowlist.") % {"name": line.name})
        return None
    return line


def seen_addresses(visit: Visit, key: ApiKey | None) -> list[tuple[str, str]]:
    """From where calls were signed lately: what is most often wanted on a list."""
    rows = SeenAddress.objects.filter(key__merchant=visit.merchant)
    rows = rows if key is None else rows.filter(key=key)
    last = dict[str, datetime]()
    for address, moment in rows.order_by("-last_seen_at").values_list("address", "last_seen_at")[: SEEN * 4]:
        last.setdefault(address, moment)
    now = clock.now()
    return [(address, labels.age_text(moment, now)) for address, moment in [*last.items()][:SEEN]]


def own_entry(visit: Visit, number: int) -> AllowlistEntry:
    entry = AllowlistEntry.objects.select_related("key__merchant").filter(merchant=visit.merchant, pk=number).first()
    if entry is None:
        raise Http404
    return entry


@page(work=Work.LISTS, back="operator:lists")
def list_entry(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    entry = own_entry(visit, number)
    found = changeable_list(visit, entry.key)
    stands, began = (
        plan_of_entry(found.lines, entry),
        list_draft.network_draft(visit.merchant, entry.key, found, found.lines),
    )
    initial = {"note": stands.note, "ends": stands.ends, "began": began.signed()}
    form = EndForm(request.POST or None, initial=initial)
    if form.is_valid():
        begun = list_draft.networks_of(form.cleaned_data["began"], visit.merchant)
        if begun.key != entry.key:
            raise list_draft.DraftLost
        was = plan_of_entry(begun.base, entry)
        if line := changed_entry(form, was):
            lines = tuple(line if each is was else each for each in begun.base)
            return show_proposal(request, visit, replace(begun, lines=lines, at=clock.now()))
    return show_change(
        request,
        visit,
        "list_entry.html",
        entry.key,
        _("Change %(network)s") % {"network": entry.network},
        form=form,
        entry=entry,
    )


def plan_of_entry(lines: tuple[EntryPlan, ...], entry: AllowlistEntry) -> EntryPlan:
    found = next((line for line in lines if line.network == entry.network), None)
    if found is None:
        raise list_draft.DraftLost
    return found


def changed_entry(form: EndForm, was: EntryPlan) -> EntryPlan | None:
    note, ends = form.cleaned_data["note"], form.cleaned_data["ends"]
    if was.ends is not None and ends == was.ends.replace(microsecond=0):
        ends = was.ends  # the picker knows no parts of a second
    if ends is not None and ends != was.ends and ends <= clock.now():
        form.add_error("ends", str(errors.MomentPassed(ends)))
        return None
    try:
        checked = pasted_entries.checked_note(note) if note != was.note else note
    except NotAllowed as refused:
        form.add_error("note", str(refused))
        return None
    return EntryPlan(was.network, checked, ends)


@page(work=Work.LISTS, back="operator:lists")
def list_remove(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """To look at what would be is no change, so a link is enough."""
    entry = own_entry(visit, number)
    found = changeable_list(visit, entry.key)
    lines = [line for line in found.lines if line.network != entry.network]
    return propose_page(request, visit, list_draft.network_draft(visit.merchant, entry.key, found, lines))


# --- Many entries -----------------------------------------------------------------------------------------------------
class PasteForm(PlainForm):
    text = forms.CharField(
        label=gettext_lazy("Lines"),
        required=False,
        strip=False,
        max_length=SIGNS,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a CSV file"), required=False, help_text=gettext_lazy("UTF-8, up to 900 kB.")
    )
    how = forms.ChoiceField(
        label=gettext_lazy("Effect"),
        choices=[
            ("add", gettext_lazy("Add to the current allowlist")),
            ("replace", gettext_lazy("Replace the current allowlist")),
        ],
        initial="add",
        widget=forms.RadioSelect,
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)  # of the list that is to be replaced

    def clean_file(self) -> str:
        file = self.cleaned_data["file"]
        if file is None:
            return ""
        if file.size > SIGNS:
            raise forms.ValidationError(_("The file is larger than 900 kB. Split the file."))
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError as fault:
            raise forms.ValidationError(_("The file is not UTF-8. In Excel, save it as “CSV UTF-8”.")) from fault

    def clean(self) -> dict[str, Any]:
        wish: dict[str, Any] = super().clean() or {}
        if bool(wish.get("text", "").strip()) == bool(wish.get("file")) and not self.errors:
            raise forms.ValidationError(_("Paste lines or choose a file, but not both."))
        return wish


@page(work=Work.LISTS, back="operator:lists")
def list_paste(request: HttpRequest, visit: Visit) -> HttpResponse:
    key = requested_list(request, visit)
    found = changeable_list(visit, key)
    initial = {"version": found.version}
    form, bad = PasteForm(request.POST or None, request.FILES or None, initial=initial), list[pasted_entries.BadEntry]()
    if form.is_valid():
        try:
            lines = pasted_entries_of(form.cleaned_data, found, visit.merchant.time_zone)
            wanted = list_draft.network_draft(visit.merchant, key, found, lines)
            return show_proposal(request, visit, replace(wanted, version=seen_version(form.cleaned_data, found)))
        except BadEntries as refused:
            bad = refused.lines
        except list_draft.NoList as refused:
            form.add_error(None, str(refused))
    context = {"form": form, "bad": len(bad), "told": bad_lines_text(bad), "zone": visit.merchant.time_zone}
    return show_change(request, visit, "list_paste.html", key, _("Paste or upload entries"), **context)


def pasted_entries_of(wish: dict[str, Any], found: entry_usage.Standing, zone: str) -> list[EntryPlan]:
    read = draft.read_networks(wish["file"] or wish["text"], found.lines, zone=zone)
    if wish["how"] == "replace":
        return list(read)
    return list(({line.name: line for line in found.lines} | {line.name: line for line in read}).values())


def seen_version(wish: dict[str, Any], found: entry_usage.Standing) -> int:
    """What comes to a list takes nothing away from it, whoever else has changed it; what replaces it does."""
    seen = wish["version"] if wish["how"] == "replace" else None
    return found.version if seen is None else int(seen)


def bad_lines_text(bad: list[pasted_entries.BadEntry]) -> str:
    """Every bad line by its number. One text: ten thousand of them are shown at once."""
    lines = [
        _("Line %(number)s: %(reason)s") % {"number": each.number, "reason": each.reason} for each in bad[:SHOWN_BAD]
    ]
    more = [_("… and %(number)s more") % {"number": f"{len(bad) - SHOWN_BAD:,}"}] if len(bad) > SHOWN_BAD else []
    return "\n".join(lines + more)


# --- Domains ----------------------------------------------------------------------------------------------------------
class DomainsForm(BegunForm):
    text = forms.CharField(
        label=gettext_lazy("Domains, one per line"),
        required=False,
        strip=False,
        max_length=SIGNS,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=gettext_lazy("Host names as browsers send them in Origin, such as play.casino.example."),
    )


@page(work=Work.LISTS, back="operator:lists")
def list_domains(request: HttpRequest, visit: Visit) -> HttpResponse:
    began = list_draft.domain_draft(visit.merchant, entry_usage.domain_lines(visit.merchant))
    initial = {"text": draft.list_text(began.base), "began": began.signed()}
    form, bad = DomainsForm(request.POST or None, initial=initial), list[pasted_entries.BadEntry]()
    if form.is_valid():
        begun = list_draft.domains_of(form.cleaned_data["began"], visit.merchant)
        try:
            lines = draft.read_domains(form.cleaned_data["text"], begun.base, zone=visit.merchant.time_zone)
            return show_domain_proposal(request, visit, replace(begun, lines=lines, at=clock.now()))
        except BadEntries as refused:
            bad = refused.lines
    context = {"form": form, "bad": len(bad), "told": bad_lines_text(bad), "zone": visit.merchant.time_zone}
    return show_change(request, visit, "list_domains.html", None, _("Change domains"), **context)
