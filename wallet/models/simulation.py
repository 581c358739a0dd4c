"""Runs of the simulated game server in a sandbox, with each call as it was sent and answered. Kept for some days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models import ApiKey, Merchant, Person
from merchants.models.audit import Inserted, track_history

MOST_ROUNDS = 50
SILENT_FOR = timedelta(seconds=120)  # a run says so with every call
NOT_STARTED_FOR = timedelta(minutes=15)  # until then it may wait for other jobs
IN_A_SANDBOX = """
    IF NOT EXISTS (SELECT FROM merchants_apikey k JOIN merchants_merchant m ON m.id = k.merchant_id
                    WHERE k.id = NEW.key_id AND k.environment = 'test'
                      AND m.id = NEW.merchant_id AND m.sandbox_of_id IS NOT NULL) THEN
        RAISE EXCEPTION 'a simulation belongs to a sandbox and one of its test keys' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class SimulationQuerySet(models.QuerySet["Simulation"]):
    def for_merchant(self, merchant_id: int) -> Self:
        return self.filter(merchant_id=merchant_id)

    def at_work(self, *, at: datetime) -> Self:
        """Those that wait for their job or have one that is alive."""
        waits = Q(state="waiting", alive_at__gt=at - NOT_STARTED_FOR)
        return self.filter(waits | Q(state="running", alive_at__gt=at - SILENT_FOR))


@track_history(
    Inserted(), scopes={"merchant": "merchant"}, fields=["merchant", "key", "rounds", "currency", "with_refusals"]
)
class Simulation(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        STOPPED = "stopped"

    class StopReason(models.TextChoices):
        NO_ANSWER = "no_answer", gettext_lazy("The signed API did not answer. Start a new simulation in a minute.")
        NO_ACCESS = "no_access", gettext_lazy("The first request was refused. Open its answer below.")
        NO_SESSION = "no_session", gettext_lazy("The game launch was refused. Open its answer below.")
        NO_GAME = (
            "no_game",
            gettext_lazy("No game is switched on. Switch on a game for the sandbox, then start a new simulation."),
        )
        NO_SECRET = (
            "no_secret",
            gettext_lazy("The test key has no secret that works. Rotate its secret, then start a new simulation."),
        )
        FAULT = "fault", gettext_lazy("The portal failed. Send the number of this simulation to support.")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, related_name="simulations")
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+")
    rounds = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_ROUNDS)])
    currency = models.CharField(max_length=3)
    with_refusals = models.BooleanField(default=True)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    stop_reason = models.CharField(max_length=10, choices=StopReason, blank=True)
    books = models.JSONField(null=True, help_text=gettext_lazy("Sums, expected and actual balance of the run."))
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    alive_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = SimulationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rounds__gte=1, rounds__lte=MOST_ROUNDS), name="simulation_rounds_bounded"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "stopped"]), name="simulation_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="stopped", stop_reason__gt="") | (~Q(state="stopped") & Q(stop_reason="")),
                name="simulation_stopped_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="simulation_newest"),
            models.Index(fields=["by", "asked_at"], name="simulation_by_person"),
            models.Index(fields=["asked_at"], name="simulation_by_age"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="simulation_in_a_sandbox",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=IN_A_SANDBOX,
            )
        ]

    def __str__(self) -> str:
        return _("Simulation %(number)s") % {"number": self.pk}

    @property
    def is_active(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING}

    def is_broken_off(self, *, at: datetime) -> bool:
        """Return whether its job was killed or never came: the clock tells."""
        silent = NOT_STARTED_FOR if self.state == self.State.WAITING else SILENT_FOR
        return self.is_active and self.alive_at <= at - silent


class SimulatedCall(models.Model):
    """One call of a run. Secrets are masked and signatures cut before it is stored."""

    simulation = models.ForeignKey(Simulation, on_delete=models.CASCADE, db_index=False, related_name="calls")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, related_name="+")
    number = models.PositiveIntegerField()
    round = models.PositiveSmallIntegerField(help_text=gettext_lazy("0 before and after the rounds."))
    scenario = models.CharField(max_length=20)
    purpose = models.CharField(max_length=20)
    method = models.CharField(max_length=4)
    target = models.CharField(max_length=600)
    headers = models.JSONField()
    body = models.TextField(blank=True)
    expected = models.CharField(max_length=40)
    http_status = models.PositiveSmallIntegerField(null=True, help_text=gettext_lazy("None: no answer arrived."))
    status = models.CharField(max_length=40, blank=True)
    answer = models.TextField(blank=True)
    request_id = models.UUIDField(null=True)
    milliseconds = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["simulation", "number"]
        constraints = [models.UniqueConstraint(fields=["simulation", "number"], name="simulated_call_once")]

    def __str__(self) -> str:
        return f"{self.method} {self.target}"

    @property
    def is_as_expected(self) -> bool:
        return self.status == self.expected
