"""The Developers page: public, whole, and true to the code."""

from __future__ import annotations

import html
import json
import re

import pytest
from django.test import Client

from merchants import crypto
from tests.signing import signature
from wallet import statuses
from wallet.api.urls import VIEWS
from wallet.developers.client_samples import FOLDER, client_samples
from wallet.developers.contract_sections import contract_sections
from wallet.developers.signature_vectors import SECRET_KEY, TIMESTAMP, VECTORS, SignatureVector


@pytest.fixture
def text(client: Client) -> str:
    response = client.get("/developers/")
    assert response.status_code == 200
    assert "unsafe" not in response["Content-Security-Policy"]
    assert not response.cookies
    return response.content.decode()


def test_a_stranger_reads_every_section_of_the_contract(text: str) -> None:
    for section in contract_sections().values():
        assert f'id="{section.anchor}"' in text
        assert f'href="#{section.anchor}"' in text
        assert section.html in text


def test_each_status_and_each_check_can_be_linked_to(text: str) -> None:
    anchors = re.findall(r'<tr id="([^"]+)"', text)
    assert anchors == [*statuses.ALL_KEYS, *(f"row-{number}" for number in range(1, 19))]


def test_a_mentioned_section_is_a_link(text: str) -> None:
    mentioned = set(re.findall(r'<a href="#section-(\d+)">section (\d+)</a>', text))
    assert {("2", "2"), ("4", "4"), ("8", "8")} <= mentioned


def test_each_cell_names_its_column(text: str) -> None:
    row = text.partition('<tr id="RS_OK">')[2].partition("</tr>")[0]
    assert re.findall(r'<td data-label="([^"]+)">', row) == ["status", "meaning", "what the caller does"]


def test_no_id_stands_twice(text: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))


def test_links_within_the_page_lead_somewhere(text: str) -> None:
    ids = set(re.findall(r'\bid="([^"]+)"', text))
    assert {target for target in re.findall(r'href="#([^"]+)"', text) if target not in ids} == set()


def test_every_endpoint_can_be_chosen_in_the_playground(text: str) -> None:
    options = re.findall(r'<option value="([^"]+)"', text)
    assert options == [f"{view.method} {path}" for path, view in VIEWS.items()]


def test_nothing_in_the_playground_has_a_name_that_a_browser_would_send(text: str) -> None:
    form = text.partition('id="playground-form"')[2].partition("</section>")[0]
    assert "name=" not in form
    assert "<form" not in text


@pytest.mark.parametrize("sample", client_samples(), ids=lambda sample: sample.language)
def test_a_sample_is_its_file(text: str, sample: tuple[str, str, str]) -> None:
    _, file, code = sample
    shown = {html.unescape(each) for each in re.findall(r'<code id="sample-\d">(.*?)</code>', text, re.DOTALL)}
    assert code in shown
    assert re.sub(r"  # noqa:.*", "", (FOLDER / file).read_text()) == code


def test_every_file_of_the_samples_is_shown() -> None:
    assert {sample.file for sample in client_samples()} == {path.name for path in FOLDER.iterdir() if path.is_file()}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_a_vector_is_signed_as_the_server_checks_it(text: str, vector: SignatureVector) -> None:
    body = vector.body.encode()
    assert crypto.verify(SECRET_KEY.encode(), body, TIMESTAMP, vector.signature)
    assert vector.signature == signature(SECRET_KEY, body, TIMESTAMP)
    assert vector.signature in text
    assert html.escape(vector.signed_text) in text
    assert vector.endpoint in VIEWS
    assert not vector.body or json.loads(vector.body)


# --- the ways to it ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", ["/account/login/", "/account/password/reset/", "/api/docs"])
def test_pages_of_strangers_lead_there(client: Client, db: None, page: str) -> None:
    assert 'href="/developers/"' in client.get(page).content.decode()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_is_only_read(client: Client, method: str) -> None:
    assert client.generic(method, "/developers/").status_code == 405
