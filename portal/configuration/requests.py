"""Requests of machines: the signed API, the management API, their limits and documents."""

from __future__ import annotations

import re

from portal.configuration.environment import API_URL, BASE_URL, public_url, refuse, setting

GAME_LAUNCH_URL = public_url("GAME_LAUNCH_URL", "https://games.oppi.invalid/launch")
SESSION_LIFETIME_HOURS: int = setting("SESSION_LIFETIME_HOURS", int, default=24)
WEB_THREADS: int = setting("WEB_THREADS", int, default=8)  # of each process, as the web server is told
BODY_SECONDS, FORM_SECONDS = (
    2.0,
    10.0,
)  # that a body of a call, and of a form, may stand still (portal.lib.request_bodies)
FILE_ANSWER_SECONDS = 30  # of a statement, once it has arrived: it is kept before it is answered
CREDENTIAL_CACHE_SECONDS = 5
MAX_BODY_BYTES = 64 * 1024
MAX_BATCH_BODY_BYTES = 1024 * 1024
MAX_STATEMENT_BODY_BYTES: int = setting("MAX_STATEMENT_BODY_BYTES", int, default=64 * 1024 * 1024)  # as it is sent
STATEMENTS_AT_ONCE = 2  # large ones that a web process receives at the same time
# The simulated game server of sandboxes: its jobs call this address, and its runs are kept so many days.
SIMULATION_API_URL: str = setting("SIMULATION_API_URL", default="").rstrip("/") or API_URL
if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", SIMULATION_API_URL):
    refuse("SIMULATION_API_URL must be an address that begins with http:// or https://.")
SIMULATION_DAYS: int = setting("SIMULATION_DAYS", int, default=30)
SIMULATIONS_AN_HOUR: int = setting("SIMULATIONS_AN_HOUR", int, default=12)  # of one person
if min(SIMULATION_DAYS, SIMULATIONS_AN_HOUR) < 1:
    refuse("SIMULATION_DAYS and SIMULATIONS_AN_HOUR must be 1 or more.")
# What is kept of refused calls (docs/operations.md): an address and minute in a web process, an hour, all of it.
REFUSED_CALLS_A_MINUTE: int = setting("REFUSED_CALLS_A_MINUTE", int, default=300)
REFUSED_BYTES_A_MINUTE: int = setting("REFUSED_BYTES_A_MINUTE", int, default=512 * 1024)
REFUSED_BYTES_AN_HOUR: int = setting("REFUSED_BYTES_AN_HOUR", int, default=64 * 1024 * 1024)
REFUSED_TABLE_BYTES: int = setting("REFUSED_TABLE_BYTES", int, default=2 * 1024**3)
REQUEST_LOG_FLUSH_SECONDS = 0.25
REQUEST_LOG_CAPACITY = 20_000
REQUEST_LOG_HELD_BYTES = 16 * 1024 * 1024
MAX_STATEMENT_BYTES: int = setting("MAX_STATEMENT_BYTES", int, default=512 * 1024 * 1024)  # as it comes
MAX_STATEMENT_UNPACKED_BYTES: int = setting("MAX_STATEMENT_UNPACKED_BYTES", int, default=2 * 1024**3)
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BATCH_BODY_BYTES
FILE_UPLOAD_HANDLERS = [
    "portal.lib.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
MANAGEMENT_TOKEN_REQUESTS_A_MINUTE: int = setting("MANAGEMENT_TOKEN_REQUESTS_A_MINUTE", int, default=120)
MANAGEMENT_ADDRESS_REQUESTS_A_MINUTE: int = setting("MANAGEMENT_ADDRESS_REQUESTS_A_MINUTE", int, default=300)
if min(MANAGEMENT_TOKEN_REQUESTS_A_MINUTE, MANAGEMENT_ADDRESS_REQUESTS_A_MINUTE) < 1:
    refuse("MANAGEMENT_TOKEN_REQUESTS_A_MINUTE and MANAGEMENT_ADDRESS_REQUESTS_A_MINUTE must be 1 or more.")
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "wallet.api.schema.ContractSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Oppi Games signed API",
    "DESCRIPTION": (
        "Launch games, move money and reconcile. Every request is signed: `x-signature` is the lower-case hex "
        "HMAC-SHA256, with the secret key, of the raw body, `|` and `x-timestamp`. Amounts are whole numbers: real "
        "amount × 100000."
    ),
    "EXTERNAL_DOCS": {"url": f"{BASE_URL}/developers/", "description": "Signing, statuses and retries"},
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": """{
  deepLinking: true,
  validatorUrl: null,
  supportedSubmitMethods: [], // no "Try it out": it cannot sign
  plugins: [documentOnly], // of wallet/api_docs.js
}""",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/",
    "SERVERS": [{"url": API_URL, "description": "Live keys and test keys"}],
    "TAGS": [
        {"name": "wallet", "description": "Balances and transactions of players"},
        {"name": "game", "description": "Game launch, sessions and rounds"},
        {"name": "reconciliation", "description": "Statements, reconciliation runs and breaks"},
    ],
    "POSTPROCESSING_HOOKS": ["wallet.api.schema.add_components"],
}
