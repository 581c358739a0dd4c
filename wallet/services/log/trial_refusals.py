"""The addresses that were refused by the allowlist since a trial began, for the page that shows it live."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from merchants.models import ListTrial
from portal.lib import database
from wallet import statuses
from wallet.services.log.log_search import NEWEST, REFUSED_UNSIGNED

SCANNED = 5_000  # refused lines of a key
LISTED = 50
# The newest refusals, down an index each: of the merchant's signed calls, and of each key before the signature. Of
# these, those since the trial began.
REFUSED_SINCE = f"""
    SELECT host(t.address), count(*), max(t.created_at), bool_or(t.signed)
      FROM ((SELECT r.address, r.created_at, true AS signed, s.key_id
               FROM (SELECT r.address, r.created_at, r.secret_id FROM wallet_signedrequest r
                      WHERE r.merchant_id = %(merchant)s AND r.status = %(status)s AND r.status <> 'RS_OK'
                      ORDER BY r.id DESC LIMIT {SCANNED}) r
               LEFT JOIN merchants_secret s ON s.id = r.secret_id)
             UNION ALL
            (SELECT r.address, r.created_at, false, k.id
               FROM merchants_apikey k
              CROSS JOIN LATERAL (SELECT r.address, r.created_at FROM wallet_signedrequest r
                                   WHERE {REFUSED_UNSIGNED} AND r.status = %(status)s
                                     AND r.auth_key = k.auth_key COLLATE "default" AND r.id < {NEWEST}
                                   ORDER BY r.id DESC LIMIT {SCANNED}) r
              WHERE k.merchant_id = %(merchant)s)) t
     WHERE t.created_at >= %(since)s AND t.address IS NOT NULL AND (t.key_id = %(key)s OR %(key)s::bigint IS NULL)
     GROUP BY 1 ORDER BY 3 DESC LIMIT {LISTED + 1}
"""


class RefusedAddress(NamedTuple):
    """`signed`: a request from here had a valid signature. Others may be of anyone who knows the auth key."""

    address: str
    calls: int
    last_at: datetime
    signed: bool


def refused_since(tried: ListTrial) -> list[RefusedAddress]:
    """Return the addresses from which requests were refused by address since the trial began, latest first; at most
    LISTED + 1.
    """
    values = {
        "merchant": tried.merchant_id,
        "key": tried.key_id,
        "since": tried.begun_at,
        "status": statuses.IpRestriction.key,
    }
    return [RefusedAddress(*row) for row in database.fetch_rows(REFUSED_SINCE, values)]
