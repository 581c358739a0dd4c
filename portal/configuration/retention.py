"""Retention: how long rows and files are kept."""

from __future__ import annotations

from portal.configuration.environment import refuse, setting

REFUSED_BODY_DAYS: int = setting("REFUSED_BODY_DAYS", int, default=7)  # bodies of refused calls
if not 1 <= REFUSED_BODY_DAYS <= 35:
    refuse("REFUSED_BODY_DAYS must be from 1 to 35.")
REQUEST_LOG_DAYS: int = setting("REQUEST_LOG_DAYS", int, default=90)
if REQUEST_LOG_DAYS < 35:  # the database holds it too (wallet/services/log/retention.py)
    refuse("REQUEST_LOG_DAYS must be 35 or more.")
# Rows that are no books and no history; the database holds the 90 days too (merchants/services/retention.py).
EMAIL_DAYS: int = setting("EMAIL_DAYS", int, default=400)
STAFF_VISIT_DAYS: int = setting("STAFF_VISIT_DAYS", int, default=400)
EVENT_DAYS: int = setting("EVENT_DAYS", int, default=90)
if EVENT_DAYS < 31:  # the database holds 30 days too (merchants/models/events.py)
    refuse("EVENT_DAYS must be 31 or more.")
if min(EMAIL_DAYS, STAFF_VISIT_DAYS) < 91:
    refuse("EMAIL_DAYS and STAFF_VISIT_DAYS must be 91 or more.")
EXPORT_HOURS: int = setting("EXPORT_HOURS", int, default=24)
if not 1 <= EXPORT_HOURS <= 168:
    refuse("EXPORT_HOURS must be from 1 to 168.")
# A day is compared with those beside it, and a weekend may lie between.
STATEMENT_TABLE_DAYS: int = setting("STATEMENT_TABLE_DAYS", int, default=4)
if STATEMENT_TABLE_DAYS < 4:
    refuse("STATEMENT_TABLE_DAYS must be 4 or more.")
