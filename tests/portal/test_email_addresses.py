"""Addresses are kept in ASCII, and a domain of other letters goes to its owner and nobody else."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from portal.lib.email_addresses import EmailAddressFormField, ascii_address


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ann@faß.example", "ann@xn--fa-hia.example"),
        ("ann@fass.example", "ann@fass.example"),
        ("ann@xn--fa-hia.example", "ann@xn--fa-hia.example"),
        ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
        ("ann@βόλος.example", "ann@xn--nxasmm1c.example"),
        ("ann@例え.example", "ann@xn--r8jz45g.example"),
        ("ann@example。com", "ann@example.com"),
        (" Ann@Example.com ", "Ann@Example.com"),
    ],
)
def test_a_domain_is_written_as_idna_2008_has_it(typed: str, kept: str) -> None:
    assert ascii_address(typed) == kept
    assert EmailAddressFormField().clean(typed) == kept


@pytest.mark.parametrize(
    "typed", ["änn@example.com", "\u212aen@example.com", "ann@💩.example", "ann@-ß.example", "ann@xn--a.example", "ann"]
)
def test_what_no_mail_server_could_be_given_is_refused_in_the_form(typed: str) -> None:
    with pytest.raises(ValidationError):
        EmailAddressFormField().clean(typed)
