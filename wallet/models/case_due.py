"""When a case is due, as triggers keep it, and what people were reminded of."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

# Working days (Monday to Friday in the merchant's time zone) by severity, from the moment at which the case was found.
# A severity that grows by age alone moves no date: else a low case would be due before its seven days are over. A
# break that has become another one, with another severity, is due no later than before.
WORKING_DAYS = {4: 1, 3: 1, 2: 3, 1: 7}
DAYS = " ".join(f"WHEN {severity} THEN {days}" for severity, days in WORKING_DAYS.items())
DUE = f"""
    IF TG_OP = 'UPDATE' THEN
        v_opened_again := OLD.state = 'resolved' AND NEW.state <> 'resolved';
        IF OLD.due_at IS NOT NULL AND NOT v_opened_again
           AND (NEW.severity = OLD.severity OR NEW.difference = OLD.difference) THEN
            NEW.due_at := OLD.due_at;
            RETURN NEW;
        END IF;
    END IF;
    v_due := CASE TG_OP WHEN 'INSERT' THEN NEW.opened_at ELSE clock_timestamp() END;
    v_days := CASE NEW.severity {DAYS} ELSE 1 END;
    SELECT m.time_zone INTO v_zone FROM merchants_merchant m WHERE m.id = NEW.merchant_id;
    WHILE v_days > 0 LOOP
        v_due := v_due + interval '24 hours';
        IF extract(isodow FROM v_due AT TIME ZONE v_zone) < 6 THEN
            v_days := v_days - 1;
        END IF;
    END LOOP;
    NEW.due_at := CASE WHEN TG_OP = 'UPDATE' AND NOT v_opened_again THEN least(OLD.due_at, v_due) ELSE v_due END;
    RETURN NEW;
"""  # noqa: S608 - made of constants
case_due = pgtrigger.Trigger(
    name="case_due",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    declare=[("v_due", "timestamptz"), ("v_days", "integer"), ("v_zone", "text"), ("v_opened_again", "boolean")],
    func=DUE,
)
# A case is settled by a correction that two persons have posted for it, and by nothing else of that name.
SETTLED = """
    IF NOT EXISTS (SELECT FROM wallet_correction k
                    WHERE k.case_id = NEW.id AND k.approved_by_id = NEW.resolved_by_id
                      AND k.asked_by_id = OLD.write_off_asked_by_id) THEN
        RAISE EXCEPTION 'a correction that another person approved settles a case' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
case_settled_by_correction = pgtrigger.Trigger(
    name="case_settled_by_correction",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Condition(
        "NEW.resolution = 'settled' AND (OLD.resolution <> 'settled' "
        "OR OLD.resolved_by_id IS DISTINCT FROM NEW.resolved_by_id)"
    ),
    func=SETTLED,
)


class CaseReminder(models.Model):
    """A step of which people were mailed, once for each case, step and due date."""

    class Step(models.IntegerChoices):
        SOON = 1, _("Due soon")
        DUE = 2, _("Due")
        ESCALATED = 3, _("Overdue: escalated")

    case = models.ForeignKey("wallet.Case", on_delete=models.PROTECT, db_index=False, related_name="reminders")
    step = models.PositiveSmallIntegerField(choices=Step)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["case", "due_at", "step"], name="case_reminder_once")]
        triggers = [pgtrigger.Protect(name="case_reminder_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.case_id}"
