"""Signing in and the pages around it, in a real browser. `PICTURES=folder` keeps what they looked like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, Door, see
from tests.plugins.live import Live

FOR_STRANGERS = {"sign-in": "login/", "reset": "password/reset/", "reset-sent": "password/reset/done/"}
FOR_THE_SIGNED_IN = {
    "factors": "second-factor/",
    "passkeys": "second-factor/webauthn/",
    "add-passkey": "second-factor/webauthn/add/",
    "recovery": "second-factor/recovery-codes/generate/",
    "take-away": "second-factor/totp/deactivate/",
    "prove": "second-factor/reauthenticate/",
    "sessions": "sessions/",
    "password": "password/change/",
    "sign-out": "logout/",
}


def test_the_pages_of_strangers_fit(watched: Page, live: Live, album: Path) -> None:
    look_at(FOR_STRANGERS, watched, live, album)


def test_the_pages_of_ones_account_fit(staff: Page, live: Live, album: Path) -> None:
    look_at(FOR_THE_SIGNED_IN, staff, live, album)


def look_at(pages: dict[str, str], page: Page, live: Live, album: Path) -> None:
    for name, path in pages.items():
        for size, scheme in [(WIDE, "light"), (NARROW, "dark")]:
            url = f"{live.base_url}/account/{path}"
            see(page, url, size=size, scheme=scheme, album=album, name=f"account-{name}")
            assert page.url == url


def test_a_wrong_code_says_so_and_the_next_one_signs_in(watched: Page, live: Live, door: Door, album: Path) -> None:
    person = door.people["auditor"]
    watched.goto(f"{live.base_url}/admin/")
    watched.get_by_label("Email").fill(person["email"])
    watched.get_by_label("Password").fill(person["password"])
    watched.get_by_role("button", name="Sign in", exact=True).click()
    watched.get_by_label("Code").fill("000000")
    watched.get_by_role("button", name="Sign in", exact=True).click()
    expect(watched.get_by_text("The code is wrong or was already used")).to_be_visible()
    watched.screenshot(path=album / "account-wrong-code.png")
    watched.get_by_label("Code").fill(door.code("auditor"))
    watched.get_by_role("button", name="Sign in", exact=True).click()
    watched.wait_for_url(f"{live.base_url}/admin/")


def test_a_new_administrator_sets_up_a_passkey_and_signs_in_with_it(
    page: Page, live: Live, demo: dict[str, Any], album: Path
) -> None:
    """Chromium's own authenticator stands in for a security key; it wants a name, not an IP address."""
    home = live.base_url.replace("127.0.0.1", "localhost")
    make = (
        "from merchants.models import Person\n"
        "Person.objects.create_user('new@oppi.example', 'a long walk by the sea', staff_role='administrator')"
    )
    done = live.manage("shell", "-c", make)
    assert done.returncode == 0, done.stderr
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.goto(f"{home}/admin/")
    page.get_by_label("Email").fill("new@oppi.example")
    page.get_by_label("Password").fill("a long walk by the sea")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Staff need a second factor for the administration.")).to_be_visible()
    page.screenshot(path=album / "account-set-up.png")

    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = key | {"isUserVerified": True, "automaticPresenceSimulation": True}
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.get_by_role("link", name="Add passkey").click()
    page.get_by_label("Sign in with this passkey alone").check()
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.screenshot(path=album / "account-recovery-codes.png")
    page.get_by_role("link", name="I have saved the codes").click()
    page.wait_for_url(f"{home}/admin/")

    page.context.clear_cookies()
    page.goto(f"{home}/admin/merchants/merchant/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{home}/admin/merchants/merchant/")
    as_second_factor = (
        "from allauth.mfa.models import Authenticator\n"
        "passkey = Authenticator.objects.get(user__email='new@oppi.example', type='webauthn')\n"
        "said = passkey.data['credential']['clientExtensionResults']['credProps']\n"
        "assert said['rk'] is True\n"
        "said['rk'] = False\n"
        "passkey.save()"
    )
    done = live.manage("shell", "-c", as_second_factor)
    assert done.returncode == 0, done.stderr
    page.goto(f"{home}/account/second-factor/webauthn/")
    expect(page.get_by_text("Works without a password.")).to_have_count(0)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.goto(f"{home}/admin/merchants/merchant/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This passkey was added as a second factor.")).to_be_visible()
    page.context.clear_cookies()
    page.context.add_cookies(cookies)  # type: ignore[arg-type]

    for size, scheme in [(WIDE, "light"), (NARROW, "dark")]:
        for name, path in {"app": "totp/activate/", "one-passkey": "webauthn/"}.items():
            url = f"{home}/account/second-factor/{path}"
            see(page, url, size=size, scheme=scheme, album=album, name=f"account-{name}")
            assert page.url == url
