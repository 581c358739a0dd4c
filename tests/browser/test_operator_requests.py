"""Somebody new to it learns alone why calls failed, and sees new ones come; the pages are accessible and fit."""

from __future__ import annotations

import base64
import hmac
import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, looks, picture, see
from tests.browser.keyboard import Keyboard
from tests.browser.test_operator import CODE, faults, owner
from tests.plugins.live import Live
from tests.signing import encoded, new_id, now_ms, signature
from wallet.services.explain.signature_mistakes import MISTAKES

__all__ = ["owner"]
BET = "/wallet/transaction/bet"


class Novice:
    """A client of the demo's merchant whose author has yet to read how calls are signed."""

    def __init__(self, live: Live, merchant: dict[str, Any]) -> None:
        self.live, self.merchant = live, merchant
        self.secret: str = merchant["secret_key"]

    def fields(self, **said: Any) -> dict[str, Any]:
        return merchant_player(self.merchant) | {"transactionId": new_id(), "amount": 100} | said

    def send(self, body: bytes, signed: str, stamp: str, **headers: str | None) -> str:
        """The id that our answer carries."""
        own = {"x-api-key": self.merchant["auth_key"], "x-timestamp": stamp, "x-signature": signed}
        told = {name: value for name, value in (own | headers).items() if value is not None}
        call = urllib.request.Request(self.live.api_url + BET, body, told | {"content-type": "application/json"})
        with urllib.request.urlopen(call, timeout=20) as answer:
            assert json.load(answer)["status"] != "RS_OK"
            return str(answer.headers["x-request-id"])

    def signs(self, text: Callable[[dict[str, Any]], bytes]) -> str:
        """Another writing of the body than is sent."""
        fields, stamp = self.fields(), now_ms()
        return self.send(encoded(fields), signature(self.secret, text(fields), stamp), stamp)

    def at(self, stamp: str) -> str:
        body = encoded(self.fields())
        return self.send(body, signature(self.secret, body, stamp), stamp)

    def with_key(self, secret: str) -> str:
        body, stamp = encoded(self.fields()), now_ms()
        return self.send(body, signature(secret, body, stamp), stamp)

    def digest(self, write: Callable[[bytes], str], *, bar: bytes = b"|") -> str:
        body, stamp = encoded(self.fields()), now_ms()
        return self.send(body, write(hmac.digest(self.secret.encode(), body + bar + stamp.encode(), "sha256")), stamp)

    def means(self, **said: Any) -> str:
        """Signed rightly."""
        body, stamp = encoded(self.fields(**said)), now_ms()
        return self.send(body, signature(self.secret, body, stamp), stamp)

    def forgets(self, header: str) -> str:
        return self.send(encoded(self.fields()), "0" * 64, now_ms(), **{header: None})


def merchant_player(merchant: dict[str, Any]) -> dict[str, Any]:
    return dict(merchant["players"][0])


def spaced(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields).encode()


def ordered(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, separators=(",", ":"), sort_keys=True).encode()


def in_base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def title(mistake: str) -> str:
    return str(MISTAKES[mistake].title)


# Each mistake, and the text of the page about it.
TEN: dict[str, tuple[Callable[[Novice], str], str]] = {
    "blanks signed": (lambda it: it.signs(spaced), title("body_spaces")),
    "keys sorted": (lambda it: it.signs(ordered), title("field_order")),
    "a newline": (
        lambda it: it.signs(lambda fields: encoded(fields) + b"\n"),
        title("trailing_characters"),
    ),
    "base64": (lambda it: it.digest(in_base64), title("signature_format")),
    "no bar": (lambda it: it.digest(bytes.hex, bar=b""), title("bar")),
    "half a secret": (lambda it: it.with_key(it.secret.rpartition("_")[2]), title("secret_changed")),
    "seconds": (lambda it: it.at(now_ms()[:-3]), title("timestamp_unit")),
    "a slow clock": (lambda it: it.at(str(int(now_ms()) - 11 * 60_000)), title("clock_behind")),
    "no signature": (lambda it: it.forgets("x-signature"), "Refused by check 1, “The headers are present”"),
    "no such session": (
        lambda it: it.means(sessionId="gone"),
        "Refused by check 13, “The session is open and belongs to this round”",
    ),
}


@pytest.fixture
def novice(live: Live, demo: dict[str, Any]) -> Novice:
    """With a key of its own: those of the demo are rotated by others."""
    merchant = next(each for each in demo["merchants"] if each["code"] == CODE)
    issued = live.manage("key", "issue", CODE)
    return Novice(live, merchant | {"auth_key": issued.stderr.partition(":")[0], "secret_key": issued.stdout.strip()})


def test_somebody_new_learns_why_ten_calls_failed(owner: Page, live: Live, novice: Novice) -> None:
    read = {}
    for mistake, (make, _) in TEN.items():
        owner.get_by_role("link", name="Requests", exact=True).click()
        owner.get_by_role("link", name="Follow live").click()
        request_id = make(novice)
        owner.locator(f'#lines a[href$="{request_id}/"]').click()
        expect(owner.locator("#verdict")).to_contain_text("Refused by check")
        owner.wait_for_load_state()  # the diagnosis stands below
        examine = owner.get_by_role("button", name="Find mistake")
        if examine.count():
            examine.click()
            expect(owner.locator("#signature")).not_to_contain_text("This check tests common mistakes")
            read[mistake] = owner.locator("#signature").inner_text()
        else:
            read[mistake] = owner.locator("#verdict").inner_text()
    assert {mistake: said for mistake, said in read.items() if TEN[mistake][1] not in said} == {}
    assert owner.context.refused_by_policy == []  # type: ignore[attr-defined]


def test_new_calls_appear_by_themselves_until_it_is_paused(owner: Page, live: Live, novice: Novice) -> None:
    owner.goto(f"{live.base_url}/operator/{CODE}/requests/?status=RS_ERROR_SIGNATURE_NOT_MATCH&tail=1")
    newest = owner.locator("#lines tr").first
    first = novice.signs(spaced)
    expect(newest.locator("a")).to_have_attribute("href", f"/operator/{CODE}/requests/{first}/")
    expect(owner.locator("#tail-said")).to_contain_text("The last request arrived at")
    novice.means(sessionId="gone")  # another answer, which the filter leaves out
    second = novice.signs(spaced)
    expect(newest.locator("a")).to_have_attribute("href", f"/operator/{CODE}/requests/{second}/")
    owner.get_by_role("link", name="Pause").click()
    expect(owner.locator("[hx-trigger]")).to_have_count(0)
    expect(owner.get_by_label("Answer")).to_have_value("RS_ERROR_SIGNATURE_NOT_MATCH")


def test_whoever_is_signed_out_meanwhile_is_led_to_the_sign_in(owner: Page, live: Live) -> None:
    owner.goto(f"{live.base_url}/operator/{CODE}/requests/?tail=1")
    owner.context.clear_cookies()
    owner.wait_for_url("**/account/login/**")


def test_a_refused_request_is_explained_by_keyboard_alone(
    owner: Page, live: Live, novice: Novice, keyboard: Keyboard
) -> None:
    owner.goto(f"{live.base_url}/operator/{CODE}/requests/?tail=1")
    refused = novice.signs(spaced)
    expect(owner.locator(f'#lines a[href$="{refused}/"]')).to_be_visible()  # the log has it
    owner.goto(f"{live.base_url}/operator/{CODE}/requests/")
    keyboard.press(owner.locator("summary", has_text="Filter"))
    keyboard.choose(owner.get_by_label("Answer"), "refused")
    keyboard.press(owner.get_by_role("button", name="Show"))
    owner.wait_for_url("**status=refused**")
    expect(owner.locator("#lines")).not_to_contain_text("RS_OK")
    keyboard.press(owner.locator(f'#lines a[href$="{refused}/"]'))
    keyboard.press(owner.get_by_role("button", name="Find mistake"))
    expect(owner.locator("#signature")).to_contain_text(title("body_spaces"))


def test_the_pages_are_accessible_and_fit(owner: Page, live: Live, novice: Novice, album: Path) -> None:
    base, known = f"{live.base_url}/operator/{CODE}/requests/", novice.signs(spaced)
    owner.goto(f"{base}?tail=1")
    owner.locator(f'#lines a[href$="{known}/"]').click()
    found = {}
    filtered = "?status=refused&endpoint=/wallet/transaction/bet"
    pages = ["", filtered, "?address=x", "?player=nobody", "?tail=1", f"{known}/"]
    for number, path in enumerate(pages):
        for size, scheme in looks(number):
            see(owner, base + path, size=size, scheme=scheme, album=album, name=f"requests-{number}")
            found[f"{path} {size['width']} {scheme}"] = faults(owner)
    owner.get_by_role("button", name="Find mistake").click()
    owner.get_by_text("Python", exact=True).click()
    owner.emulate_media(color_scheme="light")
    picture(owner, album, "call")
    for size, scheme in [(NARROW, "light"), (WIDE, "dark")]:
        owner.set_viewport_size(size)  # type: ignore[arg-type]
        owner.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        owner.screenshot(path=album / f"doctor-{size['width']}-{scheme}.png", full_page=True)
        found[f"doctor {size['width']} {scheme}"] = faults(owner)
    assert {address: each for address, each in found.items() if each} == {}
    assert owner.context.refused_by_policy == []  # type: ignore[attr-defined]
