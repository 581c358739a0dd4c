"""The mistakes that the signature doctor knows: what each is, and how its maker mends it."""

from __future__ import annotations

from typing import NamedTuple

SIGN_THE_BYTES = "Serialise the body once. Sign those bytes and send the same bytes."


class Mistake(NamedTuple):
    title: str
    mend: str


MISTAKES: dict[str, Mistake] = {
    # --- the body
    "written_compact": Mistake(
        "You signed the compact JSON, but the body you sent is formatted differently.", SIGN_THE_BYTES
    ),
    "written_spaces": Mistake(
        "The body you signed has a space after every comma and colon; the body you sent does not.",
        SIGN_THE_BYTES + " Python's json.dumps adds spaces unless you pass separators=(',', ':').",
    ),
    "written_colon_spaces": Mistake(
        "The body you signed has a space after every colon; the body you sent does not.", SIGN_THE_BYTES
    ),
    "written_comma_spaces": Mistake(
        "The body you signed has a space after every comma; the body you sent does not.", SIGN_THE_BYTES
    ),
    "written_indented": Mistake("The body was signed in lines indented by 2, but sent otherwise.", SIGN_THE_BYTES),
    "written_indented_4": Mistake("The body was signed in lines indented by 4, but sent otherwise.", SIGN_THE_BYTES),
    "written_indented_tab": Mistake(
        "The body was signed in lines indented by tabs, but sent otherwise.", SIGN_THE_BYTES
    ),
    "order_sorted": Mistake(
        "The body was signed with its keys sorted, but sent in another order.", SIGN_THE_BYTES + " Do not sort for it."
    ),
    "order_ignoring_case": Mistake(
        "The body was signed with its keys sorted, but sent in another order.", SIGN_THE_BYTES + " Do not sort for it."
    ),
    "order_reversed": Mistake("The body was signed with its keys in reverse order.", SIGN_THE_BYTES),
    "order_other": Mistake("The body was signed with its keys in another order than it was sent.", SIGN_THE_BYTES),
    "unicode_plain": Mistake(
        "You signed the body with plain characters; the body you sent has \\u escapes.", SIGN_THE_BYTES
    ),
    "unicode_escaped": Mistake(
        "You signed the body with \\u escapes; the body you sent has plain characters.",
        SIGN_THE_BYTES + " Python's json.dumps escapes unless ensure_ascii=False is given.",
    ),
    "slashes_escaped": Mistake(
        "The body was signed with \\/ in place of /, but sent without.",
        SIGN_THE_BYTES + " PHP's json_encode escapes slashes unless JSON_UNESCAPED_SLASHES is given.",
    ),
    "php_escaped": Mistake(
        "The body was signed with \\/ and \\u escapes, as PHP's json_encode writes them, but sent without.",
        SIGN_THE_BYTES,
    ),
    "newline_signed": Mistake(
        "A newline at the end was signed that was not sent.", "Cut it off before you sign (printf in place of echo)."
    ),
    "crlf_signed": Mistake("A Windows line end was signed that was not sent.", "Cut it off before you sign."),
    "space_signed": Mistake(
        "The body you signed ends with a space; the body you sent does not.", "Cut it off before you sign."
    ),
    "nul_signed": Mistake(
        "A zero byte at the end was signed that was not sent.", "Sign the text without its terminator."
    ),
    "bom_signed": Mistake("A byte order mark was signed that was not sent.", "Use UTF-8 without a byte order mark."),
    "bom_sent": Mistake("A byte order mark was sent that was not signed.", "Use UTF-8 without a byte order mark."),
    "blanks_sent": Mistake(
        "The body you sent has spaces or line breaks around it that you did not sign.", SIGN_THE_BYTES
    ),
    "charset_latin": Mistake(
        "The body was signed in Latin-1, but sent in UTF-8.", "Encode as UTF-8, then sign the bytes."
    ),
    "charset_utf16": Mistake(
        "The body was signed in UTF-16, but sent in UTF-8.", "Encode as UTF-8, then sign the bytes."
    ),
    "charset_twice": Mistake(
        "The body was signed after it was encoded as UTF-8 once more, or was sent in Latin-1.",
        "Encode as UTF-8 once, sign the bytes, and send them.",
    ),
    "charset_sent": Mistake(
        "The body was signed in UTF-8, but sent in UTF-16.", "Encode as UTF-8, and send those bytes."
    ),
    "nothing_signed": Mistake("The call was signed as if it had no body.", "Sign the bytes of the body."),
    "object_as_text": Mistake("An object was turned into text without JSON and signed.", SIGN_THE_BYTES),
    "body_base64": Mistake("The body was signed in base64.", "Sign the bytes of the body as they are sent."),
    "body_url_encoded": Mistake("The body was signed URL-encoded.", "Sign the bytes of the body as they are sent."),
    "path_and_body": Mistake("Path or method were signed too.", "Only the body, a bar and the timestamp are signed."),
    "encoded_twice": Mistake(
        "The body was put into JSON twice for signing.", "The text is JSON already: sign it as it is, encode it once."
    ),
    "encoded_twice_sent": Mistake(
        "The body was put into JSON twice for sending.", "The text is JSON already: send it as it is, encode it once."
    ),
    "numbers_as_floats": Mistake("Whole numbers were signed with a point (100.0).", SIGN_THE_BYTES),
    "numbers_as_texts": Mistake("Numbers were signed in quotes.", SIGN_THE_BYTES),
    "numbers_from_texts": Mistake("Numbers were signed as numbers, but sent in quotes.", SIGN_THE_BYTES),
    "numbers_from_floats": Mistake("Numbers were signed whole, but sent with a point (100.0).", SIGN_THE_BYTES),
    "flags_as_numbers": Mistake("true and false were signed as 1 and 0.", SIGN_THE_BYTES),
    "empty_left_out": Mistake("Empty fields were left out for signing, but sent.", SIGN_THE_BYTES),
    "form_signed": Mistake("The fields were signed as a form (a=1&b=2).", SIGN_THE_BYTES),
    "values_signed": Mistake("Only the values of the fields were signed.", SIGN_THE_BYTES),
    # --- a call without a body
    "object_for_nothing": Mistake(
        "A call without a body was signed as if its body were {}.",
        "Sign nothing, a bar and the timestamp: |1742893648478.",
    ),
    "null_for_nothing": Mistake(
        "A call without a body was signed as if its body were null.",
        "Sign nothing, a bar and the timestamp: |1742893648478.",
    ),
    "query_signed": Mistake(
        "The query of a call without a body was signed.", "The query is not signed: sign |1742893648478 alone."
    ),
    "query_as_json": Mistake(
        "The query of a call without a body was signed as JSON.", "The query is not signed: sign |1742893648478 alone."
    ),
    "path_signed": Mistake(
        "The path of a call without a body was signed.", "The path is not signed: sign |1742893648478 alone."
    ),
    # --- the timestamp
    "bar_missing": Mistake("The bar | between body and timestamp was not signed.", "Sign body + '|' + timestamp."),
    "bar_other": Mistake(
        "Another sign than the bar | stood between body and timestamp.", "Sign body + '|' + timestamp."
    ),
    "bar_after_timestamp": Mistake(
        "A bar | was signed behind the timestamp.", "The timestamp is the last that is signed."
    ),
    "timestamp_first": Mistake("The timestamp was signed in front of the body.", "Sign body + '|' + timestamp."),
    "timestamp_missing": Mistake("The timestamp was not signed.", "Sign body + '|' + timestamp."),
    "timestamp_quoted": Mistake("The timestamp was signed in quotes.", "Sign the very text that x-timestamp has."),
    "timestamp_float": Mistake("The timestamp was signed with a point.", "Sign the very text that x-timestamp has."),
    "timestamp_blanks": Mistake("x-timestamp has spaces that you did not sign.", "Send the very text that was signed."),
    "newline_after_timestamp": Mistake("A line end behind the timestamp was signed.", "Cut it off before you sign."),
    "seconds_signed": Mistake(
        "The timestamp was signed in seconds, but sent in milliseconds.", "Make one text, in milliseconds, for both."
    ),
    "milliseconds_signed": Mistake(
        "The timestamp was signed in milliseconds, but sent in seconds.", "Make one text, in milliseconds, for both."
    ),
    "microseconds_signed": Mistake(
        "The timestamp was signed in microseconds, but sent in milliseconds.",
        "Make one text, in milliseconds, for both.",
    ),
    "clock_read_twice": Mistake(
        "The clock was read twice: another millisecond was signed than was sent.",
        "Read the clock once, keep the text, sign it and send it.",
    ),
    "key_signed": Mistake("The Auth Key was signed too.", "Only the body, a bar and the timestamp are signed."),
    # --- the secret
    "secret_other_version": Mistake(
        "It was signed with another version of this key's secret.", "Sign with the current one."
    ),
    "secret_other_key": Mistake(
        "It was signed with the secret of another key of yours.", "Use Auth Key and Secret Key of one and the same key."
    ),
    "secret_other_environment": Mistake(
        "It was signed with the secret of a key of the other environment.",
        "Use Auth Key and Secret Key of one and the same key: test with test, live with live.",
    ),
    "secret_blanks": Mistake(
        "The secret was used with a space or a line break around it.",
        "Strip what you read from a file or from the environment.",
    ),
    "secret_quoted": Mistake(
        "The secret was used with quotes around it.", "Take the quotes out of your configuration."
    ),
    "secret_without_prefix": Mistake(
        "The secret was used without its beginning.", "The whole text is the secret, from oppi_ to its last sign."
    ),
    "secret_decoded": Mistake("The secret was decoded or hashed before use.", "Its text is the key, as UTF-8 bytes."),
    "secret_encoded": Mistake("The secret was encoded before use.", "Its text is the key, as UTF-8 bytes."),
    "secret_case": Mistake("The secret was put in upper or lower case.", "Use it as it was shown."),
    "secret_joined": Mistake("Auth Key and secret were joined.", "The Secret Key alone is the key of the HMAC."),
    "auth_key_as_secret": Mistake(
        "The Auth Key was used as the secret.", "Sign with the Secret Key; the Auth Key goes into x-api-key."
    ),
    "secret_empty": Mistake(
        "An empty secret was used.", "Your configuration does not hold the secret where your code looks for it."
    ),
    # --- how it was hashed, and how that was written
    "hash_sha1": Mistake("It was signed with SHA-1.", "Use HMAC with SHA-256."),
    "hash_md5": Mistake("It was signed with MD5.", "Use HMAC with SHA-256."),
    "hash_sha224": Mistake("It was signed with SHA-224.", "Use HMAC with SHA-256."),
    "hash_sha384": Mistake("It was signed with SHA-384.", "Use HMAC with SHA-256."),
    "hash_sha512": Mistake("It was signed with SHA-512.", "Use HMAC with SHA-256."),
    "hash_sha3_256": Mistake("It was signed with SHA3-256.", "Use HMAC with SHA-256."),
    "hash_without_hmac": Mistake(
        "Secret and text were hashed together, without HMAC.", "Use the HMAC function of your language, with SHA-256."
    ),
    "hash_without_secret": Mistake("The text was hashed without a secret.", "Use HMAC with SHA-256 and your secret."),
    "hash_swapped": Mistake(
        "Secret and text changed places in the HMAC.", "The secret is its key, the text its message."
    ),
    "hash_text_first": Mistake(
        "The text was hashed first, and the hash was signed.", "Sign the text itself; HMAC does the hashing."
    ),
    "hex_upper": Mistake("The signature was sent in upper case.", "Send lower-case hex."),
    "as_base64": Mistake("The signature was sent in base64.", "Send the 32 bytes as 64 signs of lower-case hex."),
    "hex_in_base64": Mistake("The hex text was put into base64.", "Send the 64 signs of hex as they are."),
    "signature_dressed": Mistake(
        "The signature was sent with something around it.", "Send the 64 signs of hex alone, without sha256= or quotes."
    ),
    # --- x-timestamp itself
    "stamp_seconds": Mistake(
        "x-timestamp is in seconds.", "Send milliseconds since 1970: seconds × 1000, as a whole number."
    ),
    "stamp_microseconds": Mistake("x-timestamp is in microseconds.", "Send milliseconds since 1970."),
    "stamp_nanoseconds": Mistake("x-timestamp is in nanoseconds.", "Send milliseconds since 1970."),
    "stamp_fraction": Mistake("x-timestamp has a point or an exponent.", "Send whole milliseconds, digits alone."),
    "stamp_date": Mistake("x-timestamp is a date.", "Send milliseconds since 1970, digits alone."),
    "stamp_other": Mistake("x-timestamp is not a whole number.", "Send milliseconds since 1970, digits alone."),
    "clock_zone": Mistake(
        "x-timestamp is off by whole hours: local time was used as UTC.", "Take the Unix time, which knows no zones."
    ),
    "clock_behind": Mistake(
        "x-timestamp lies in the past.",
        "Set your clock by NTP. When it is right, the call waited: sign each time that you send, also when you retry.",
    ),
    "clock_ahead": Mistake("x-timestamp lies in the future.", "Set your clock by NTP."),
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
    """How a call is signed rightly."""
    codes = {"Python": PYTHON, "Node": NODE, "PHP": PHP}
    return tuple(Snippet(name, code if has_body else _without_body(name, code)) for name, code in codes.items())


def _without_body(name: str, code: str) -> str:
    body, no_body, sent, not_sent = WITHOUT_BODY[name]
    return code.replace(body, no_body).replace(sent, not_sent)
