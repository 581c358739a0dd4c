"""The tags of the parts that pages share."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines

TEMPLATES = Path(settings.BASE_DIR) / "templates"
BY_HAND = ('<svg class="icon', '<span class="badge', "page-title", "operator/parts/icon.html")


def rendered(source: str, **values: object) -> str:
    return engines["django"].from_string(source).render(values)


def test_each_part_is_a_tag_and_escapes_what_it_shows() -> None:
    assert "#clock" in rendered('{% icon "clock" %}')
    assert 'class="icon me-2"' in rendered('{% icon "clock" "me-2" %}')
    assert "&lt;b&gt;" in rendered("{% badge text %}", text="<b>")
    assert "bg-red-lt" in rendered('{% badge "late" "bad" %}')
    head = rendered('{% head "Title" above="Above" text="Text" %}')
    assert head.index("Above") < head.index("Title") < head.index("Text")
    assert "&lt;b&gt;" in rendered('{% alert "info" text %}', text="<b>")
    assert 'href="/there"' in rendered('{% alert "danger" "Text" url="/there" link="There" %}')


def test_markup_stands_in_an_alert_as_it_is_written() -> None:
    shown = rendered('{% alert_box "warning" %}<strong>{{ text }}</strong>{% endalert_box %}', text="<b>")
    assert "<strong>&lt;b&gt;</strong>" in shown
    assert 'role="status"' in shown


@pytest.mark.parametrize("markup", BY_HAND)
def test_no_page_writes_a_part_by_hand(markup: str) -> None:
    found = [path.name for path in TEMPLATES.rglob("*.html") if markup in path.read_text()]
    assert len(found) <= 1, found
