"""The simulated game server: signs each call, sends it over HTTP to the machines' service, and stores both sides."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings

from portal.lib import clock
from wallet import statuses
from wallet.models import SimulatedCall, Simulation
from wallet.services.calls import http_client
from wallet.services.calls.http_client import HttpAnswer
from wallet.services.calls.outgoing_request import Outgoing, encode_body, sign_request, with_headers
from wallet.services.log import masked_request
from wallet.services.simulation.game_table import Body, Headers
from wallet.services.simulation.run_books import RunBooks
from wallet.services.simulation.steps import Scenario

TRIES = 4  # of a call that gets no answer, or one that is undecided: as a game server repeats it
PAUSE_SECONDS = 0.5
UNDECIDED = 500
MOST_CHARACTERS = 20_000


class RunStopped(Exception):
    """The run cannot go on. `reason` is one of Simulation.StopReason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class SimulatedServer:
    simulation: Simulation
    auth_key: str
    secret: str = field(repr=False)
    base_url: str
    books: RunBooks = field(default_factory=RunBooks)
    round: int = 0
    scenario: str = Scenario.START
    sent: int = 0

    def call(
        self,
        target: str,
        body: Body = None,
        *,
        method: str = "",
        headers: Headers | None = None,
        purpose: str = "",
        expected: str = statuses.OK,
    ) -> dict[str, Any]:
        """Sign, send and store a call, repeated while it gets no answer. Raises RunStopped."""
        for number in range(TRIES):
            if number:
                time.sleep(PAUSE_SECONDS * number)
            signed = sign_request(
                auth_key=self.auth_key,
                secret=self.secret,
                method=method or ("GET" if body is None else "POST"),
                target=target,
                body=encode_body(body),
                at=clock.now(),
            )
            call = with_headers(signed, headers or {})
            answer = self._send(call)
            self._store(call, answer, purpose=purpose, expected=expected)
            if answer is not None and answer.http_status < UNDECIDED:
                self.books.add_answer(target, body, answer.content)
                return {"status": "", **answer.content}
        raise RunStopped(Simulation.StopReason.NO_ANSWER)

    def _send(self, call: Outgoing) -> HttpAnswer | None:
        try:
            return http_client.send(call, self.base_url)
        except http_client.BadAddress as fault:
            raise RunStopped(Simulation.StopReason.NO_ANSWER) from fault
        except http_client.NoAnswer:
            return None

    def _store(self, call: Outgoing, answer: HttpAnswer | None, *, purpose: str, expected: str) -> None:
        self.sent += 1
        now = clock.now()
        SimulatedCall.objects.create(
            simulation=self.simulation,
            merchant_id=self.simulation.merchant_id,
            number=self.sent,
            round=self.round,
            scenario=self.scenario,
            purpose=purpose,
            method=call.method,
            target=call.target,
            headers={
                name: masked_request.masked_header(name, value)
                for name, value in http_client.sent_headers(call).items()
            },
            body=masked_request.masked_text(call.body.decode(errors="backslashreplace"))[:MOST_CHARACTERS],
            expected=expected,
            sent_at=now,
            **({} if answer is None else answer_fields(answer)),
        )
        Simulation.objects.filter(pk=self.simulation.pk).update(alive_at=now)


def answer_fields(answer: HttpAnswer) -> dict[str, Any]:
    """Return the columns that hold an answer."""
    return {
        "http_status": answer.http_status,
        "status": answer.status[:40],
        "answer": masked_request.masked_text(answer.body)[:MOST_CHARACTERS],
        "request_id": request_id(answer.request_id),
        "milliseconds": round(answer.milliseconds),
    }


def request_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def server_address() -> str:
    """Return the address of the machines' service that simulations call."""
    return str(settings.SIMULATION_API_URL)
