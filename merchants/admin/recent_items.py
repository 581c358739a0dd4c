"""Things whose pages a person opened lately in this session, newest first, for the search box."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest

SHOWN = 8
LONGEST = 120
KEY = "recent_items"


class RecentItem(NamedTuple):
    """`kind` is the name of the table, as pages call it."""

    title: str
    kind: str
    url: str


def recent_items(request: HttpRequest) -> list[RecentItem]:
    return [RecentItem(*each) for each in request.session.get(KEY, [])]


def add_recent_item(request: HttpRequest, *, title: str, kind: str, url: str) -> None:
    """Put a thing at the top of the list. A page that is loaded again changes nothing."""
    item = [title[:LONGEST], kind, url]
    before = request.session.get(KEY, [])
    if before[:1] != [item]:
        request.session[KEY] = [item, *(each for each in before if each[2] != url)][:SHOWN]
