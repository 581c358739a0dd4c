"""A secret is shown in one answer. Afterwards it stands nowhere: this test looks everywhere.

Two secrets are issued over real HTTP, and used in every right and wrong way that callers have. Then the whole database,
the logs of all processes, the broker, the mails and the pages of the administration are searched for them.
"""

from __future__ import annotations

import base64
import email
import json
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.policy import default
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import psycopg
import pytest
import redis
from aiosmtpd.controller import Controller
from django.contrib.sessions.backends.db import SessionStore
from psycopg import sql

from portal.lib.ends_with_parent import tethered_command
from portal.local.ports import free_port
from tests.people import code_of
from tests.plugins.live import CHECKOUT, Live
from tests.signing import Signer, new_id

SECRET = re.compile(r"oppi_live_[0-9A-Za-z]{49}")
LINK = re.compile(r'href="([^"#]+)')
OTHERS = re.compile(r"/operations/(?!canary-)[^/]+/")  # pages of another merchant, of which there may be hundreds
PAGES_OF_A_KIND = 2
KINDS_OF_A_PATH = 5  # a list with each of its filters, one after the other, shows nothing new
SETTLED_SECONDS = 180
STOP_SECONDS = 60
CAST = """
import json, secrets
from allauth.mfa.totp.internal.auth import TOTP
from merchants.models import Contact, Merchant, Person
from tests.people import new_totp_secret
name = secrets.token_hex(4)
merchant = Merchant.objects.create(code=f"canary-{name}", name="Canary Casino")
Contact.objects.create(merchant=merchant, email=f"desk@{name}.test")
password, totp = secrets.token_urlsafe(12), new_totp_secret()
person = Person.objects.create_user(f"support@{name}.test", password, staff_role="support")
TOTP.activate(person, totp)
print(json.dumps({"merchant": merchant.pk, "email": person.email, "password": password, "totp": totp}))
"""


@dataclass
class Canary:
    """A secret in the shapes in which it could stand somewhere."""

    secret: str
    shapes: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        clear, body = self.secret.encode(), self.secret.removeprefix("oppi_live_").encode()
        self.shapes = {
            "in clear": body,
            "in hex": body.hex().encode(),
            "in upper-case hex": body.hex().upper().encode(),
            "in UTF-16": body.decode().encode("utf-16-le"),
            "in UTF-16 and hex": body.decode().encode("utf-16-le")[:-1].hex().encode(),
            "url-encoded": "".join(f"%{byte:02X}" for byte in body).encode(),
        }
        for shift in range(3):  # as it stands inside of a longer text
            encoded = base64.b64encode(bytes(shift) + clear + bytes(3))
            self.shapes[f"in base64, {shift}"] = encoded[4 : (len(clear) // 3) * 4]

    def found_in(self, content: bytes) -> list[str]:
        return [name for name, shape in self.shapes.items() if shape in content]


# --- a person with a browser, and machines ----------------------------------------------------------------------------
class Browser:
    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> tuple[str, bytes]:
        """Where it ended after redirects, and what stood there."""
        with self.opener.open(urljoin(self.base_url, path), timeout=60) as answer:
            return answer.url, answer.read()

    def send(self, path: str, **fields: str) -> tuple[str, bytes]:
        """The form of a page, as it stands there, with some fields filled in."""
        url, page = self.get(path)
        filled = hidden_fields(page.decode()) | fields
        call = urllib.request.Request(url, urlencode(filled).encode(), {"Referer": url})
        with self.opener.open(call, timeout=60) as answer:
            return answer.url, answer.read()


def hidden_fields(page: str) -> dict[str, str]:
    tags = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    named = [(re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return {name[1]: unescape(value[1]) for name, value in named if name and value}


def ask(live: Live, path: str, body: bytes | None, headers: dict[str, str]) -> int:
    call = urllib.request.Request(live.api_url + path, body, {"content-type": "application/json"} | headers)
    try:
        with urllib.request.urlopen(call, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def use_in_every_way(live: Live, auth_key: str, secret: str) -> None:
    """Once rightly, and then with the secret wherever a hurried person could put it."""
    signer, path = Signer(auth_key, secret), "/wallet/transaction/deposit"
    good = {"kind": "deposit", "transactionId": new_id(), "playerId": "ada", "currency": "EUR", "amount": 100_000}
    body = json.dumps(good).encode()
    assert ask(live, path, body, signer.sign(body)) == 200
    escaped = secret.replace("_", "%5F")
    for mistaken in [
        good | {"playerId": secret},
        good | {"transactionId": secret},
        good | {"currency": secret},
        good | {secret: 1},
        {"secret": secret, "nested": [{"key": f"my key is {secret}!"}]},
    ]:
        wrong = json.dumps(mistaken).encode()
        ask(live, path, wrong, signer.sign(wrong))
        ask(live, path, wrong, Signer(auth_key, "wrong").sign(wrong))
    right = signer.sign(body)
    basic = base64.b64encode(f"{auth_key}:{secret}".encode()).decode()
    for headers in [
        {"x-api-key": secret}, {"x-signature": secret}, {"x-timestamp": secret}, {"authorization": f"Bearer {secret}"},
        {"authorization": f"Basic {basic}"}, {"cookie": f"secret={secret}"}, {"x-secret-key": secret},
        {"user-agent": f"client {secret}"}, {"origin": f"https://{secret}.example"}, {"x-forwarded-for": secret},
        {"referer": f"https://example.test/?key={escaped}"}, {"x-request-id": secret},
    ]:  # fmt: skip
        ask(live, path, body, right | headers)
    unicode_body = body.replace(b'"ada"', f'"{secret}"'.replace("_", "\\u005f").encode())
    ask(live, path, unicode_body, signer.sign(unicode_body))
    ask(live, path, f"not JSON {secret}".encode(), right)
    ask(live, path, secret.encode("utf-16-le"), right)
    for query in [f"?secret={secret}", f"?secret={escaped}", f"?{urlencode({'a': f'x {secret} y'})}"]:
        ask(live, path + query, body, right)
        ask(live, f"/game/list{query}", None, signer.sign(b""))
        ask(live, f"/admin/login/{query}", None, {})
    for address in [f"/wallet/{secret}", f"/wallet/transaction/{escaped}", f"/{secret}", f"/admin/{secret}/"]:
        ask(live, address, None, right)


# --- where it could stand ---------------------------------------------------------------------------------------------
def dumped(dsn: str) -> bytes:
    """Every table as COPY writes it, bytes as hex, and what is packed in sessions."""
    whole = bytearray()
    with psycopg.connect(dsn) as database:
        tables = database.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
            " AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for table in tables:
            with database.cursor().copy(
                sql.SQL("COPY (SELECT * FROM {}) TO STDOUT").format(sql.Identifier(*table))
            ) as rows:
                for row in rows:
                    whole += row
        for (packed,) in database.execute("SELECT session_data FROM django_session").fetchall():
            whole += json.dumps(SessionStore().decode(packed)).encode()
    return bytes(whole)


class Mails:
    def __init__(self) -> None:
        self.content = bytearray()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.content += envelope.content
        for part in email.message_from_bytes(envelope.content, policy=default).walk():
            if not part.is_multipart():
                self.content += str(part.get_content()).encode()
        return "250 Kept"


class Tap:
    """All that goes to the broker (MONITOR), since what is done is no longer in it; at the end what it still holds."""

    def __init__(self, url: str) -> None:
        at = urlsplit(url)
        self.broker: Any = redis.Redis.from_url(url)
        self.content = bytearray()
        self.line = socket.create_connection((at.hostname or "", at.port or 6379))
        self.line.sendall(f"AUTH {at.password}\r\nMONITOR\r\n".encode() if at.password else b"MONITOR\r\n")
        self.thread = Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self) -> None:
        with suppress(OSError):
            while heard := self.line.recv(65536):
                self.content += heard

    def end(self) -> bytes:
        self.line.shutdown(socket.SHUT_RDWR)
        self.thread.join(STOP_SECONDS)
        self.line.close()
        read: dict[Any, Any] = {
            b"string": self.broker.get,
            b"hash": self.broker.hgetall,
            b"list": lambda name: self.broker.lrange(name, 0, -1),
            b"set": self.broker.smembers,
            b"zset": lambda name: self.broker.zrange(name, 0, -1),
        }
        for name in self.broker.scan_iter():
            self.content += name + str(read[self.broker.type(name)](name)).encode()
        self.broker.close()
        return bytes(self.content)


@contextmanager
def worker(live: Live, mail_port: int, log: Path) -> Iterator[None]:
    options = ["--pool", "solo", "--without-gossip", "--without-mingle", "--loglevel", "debug"]
    command = [sys.executable, "-m", "celery", "--app", "portal.celery:app", "worker", *options]
    environment = live.environment | {"EMAIL_URL": f"smtp://127.0.0.1:{mail_port}", "LOG_LEVEL": "DEBUG"}
    with log.open("wb") as file:
        process = subprocess.Popen(
            tethered_command(command), env=environment, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=file, stderr=file
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def crawled(browser: Browser, *starts: str) -> dict[str, bytes]:
    """All pages behind links, a few of each kind: two players' pages are of one."""
    waiting, pages, kinds = list(starts), dict[str, bytes](), Counter[str]()
    by_path: dict[str, set[str]] = {}
    while waiting:
        path = waiting.pop(0)
        kind = re.sub(r"\d+", "N", re.sub(r"=[^&]*", "=", OTHERS.sub("/operations/CODE/", path)))
        if path in pages or "logout" in path or (kinds[kind] >= PAGES_OF_A_KIND and path not in starts):
            continue
        of_path = by_path.setdefault(kind.split("?")[0], set())
        if kind not in of_path and len(of_path) >= KINDS_OF_A_PATH and path not in starts:
            continue
        of_path.add(kind)
        kinds[kind] += 1
        try:
            _, pages[path] = browser.get(path)
        except urllib.error.HTTPError as refused:
            pages[path] = refused.read()
        for link in LINK.findall(pages[path].decode(errors="replace")):
            there = urlsplit(urljoin(browser.base_url + path, unescape(link)))
            if there.netloc == urlsplit(browser.base_url).netloc and there.path.startswith(("/admin/", "/account/")):
                waiting.append(f"{there.path}?{there.query}" if there.query else there.path)
    return pages


def settled(dsn: str, mails: Mails, auth_key: str) -> None:
    """The worker has sent the emails, and the request log is written."""
    deadline = time.monotonic() + SETTLED_SECONDS
    with psycopg.connect(dsn, autocommit=True) as database:
        while database.execute("SELECT 1 FROM merchants_letter WHERE state = 'waiting' LIMIT 1").fetchone():
            assert time.monotonic() < deadline, "emails still wait"
            time.sleep(0.2)
    assert auth_key.encode() in mails.content
    time.sleep(1)


def test_a_secret_stands_in_the_one_page_that_showed_it_and_nowhere_else(live: Live, tmp_path: Path) -> None:
    mails, tap = Mails(), Tap(live.environment["BROKER_URL"])
    catcher = Controller(mails, hostname="127.0.0.1", port=free_port())
    catcher.start()
    told = live.manage("shell", "-v", "0", "-c", CAST)
    assert told.returncode == 0, told.stderr
    cast = json.loads(told.stdout.strip().splitlines()[-1])
    browser = Browser(live.base_url)
    with worker(live, catcher.port, tmp_path / "worker.log"):
        browser.send("/account/login/", login=cast["email"], password=cast["password"])
        url, page = browser.send("/account/second-factor/authenticate/", code=code_of(cast["totp"]))
        assert urlsplit(url).path == "/admin/", page.decode()

        add = f"/admin/merchants/apikey/add/?merchant={cast['merchant']}"
        _, page = browser.send(add, merchant=str(cast["merchant"]), environment="live", label="canary", handover="show")
        [issued], [auth_key] = (
            set(SECRET.findall(page.decode())),
            set(re.findall(r"oppi_pub_live_\w{20}", page.decode())),
        )
        canaries = [Canary(issued)]
        assert canaries[0].found_in(page) == ["in clear"]
        use_in_every_way(live, auth_key, issued)

        with psycopg.connect(live.dsn) as database:
            [(key,)] = database.execute("SELECT id FROM merchants_apikey WHERE auth_key = %s", [auth_key]).fetchall()
        rotate = f"/admin/merchants/apikey/{key}/rotate/"
        _, page = browser.send(rotate, length="24", unit="hours", reason="canary", handover="show")
        [rotated] = set(SECRET.findall(page.decode()))
        canaries.append(Canary(rotated))
        use_in_every_way(live, auth_key, rotated)

        for job in ["merchants.tasks.send_emails", "merchants.tasks.remind_of_expiry", "wallet.tasks.verify_ledger"]:
            done = live.manage("shell", "-c", f"from portal.celery import app; app.send_task({job!r})")
            assert done.returncode == 0, done.stderr
        live.manage("scan", "-", stdin=f"{issued} {rotated}")
        settled(live.dsn, mails, auth_key)
    catcher.stop()
    starts = [
        "/admin/",
        f"/admin/merchants/apikey/{key}/change/",
        f"/admin/merchants/merchant/{cast['merchant']}/change/",
    ]
    log = f"/admin/wallet/signedrequest/?merchant__id__exact={cast['merchant']}"
    pages = crawled(browser, *starts, log, "/admin/merchants/outgoingemail/", "/admin/hygiene/", "/account/sessions/")
    places = {
        "the database": dumped(live.dsn),
        "the log of the web processes": live.log.read_bytes(),
        "the log of the worker": (tmp_path / "worker.log").read_bytes(),
        "the broker": tap.end(),
        "the mails": bytes(mails.content),
        **pages,
    }
    looked_at = {name for name, content in places.items() if auth_key.encode() in content}
    assert looked_at > {"the database", "the mails", starts[1], starts[2]}
    assert b"/wallet/transaction/deposit" in pages[log]
    assert b"send_emails" in places["the broker"]
    assert b"send_emails" in places["the log of the worker"]
    assert len(pages) > 40
    found = {
        name: shapes for name, content in places.items() for canary in canaries if (shapes := canary.found_in(content))
    }
    assert not found


@pytest.mark.parametrize("around", [b"", b"x", b"xy", b"a long text before "])
def test_the_search_would_find_it(around: bytes) -> None:
    secret = f"oppi_live_{secrets.token_hex(25)[:49]}"
    canary, text = Canary(secret), around + secret.encode() + around
    for content in [text, text.hex().encode(), text.hex().upper().encode(), base64.b64encode(text)]:
        assert canary.found_in(content)
    assert canary.found_in("".join(f"%{byte:02X}" for byte in text).encode()) == ["url-encoded"]
    assert not canary.found_in(b"oppi_live_" + base64.b64encode(secrets.token_bytes(200)))
