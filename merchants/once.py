"""Forms that work once. A reload, the back button or a double click sends a form again; here that does nothing.

Each form carries a token that was put into the visitor's session when the page was made. Using it takes the token out
under the lock of the session's row, in the transaction of what is done: of two clicks the second waits, finds it gone.
"""

from __future__ import annotations

import secrets

from django.contrib.sessions.models import Session
from django.http import HttpRequest

KEPT = 10  # pages that one visitor may have open
NAME = "forms_once"


def new_token(request: HttpRequest, path: str = "") -> str:
    """`path`: of the page that the form is sent to, when it is another."""
    token = secrets.token_urlsafe(16)
    request.session[NAME] = [*request.session.get(NAME, []), _of_page(path or request.path, token)][-KEPT:]
    return token


def use_token(request: HttpRequest, token: str) -> bool:
    """Only inside a transaction. False: this form was used before."""
    row = Session.objects.select_for_update().filter(session_key=request.session.session_key).first()
    kept = row.get_decoded() if row else {}
    tokens, mine = kept.get(NAME, []), _of_page(request.path, token)
    if row is None or mine not in tokens:
        return False
    tokens.remove(mine)
    row.session_data = Session.objects.encode(kept)
    row.save(update_fields=["session_data"])
    return True


def _of_page(path: str, token: str) -> str:
    """A token of one page does nothing on another."""
    return f"{path} {token}"
