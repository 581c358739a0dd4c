"""Networks that are trusted, allowed, or reached."""

from __future__ import annotations

from portal.configuration.environment import PRODUCTION, refuse, setting
from portal.lib.clientip import parse_networks, too_wide_version

try:
    TRUSTED_PROXIES = parse_networks(setting("TRUSTED_PROXIES", list, default=[]))
except ValueError as fault:
    refuse(f"TRUSTED_PROXIES: {fault}.")
if too_wide_version(TRUSTED_PROXIES):  # whoever is a proxy chooses the address that allowlists judge
    refuse("TRUSTED_PROXIES holds more addresses than two /8 (IPv6: two /16). Name your proxies' own networks.")
# May an allowlist name private, loopback and reserved networks? A demo lives on 127.0.0.1; production callers do not.
ALLOWLIST_PRIVATE: bool = setting("ALLOWLIST_PRIVATE", bool, default=not PRODUCTION)
# Statements are fetched from public addresses, and from these networks besides.
try:
    STATEMENT_NETWORKS = parse_networks(setting("STATEMENT_NETWORKS", list, default=[]))
except ValueError as fault:
    refuse(f"STATEMENT_NETWORKS: {fault}.")
if too_wide_version(STATEMENT_NETWORKS):
    refuse("STATEMENT_NETWORKS holds more addresses than two /8 (IPv6: two /16). Name the hosts' own networks.")
# Events go to public addresses by https, and to these networks besides; a laptop's receiver is on loopback, by http.
try:
    EVENT_NETWORKS = parse_networks(
        setting("EVENT_NETWORKS", list, default=[] if PRODUCTION else ["127.0.0.0/8", "::1/128"])
    )
except ValueError as fault:
    refuse(f"EVENT_NETWORKS: {fault}.")
if too_wide_version(EVENT_NETWORKS):
    refuse("EVENT_NETWORKS holds more addresses than two /8 (IPv6: two /16). Name the receivers' own networks.")
EVENT_SECONDS = 15  # for one attempt: connect, send, answer
STATEMENT_FETCH_SECONDS = 300  # for all of it
STATEMENT_FETCH_IDLE_SECONDS = 20  # between two pieces
