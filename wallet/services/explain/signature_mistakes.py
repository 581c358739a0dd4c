"""The known mistakes in signatures: each with its text, its fix and a line of code."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

ONE_BODY = _("Serialise the body once. Sign those bytes and send the same bytes.")
ONE_TEXT = _("Sign the body, a bar and the timestamp, in this order and nothing else.")
ONE_TIMESTAMP = _("Write the timestamp to one text, in milliseconds. Sign that text and send the same text.")
NO_BODY = _("For a request without a body, sign a bar and the timestamp: |1742893648478.")
MATCHING_KEYS = _("Use the auth key and the secret key of the same key.")
WHOLE_TEXT = _("Use the whole secret as it was shown, from oppi_ to its last character, as UTF-8 bytes.")
MILLISECONDS = _("Send milliseconds since 1 January 1970 UTC, in digits only.")

BODY = "body = json.dumps(fields).encode()  # once: sign this body and send it"
TEXT = 'text = body + b"|" + timestamp.encode()'
TEXT_WITHOUT_BODY = 'text = b"|" + timestamp.encode()'
TIMESTAMP = "timestamp = str(time.time_ns() // 1_000_000)  # once: sign this text and send it"
READ_KEY = 'secret = os.environ["OPPI_SECRET_KEY"].strip().encode()'
SIGNATURE = "signature = hmac.new(secret, text, hashlib.sha256).hexdigest()"


class Mistake(NamedTuple):
    """A mistake: what happened, what to do, and one line of code that avoids it."""

    title: StrPromise
    fix: StrPromise
    snippet: str


def _sentences(first: StrPromise, second: StrPromise) -> StrPromise:
    return format_lazy("{} {}", first, second)


MISTAKES: dict[str, Mistake] = {
    # --- the body
    "body_spaces": Mistake(
        _("The body you signed has a space after every comma and colon; the body you sent does not."),
        _sentences(ONE_BODY, _("Python's json.dumps adds the spaces unless you pass separators.")),
        'body = json.dumps(fields, separators=(",", ":")).encode()',
    ),
    "body_format": Mistake(
        _("The body you signed has other spaces, line breaks or indents than the body you sent."), ONE_BODY, BODY
    ),
    "line_breaks": Mistake(
        _("Only one of the two bodies has Windows line breaks: the body you signed or the body you sent."),
        _("Read and write the body as bytes, because a text mode changes line breaks. Sign the bytes you send."),
        'body = pathlib.Path("body.json").read_bytes()',
    ),
    "field_order": Mistake(
        _("The body you signed has its fields in another order than the body you sent."),
        _sentences(ONE_BODY, _("Do not sort the fields for the signature.")),
        BODY,
    ),
    "unicode_escapes": Mistake(
        _("Only one of the two bodies has \\u escapes: the body you signed or the body you sent."),
        _sentences(ONE_BODY, _("Python's json.dumps escapes characters unless you pass ensure_ascii=False.")),
        "body = json.dumps(fields, ensure_ascii=False).encode()",
    ),
    "slash_escapes": Mistake(
        _("Only one of the two bodies has \\/ in place of /: the body you signed or the body you sent."),
        _sentences(ONE_BODY, _("PHP's json_encode escapes slashes unless you pass JSON_UNESCAPED_SLASHES.")),
        "$body = json_encode($fields, JSON_UNESCAPED_SLASHES);",
    ),
    "php_escapes": Mistake(
        _("Only one of the two bodies has \\/ and \\u escapes, the default of PHP's json_encode."),
        _sentences(ONE_BODY, _("PHP's json_encode writes plain characters when you pass both flags.")),
        "$body = json_encode($fields, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);",
    ),
    "values_changed": Mistake(
        _("The body you signed writes numbers, true or false differently, or leaves out empty fields."), ONE_BODY, BODY
    ),
    "not_json": Mistake(
        _("You signed a form, a list of values or the text of an object ([object Object], undefined), not the JSON."),
        ONE_BODY,
        BODY,
    ),
    "json_twice": Mistake(
        _("You encoded the body as JSON twice, either to sign it or to send it."),
        _("Encode the fields as JSON once. The result is the text to sign and to send."),
        BODY,
    ),
    "body_not_signed": Mistake(_("You signed the request as if it had no body."), ONE_TEXT, TEXT),
    "body_encoded": Mistake(
        _("You signed the body in base64 or URL encoding."), _("Sign the bytes of the body as you send them."), TEXT
    ),
    "body_compressed": Mistake(
        _("The body you sent is compressed; the body you signed is not."),
        _("Send the body uncompressed, and switch off compression in your HTTP client or proxy."),
        'headers = {"content-type": "application/json"}  # no content-encoding',
    ),
    "body_charset": Mistake(
        _("The body you signed has another character encoding than the body you sent."),
        _sentences(_("Encode the body as UTF-8."), ONE_BODY),
        'body = json.dumps(fields, ensure_ascii=False).encode("utf-8")',
    ),
    "byte_order_mark": Mistake(
        _("Only one of the two bodies starts with a byte order mark: the body you signed or the body you sent."),
        _("Encode the body as UTF-8 without a byte order mark."),
        'body = json.dumps(fields).encode("utf-8")  # not "utf-8-sig"',
    ),
    "trailing_characters": Mistake(
        _("The text you signed ends with a line break, a space or a zero byte that you did not send."),
        _("Remove such characters before you sign. In a shell, use printf in place of echo."),
        'text = body.rstrip(b" \\r\\n\\0") + b"|" + timestamp.strip().encode()',
    ),
    # --- what is signed beside it
    "extra_text": Mistake(
        _("You signed the path, the method, the host or the auth key together with the body."), ONE_TEXT, TEXT
    ),
    "empty_body_signed": Mistake(
        _("The request has no body, and you signed {}, null or another text for it."), NO_BODY, TEXT_WITHOUT_BODY
    ),
    "query_signed": Mistake(_("You signed the query of a request without a body."), NO_BODY, TEXT_WITHOUT_BODY),
    "bar": Mistake(
        _("The text you signed does not have exactly one bar (|), between the body and the timestamp."), ONE_TEXT, TEXT
    ),
    "timestamp_first": Mistake(_("You signed the timestamp in front of the body."), ONE_TEXT, TEXT),
    "timestamp_not_signed": Mistake(_("You did not sign the timestamp."), ONE_TEXT, TEXT),
    "timestamp_format": Mistake(
        _("The timestamp you signed has another unit, quotes, decimals or spaces than x-timestamp."),
        ONE_TIMESTAMP,
        TIMESTAMP,
    ),
    "clock_read_twice": Mistake(
        _("You read the clock twice: the timestamp you signed differs from x-timestamp by some milliseconds."),
        ONE_TIMESTAMP,
        TIMESTAMP,
    ),
    # --- the secret
    "secret_other_version": Mistake(
        _("You signed with another version of the secret of this key."), _("Sign with an active version."), READ_KEY
    ),
    "secret_other_key": Mistake(_("You signed with the secret of another key of yours."), MATCHING_KEYS, READ_KEY),
    "secret_other_environment": Mistake(
        _("You signed with the secret of a key of the other environment."),
        _sentences(MATCHING_KEYS, _("A test key works in test only, and a live key in live only.")),
        READ_KEY,
    ),
    "secret_whitespace": Mistake(
        _("You signed with a space, tab, line break or byte order mark around the secret."),
        _("Remove these characters when you read the secret from a file or from the environment."),
        'secret = os.environ["OPPI_SECRET_KEY"].strip("\\ufeff\\u00a0 \\t\\r\\n").encode()',
    ),
    "secret_quoted": Mistake(
        _("You signed with quotes around the secret, or with a name such as SECRET= in front of the secret."),
        _("Take the value alone from your configuration."),
        'secret = line.partition("=")[2].strip("\\"\' \\n").encode()',
    ),
    "secret_changed": Mistake(
        _("You signed with a changed secret: a part, encoded, decoded, hashed, or in upper or lower case."),
        WHOLE_TEXT,
        READ_KEY,
    ),
    "auth_key_as_secret": Mistake(
        _("You signed with the auth key, alone or together with the secret key."),
        _("Sign with the secret key alone. Send the auth key in x-api-key."),
        READ_KEY,
    ),
    "secret_empty": Mistake(
        _("You signed with an empty secret."),
        _("Your code does not find the secret in your configuration. Check the name under which you stored it."),
        READ_KEY,
    ),
    # --- the hash, and how it is written
    "hash_function": Mistake(
        _("You signed with another hash function than SHA-256."), _("Use HMAC-SHA256."), SIGNATURE
    ),
    "hmac_use": Mistake(
        _("You hashed the text without HMAC, without the secret, twice, or with secret and text swapped."),
        _("Use the HMAC function of your language. The secret is its key, and the text its message."),
        SIGNATURE,
    ),
    "signature_format": Mistake(
        _("The signature you sent is not in lower-case hex: it is base64, upper case, or has text around it."),
        _("Send the signature as 64 characters of lower-case hex, and nothing else."),
        SIGNATURE,
    ),
    # --- x-timestamp itself
    "timestamp_unit": Mistake(_("The x-timestamp you sent is not in milliseconds."), MILLISECONDS, TIMESTAMP),
    "timestamp_not_whole": Mistake(_("The x-timestamp you sent is not a whole number."), MILLISECONDS, TIMESTAMP),
    "clock_zone": Mistake(
        _("x-timestamp differs from our clock by a time zone: you sent local time as UTC."),
        _("Use the Unix time, which is the same in every time zone."),
        TIMESTAMP,
    ),
    "clock_behind": Mistake(
        _("x-timestamp is in the past."),
        _("Set your clock by NTP. If your clock is correct, sign again for each attempt, because the request waited."),
        TIMESTAMP,
    ),
    "clock_ahead": Mistake(_("x-timestamp is in the future."), _("Set your clock by NTP."), TIMESTAMP),
}


class Snippet(NamedTuple):
    language: str
    code: str


PYTHON = """\
import hashlib, hmac, json, os, time, urllib.request

body = json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode()  # once
timestamp = str(time.time_ns() // 1_000_000)  # once, in milliseconds
signature = hmac.new(os.environ["OPPI_SECRET_KEY"].strip().encode(), body + b"|" + timestamp.encode(), hashlib.sha256)
headers = {
    "content-type": "application/json",
    "x-api-key": os.environ["OPPI_AUTH_KEY"].strip(),
    "x-timestamp": timestamp,
    "x-signature": signature.hexdigest(),
}
urllib.request.urlopen(urllib.request.Request(url, body, headers))  # the bytes that were signed
"""
NODE = """\
import { createHmac } from "node:crypto";

const body = JSON.stringify(fields); // once
const timestamp = String(Date.now()); // once, in milliseconds
const signature = createHmac("sha256", process.env.OPPI_SECRET_KEY.trim())
  .update(body + "|" + timestamp, "utf8").digest("hex");
await fetch(url, {
  method: "POST",
  body, // the text that was signed
  headers: {
    "content-type": "application/json",
    "x-api-key": process.env.OPPI_AUTH_KEY.trim(),
    "x-timestamp": timestamp,
    "x-signature": signature,
  },
});
"""
PHP = """\
$body = json_encode($fields, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE); // once
$timestamp = (string) (int) (microtime(true) * 1000); // once, in milliseconds
$signature = hash_hmac('sha256', $body . '|' . $timestamp, trim(getenv('OPPI_SECRET_KEY')));
$call = curl_init($url);
curl_setopt_array($call, [
    CURLOPT_POSTFIELDS => $body, // the text that was signed
    CURLOPT_HTTPHEADER => [
        'content-type: application/json',
        'x-api-key: ' . trim(getenv('OPPI_AUTH_KEY')),
        'x-timestamp: ' . $timestamp,
        'x-signature: ' . $signature,
    ],
    CURLOPT_RETURNTRANSFER => true,
]);
$answer = curl_exec($call);
"""
WITHOUT_BODY = {
    "Python": (
        'body = json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode()  # once',
        'body = b""  # no body: the query is not signed',
        "Request(url, body, headers))  # the bytes that were signed",
        "Request(url, headers=headers))",
    ),
    "Node": (
        "const body = JSON.stringify(fields); // once",
        'const body = ""; // no body: the query is not signed',
        '  method: "POST",\n  body, // the text that was signed\n',
        "",
    ),
    "PHP": (
        "$body = json_encode($fields, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE); // once",
        "$body = ''; // no body: the query is not signed",
        "    CURLOPT_POSTFIELDS => $body, // the text that was signed\n",
        "",
    ),
}


def snippets(*, has_body: bool) -> tuple[Snippet, ...]:
    """Return the code that signs a request correctly, in each language."""
    codes = {"Python": PYTHON, "Node": NODE, "PHP": PHP}
    return tuple(Snippet(name, code if has_body else _without_body(name, code)) for name, code in codes.items())


def _without_body(name: str, code: str) -> str:
    body, no_body, sent, not_sent = WITHOUT_BODY[name]
    return code.replace(body, no_body).replace(sent, not_sent)
