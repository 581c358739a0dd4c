"""Runs of the simulated game server: asked for on a page, played by a job, kept for SIMULATION_DAYS."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from merchants.crypto import SealBroken, UnknownKeyEncryptionKey
from merchants.errors import Refusal
from merchants.models import ApiKey, Merchant, Person, Secret
from merchants.services import credentials, history, job_queue
from portal.lib import clock
from wallet.models import SimulatedCall, Simulation
from wallet.models.simulation import MOST_ROUNDS, NOT_STARTED_FOR
from wallet.services.simulation import cast, script
from wallet.services.simulation.game_server import RunStopped, SimulatedServer, server_address

log = structlog.get_logger(__name__)
HOUR = timedelta(hours=1)
MISSED_FOR = timedelta(seconds=30)  # until then its job may be on the way
AT_ONCE = 500  # calls that are deleted in one statement
State, StopReason = Simulation.State, Simulation.StopReason
CURRENCIES = tuple(cast.UNITS)


class NotInASandbox(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Simulations run in a sandbox only. Open the sandbox of this merchant."))


class SandboxNotActive(Refusal):
    def __init__(self) -> None:
        super().__init__(_("The sandbox is not active. Ask our support to activate it."))


class KeyUnfit(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This key cannot sign a simulation. Choose an active test key of this sandbox."))


class RunOutOfRange(Refusal):
    def __init__(self) -> None:
        super().__init__(_("A simulation has from 1 to %(most)s rounds.") % {"most": MOST_ROUNDS})


class SimulationRunning(Refusal):
    def __init__(self) -> None:
        super().__init__(_("A simulation is already running in this sandbox. Wait until it is done."))


class TooManyRuns(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(
            ngettext(
                "You have started %(most)s simulation in the last hour. Try again later.",
                "You have started %(most)s simulations in the last hour. Try again later.",
                most,
            )
            % {"most": most}
        )


# --- Asking -----------------------------------------------------------------------------------------------------------
def usable_keys(sandbox: Merchant) -> list[ApiKey]:
    """Return the test keys that can sign a simulation, newest first; none outside a sandbox."""
    if not sandbox.is_sandbox:
        return []
    now = clock.now()
    keys = ApiKey.objects.usable(at=now).filter(merchant=sandbox, environment="test", status=ApiKey.Status.ACTIVE)
    return list(keys.filter(pk__in=Secret.objects.usable(at=now).values("key")).order_by("-pk"))


@transaction.atomic
def request_simulation(
    *, sandbox: Merchant, by: Person, key: ApiKey, rounds: int, currency: str, with_refusals: bool
) -> Simulation:
    """Begin a simulation when the transaction is committed.

    Raises NotInASandbox, SandboxNotActive, KeyUnfit, RunOutOfRange, SimulationRunning and TooManyRuns.
    """
    if not sandbox.is_sandbox:
        raise NotInASandbox
    locked = Merchant.objects.select_for_update(no_key=True).get(pk=sandbox.pk)
    if locked.status != Merchant.Status.ACTIVE:
        raise SandboxNotActive
    if key not in usable_keys(locked):
        raise KeyUnfit
    if not 1 <= rounds <= MOST_ROUNDS or currency not in CURRENCIES:
        raise RunOutOfRange
    check_room(locked, by)
    asked = Simulation.objects.create(
        merchant=locked,
        by=by,
        key=key,
        rounds=rounds,
        currency=currency,
        with_refusals=with_refusals,
        alive_at=clock.now(),
    )
    transaction.on_commit(lambda: job_queue.send_job("wallet.tasks.play_simulation", asked.pk))
    return asked


def check_room(sandbox: Merchant, by: Person) -> None:
    """Refuse a second run at once, and more than SIMULATIONS_AN_HOUR of a person, in all sandboxes together."""
    now = clock.now()
    if Simulation.objects.for_merchant(sandbox.pk).at_work(at=now).exists():
        raise SimulationRunning
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    most = settings.SIMULATIONS_AN_HOUR
    if Simulation.objects.filter(by=by, asked_at__gt=now - HOUR).count() >= most:
        raise TooManyRuns(most)


# --- The job ----------------------------------------------------------------------------------------------------------
def play_waiting() -> int:
    """Play the simulations whose job was lost. Returns how many."""
    now = clock.now()
    waiting = Simulation.objects.filter(
        state=State.WAITING, alive_at__gt=now - NOT_STARTED_FOR, alive_at__lte=now - MISSED_FOR
    )
    missed = list(waiting.order_by("pk").values_list("pk", flat=True))
    for number in missed:
        play_simulation(number)
    return len(missed)


def play_simulation(number: int) -> None:
    """Play a simulation that waits. Does nothing when another job has begun it."""
    begun = Simulation.objects.filter(pk=number, state=State.WAITING).update(state=State.RUNNING, alive_at=clock.now())
    if not begun:
        return
    simulation = Simulation.objects.select_related("merchant", "key", "by").get(pk=number)
    try:
        with history.act_as(door="simulated game server", person=simulation.by):
            play(simulation)
    except RunStopped as stopped:
        end_run(simulation, State.STOPPED, stopped.reason)
    except Exception:
        end_run(simulation, State.STOPPED, StopReason.FAULT)
        raise
    else:
        end_run(simulation, State.DONE)


def play(simulation: Simulation) -> None:
    """Sign with the test key of the sandbox, and no other. Raises RunStopped."""
    sandbox, key = simulation.merchant, simulation.key
    if not sandbox.is_sandbox or key.environment != ApiKey.Environment.TEST or key.merchant_id != sandbox.pk:
        raise RunStopped(StopReason.NO_SECRET)
    script.play_script(SimulatedServer(simulation, key.auth_key, open_secret(key), server_address()))


def open_secret(key: ApiKey) -> str:
    """Return the newest usable secret in clear, in this process only. Raises RunStopped."""
    usable = Secret.objects.usable(at=clock.now()).filter(key=key).select_related("key")
    secret = usable.order_by("-version").first()
    if secret is None:
        raise RunStopped(StopReason.NO_SECRET)
    try:
        return credentials.reveal_secret(secret)
    except (UnknownKeyEncryptionKey, SealBroken) as fault:
        raise RunStopped(StopReason.NO_SECRET) from fault


def end_run(simulation: Simulation, state: str, reason: str = "") -> None:
    now = clock.now()
    Simulation.objects.filter(pk=simulation.pk, state=State.RUNNING).update(
        state=state, stop_reason=reason, books=simulation.books, alive_at=now, ended_at=now
    )


# --- Forgetting -------------------------------------------------------------------------------------------------------
def purge_simulations() -> int:
    """Delete simulations older than SIMULATION_DAYS, with their calls in bounded pieces. Returns how many."""
    before = clock.now() - timedelta(days=settings.SIMULATION_DAYS)
    old = list(Simulation.objects.filter(asked_at__lt=before).order_by("pk").values_list("pk", flat=True))
    for number in old:
        own = SimulatedCall.objects.filter(simulation=number).order_by("pk").values("pk")
        while SimulatedCall.objects.filter(pk__in=own[:AT_ONCE]).delete()[0]:
            pass
        Simulation.objects.filter(pk=number).delete()
    return len(old)
