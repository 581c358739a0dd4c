"""A person at a page of the operators: looks at it, fills it in, sends it."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

BLOCKS = "dd|div|dl|dt|h[1-6]|li|nav|ol|option|p|section|table|tbody|td|th|thead|tr|ul"
BESIDE_BLOCKS = re.compile(rf"\s*(</?(?:{BLOCKS})\b[^>]*>)\s*")


FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>.*?</form>', re.DOTALL)
TOKEN_FIELD = re.compile(r'<input type="hidden" name="(?:\w+-)?token" value="[^"]+"')
ACTION = re.compile(r'<form\b[^>]*\baction="([^"#]+)"')


def forms_without_token(path: str, response: Any) -> set[str]:
    """The addresses that this page's forms are sent to without what makes a form work once. Files have no forms."""
    is_page = response.status_code == 200 and response.get("content-type", "").startswith("text/html")
    forms = FORM.findall(response.content.decode()) if is_page else []
    sent = (form for form in forms if not TOKEN_FIELD.search(form))
    return {action[1] if (action := ACTION.match(form)) else path for form in sent}


def token(client: Client, path: str) -> str:
    """What makes a form work once."""
    response: Any = client.get(path)
    assert response.status_code == 200, (response.status_code, response.get("location"))
    return str(response.context["form"].initial["token"])


def opened(client: Client, path: str) -> dict[str, Any]:
    """What the page's form would send as it is."""
    response: Any = client.get(path)
    assert response.status_code == 200, (response.status_code, response.get("location"))
    return filled(response)


def filled(response: Any) -> dict[str, Any]:
    """What the form of this answer would send."""
    form = response.context["form"]
    known = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in known.items() if value is not None}


def send(client: Client, path: str, **fields: Any) -> Any:
    """Opens the page and sends its form, with what was filled in before."""
    known = opened(client, path) | fields
    return client.post(path, {name: value for name, value in known.items() if value is not None})


def submit(client: Client, path: str, fields: dict[str, Any] | None = None, **more: Any) -> Any:
    """Sends the page's form with these values, without those that are None, whether it can be opened or not."""
    page: Any = client.get(path)
    known = filled(page) if page.context is not None and "form" in page.context else {}
    values = known | (fields or {})
    return client.post(path, {name: value for name, value in values.items() if value is not None}, **more)


def said(response: Any) -> str:
    """The markup of a page with single spaces, and with none beside an element that stands on its own line."""
    return BESIDE_BLOCKS.sub(r"\1", " ".join(response.content.decode().split()))
