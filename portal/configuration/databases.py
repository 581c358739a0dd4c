"""The database: one, under two names."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pghistory
from django.core.exceptions import ImproperlyConfigured

from portal.configuration.environment import ENVIRONMENT, PRODUCTION, env, refuse, setting
from portal.database import roles


# `wallet` is the same database with the deadlines of a signed call (contract, section 7). Tests run the ledger on
# `default`, so that a test's transaction holds both; the deadlines are tested against a running portal.
def read_database(name: str) -> dict[str, Any]:
    """One of the URLs as Django's settings of a connection."""
    if not setting(name).startswith(("postgres://", "postgresql://")):
        refuse(f"{name} must name a PostgreSQL database; it looks like postgres://user:password@host:5432/name.")
    try:
        found: dict[str, Any] = env.db_url(name)
    except (ImproperlyConfigured, ValueError):
        refuse(f"{name} cannot be read; it looks like postgres://user:password@host:5432/name.")
    found["HOST"] = unquote(found["HOST"])  # the folder of a socket stands percent-encoded in a URL
    return found


database = read_database("DATABASE_URL")
database |= {"CONN_MAX_AGE": setting("CONN_MAX_AGE", int, default=600), "ATOMIC_REQUESTS": False}
database["ENGINE"] = "portal.lib.postgres"
# A signed call is answered within this, come what may: callers give up after a second (contract, section 7).
ANSWER_SECONDS: float = setting("ANSWER_WITHIN_MS", int, default=850) / 1000
if ANSWER_SECONDS < 0.1 or (PRODUCTION and ANSWER_SECONDS > 0.9):
    refuse("ANSWER_WITHIN_MS must be from 100 to 900.")
READY_SECONDS = ANSWER_SECONDS * 0.6  # that a health check waits for a write
# A host that is gone without a word: jobs and pages find out within a minute, and not after a quarter of an hour.
NETWORK = {"connect_timeout": 5, "keepalives_idle": 20, "keepalives_interval": 10, "keepalives_count": 3}
NETWORK |= {"tcp_user_timeout": 40_000}
WALLET_NETWORK = {"connect_timeout": 2, "keepalives_idle": 2, "keepalives_interval": 1, "keepalives_count": 2}
WALLET_NETWORK |= {"tcp_user_timeout": 2_000}
# What a connection says itself, the role's own settings do not decide: one `ALTER ROLE … SET`, which any session of the
# role may run, would otherwise end or stop every later session (portal/database/roles.py names what a role has set).
STEADY = {
    "default_transaction_isolation": r"read\ committed",
    "default_transaction_read_only": "off",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
    "local_preload_libraries": "",
    "lock_timeout": "0",
    "search_path": "public",
    "statement_timeout": "0",
    "transaction_timeout": "0",
}
# Told by each connection when it begins; the role of WALLET_DATABASE_URL has them of itself (decision 0054).
WALLET_DEADLINES = roles.WALLET_DEADLINES
WALLET_ROLE = read_database("WALLET_DATABASE_URL") if setting("WALLET_DATABASE_URL", default="") else {}
if WALLET_ROLE.get("USER") == database["USER"]:
    refuse("WALLET_DATABASE_URL names the role of DATABASE_URL; the role with the wallet's deadlines is another one.")


def libpq_options(found: dict[str, Any], values: dict[str, str]) -> dict[str, str]:
    """Return the libpq options of a connection: the values, and what its URL adds."""
    own = found.get("OPTIONS", {}).get("options", "")
    return {"options": " ".join([*(f"-c {name}={value}" for name, value in values.items()), *filter(None, [own])])}


DATABASES: dict[str, dict[str, Any]] = {
    "default": database
    | {
        "CONN_HEALTH_CHECKS": True,  # a page after a database's restart is no error page
        "OPTIONS": NETWORK | database.get("OPTIONS", {}) | libpq_options(database, STEADY),
    },
    "wallet": database
    | WALLET_ROLE
    | {
        "ENGINE": database["ENGINE"],
        "OPTIONS": (WALLET_ROLE or database).get("OPTIONS", {})
        | WALLET_NETWORK
        | ({} if WALLET_ROLE else libpq_options(database, STEADY | WALLET_DEADLINES))
        | {"server_side_binding": True, "prepare_threshold": 1}
        | {"longest_wait": 30, "proof_grace": ANSWER_SECONDS / 8},
        "TEST": {"MIRROR": "default"},
    },
}
# Only `migrate` and what else must own the tables connects as the owner (decision 0036).
if setting("OWNER_DATABASE_URL", default=""):
    own = {"ENGINE": database["ENGINE"], "TEST": {"MIRROR": "default"}}
    DATABASES["owner"] = read_database("OWNER_DATABASE_URL") | own
    if DATABASES["owner"]["USER"] == database["USER"]:
        refuse("OWNER_DATABASE_URL names the role of DATABASE_URL; the owner of the tables is another one.")
SUPERUSER_DATABASE_URL: str = setting("SUPERUSER_DATABASE_URL", default="")  # for make_roles alone
APPLICATION_ROLE: str = database["USER"]
if ENVIRONMENT == "test":  # tests in process connect as a superuser and become this role
    APPLICATION_ROLE = setting("APPLICATION_ROLE", default=APPLICATION_ROLE)
WALLET_DATABASE = "default" if ENVIRONMENT == "test" and setting("WALLET_ON_DEFAULT", bool, default=False) else "wallet"

PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)  # the indexes of history are by thing and time
