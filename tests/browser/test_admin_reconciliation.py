"""Support at work on breaks, in a real browser: the worklist, a case to its end, a plan, a statement by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, see
from tests.browser.keyboard import Keyboard
from tests.plugins.live import Live

A_BAD_DAY = """
import json
from datetime import timedelta
from merchants.models import OutgoingEmail, Merchant
from portal.lib import clock
from tests.wallet.reconciling import state
from wallet.models import *
from wallet.reconciliation.days import date_at
merchant, now = Merchant.objects.get(code="{code}"), clock.now()
day = date_at(merchant, now) - timedelta(days=4)
plan = ReconciliationPlan.objects.filter(merchant=merchant).first()
plan = plan or ReconciliationPlan.objects.create(merchant=merchant)
side = dict(currency="EUR", kind="bet", ours_rows=41250, ours_amount="123456789000", theirs_rows=41249,
            theirs_amount="123455539000")
gone = dict(kind="missing_there", currency="EUR", breaks=1, difference="-1250000", size="1250000")
other = dict(kind="amount", currency="EUR", breaks=24, difference="880000", size="2400000")
figures = dict(matched=41225, ours=41250, theirs=41249, sides=[side, side | dict(kind="payout")], breaks=[gone, other])
run = Reconciliation.objects.create(merchant=merchant, day=day, number=1, state="done", outcome="breaks", begun_at=now,
                                    done_at=now, figures=figures, statement=state(merchant, [], day))
Reconciliation.objects.create(merchant=merchant, day=day - timedelta(days=1), number=1, state="done", outcome="clear",
                              begun_at=now, done_at=now)
both = dict(kind="bet", player="p-1029", game="G1748302918374", currency="EUR", state="ok",
            at="2026-03-10T14:03:22+00:00")
def case(kind, subject, **fields):
    return Case.objects.create(merchant=merchant, day=day, kind=kind, subject=subject, player_id="p-1029",
        currency="EUR", found_by=run, seen_by=run, opened_at=now - timedelta(days=2), **fields)
case("owed", "5a1c7f0e-late-win", severity=4, difference=-5000000, ours=both | dict(amount="5000000"))
first = case("amount", "0b1f5a1c-77aa-4e13-9a57-4c1b6f2d9e10", severity=2, difference=-1150000,
             ours=both | dict(amount="1250000"), theirs=both | dict(amount="100000", line=4711))
for number in range(24):
    case("missing_there", f"tx-{{number:04}}", severity=1 + number % 3, difference=-1250000 - number)
email = OutgoingEmail.objects.create(merchant=merchant, to="cfo@acme.test", template="reconciliation", due_at=now,
    context=dict(run=run.pk))
OutgoingEmail.objects.filter(pk=email.pk).update(
    attempts=9, state="given_up", last_answer="550 5.1.1 <cfo@acme.test>: no such mailbox here")
report = ReportDelivery.objects.create(reconciliation=run, to=email.to, email=email, created_at=now)
facts = dict(merchant=merchant.pk, case=first.pk, run=run.pk,
             statement=run.statement_id, report=report.pk, plan=plan.pk, day_before=str(day - timedelta(days=1)))
print("FACTS", json.dumps(facts), sep="|")
"""
FILE = b"txid,type,player,currency,amount\r\nt1,bet,p1,EUR,12.50\r\nt2,win,p1,EUR,20.00\r\n"


@pytest.fixture(scope="module")
def bad_day(live: Live, demo: dict[str, Any]) -> dict[str, Any]:
    done = live.manage("shell", "-c", A_BAD_DAY.format(code=demo["merchants"][3]["code"]))
    assert done.returncode == 0, done.stderr
    [line] = [line for line in done.stdout.splitlines() if line.startswith("FACTS|")]
    facts: dict[str, Any] = json.loads(line.partition("|")[2])
    with psycopg.connect(live.dsn) as session:  # what two people agreed on earlier
        session.execute("SET session_replication_role = replica")
        session.execute("UPDATE wallet_reconciliationplan SET write_off_alone = 2000000 WHERE id = %s", [facts["plan"]])
    return facts


def test_every_page_fits_a_desk_and_a_telephone(staff: Page, live: Live, bad_day: dict[str, Any], album: Path) -> None:
    of = "/admin/wallet"
    pages = {
        "cases": f"{of}/case/",
        "case": f"{of}/case/{bad_day['case']}/change/",
        "many": f"{of}/case/many/resolve/",
        "write-off": f"{of}/case/{bad_day['case']}/write_off/",
        "comparisons": f"{of}/reconciliation/",
        "comparison": f"{of}/reconciliation/{bad_day['run']}/change/",
        "statements": f"{of}/statement/",
        "statement": f"{of}/statement/{bad_day['statement']}/change/",
        "upload": f"{of}/statement/upload/",
        "reports": f"{of}/reportdelivery/",
        "report": f"{of}/reportdelivery/{bad_day['report']}/change/",
        "plan": f"{of}/reconciliationplan/{bad_day['plan']}/change/",
        "source": f"{of}/reconciliationplan/{bad_day['plan']}/source/",
        "merchant": f"/admin/merchants/merchant/{bad_day['merchant']}/change/",
        "home": "/admin/",
    }
    for name, path in pages.items():
        for size, scheme in [(WIDE, "light"), (NARROW, "dark")]:
            see(staff, live.base_url + path, size=size, scheme=scheme, album=album, name=f"reconciliation-{name}")


def test_a_case_is_taken_and_resolved(staff: Page, live: Live, bad_day: dict[str, Any], keyboard: Keyboard) -> None:
    staff.goto(f"{live.base_url}/admin/wallet/case/{bad_day['case']}/change/")
    keyboard.press(staff.get_by_role("link", name="Assign to me"))
    keyboard.press(staff.get_by_role("button", name="Assign to me"))
    keyboard.press(staff.get_by_role("link", name="Resolve"))
    keyboard.choose(staff.get_by_label("Resolution"), "theirs")
    keyboard.fill(staff.get_by_label("Note"), "Their export lost a decimal.")
    keyboard.press(staff.get_by_role("button", name="Resolve"))
    expect(staff.get_by_text("Their export lost a decimal.").first).to_be_visible()
    expect(staff.get_by_role("link", name="Reopen case")).to_be_visible()


def test_ticked_cases_wait_for_the_operator(staff: Page, live: Live, bad_day: dict[str, Any]) -> None:
    staff.goto(f"{live.base_url}/admin/wallet/case/?kind__exact=missing_there")
    staff.wait_for_load_state("networkidle")
    boxes = staff.locator("#result_list tbody input[type=checkbox]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    staff.locator("select[name=action]").select_option("wait")
    staff.get_by_role("button", name="Run").click()
    expect(staff.get_by_text("2 cases.")).to_be_visible()
    staff.get_by_role("button", name="Wait for operator").click()
    expect(staff.get_by_text("2 cases waiting for the operator.")).to_be_visible()


def test_a_statement_is_looked_at_before_it_is_sent(
    staff: Page, live: Live, bad_day: dict[str, Any], keyboard: Keyboard, album: Path
) -> None:
    staff.goto(f"{live.base_url}/admin/wallet/statement/upload/")
    keyboard.choose(staff.locator("#id_merchant"), str(bad_day["merchant"]))
    keyboard.fill(staff.locator("#id_day"), bad_day["day_before"])
    file = {"name": "day.csv", "mimeType": "text/csv", "buffer": FILE}
    keyboard.attach(staff.locator("input[type=file]"), file)
    keyboard.press(staff.get_by_role("button", name="Preview statement"))
    keyboard.choose(staff.get_by_label("Amounts are written as"), "decimal_point")
    keyboard.press(staff.get_by_role("button", name="Update preview"))
    expect(staff.get_by_text("12.50").first).to_be_visible()
    staff.screenshot(path=album / "reconciliation-draft.png", full_page=True)
    keyboard.press(staff.get_by_role("button", name="Send statement"))
    expect(staff.get_by_text("The statement was read: 2 rows.")).to_be_visible()
