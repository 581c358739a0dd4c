"""compose.yaml is started as a whole, with what each service says, and a bet through its proxy is answered."""

from __future__ import annotations

import http.client
import os
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from merchants.models import Merchant
from tests.plugins.live import CHECKOUT, Live
from tests.portal import composed
from tests.portal.composed import Composed
from tests.portal.containers import asked, build_stand_in, portal_image
from tests.portal.test_proxy import write_certificate
from tests.signing import new_id
from tests.wallet.clusters import insist
from tests.wallet.conftest import SECONDS, LiveCaller, Stage, stage_on, until

pytestmark = pytest.mark.image
STAND_IN = "localhost/stand-in:tested"
PORTAL = "localhost/portal:composed"
HOST = "portal.test"
VARIABLES = {
    "PORTAL_IMAGE": PORTAL,
    "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
    "BASE_URL": f"https://{HOST}",
    "GAME_LAUNCH_URL": "https://games.test/launch",
    "DEFAULT_FROM_EMAIL": f"portal@{HOST}",
    "SUPPORT_EMAIL": f"support@{HOST}",
    "LEDGER_ALARM_TO": f"ledger@{HOST}",
}
STATES = "SELECT application_name, sync_state FROM pg_stat_replication WHERE application_name = 'standby'"
BEATS = "SELECT job FROM merchants_heartbeat WHERE job IN ('worker', 'reconciler')"
ADDRESSES = "SELECT DISTINCT host(address), address_source FROM wallet_signedrequest WHERE merchant_id = %s"


@dataclass
class ByTls(LiveCaller):
    """A caller that believes the proxy's certificate."""

    def connect(self) -> http.client.HTTPConnection:
        return wire_to(int(self.base_url))


def wire_to(port: int) -> http.client.HTTPSConnection:
    context = ssl._create_unverified_context()  # noqa: S323 - its certificate is of this test
    return http.client.HTTPSConnection("127.0.0.1", port, timeout=SECONDS, context=context)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With secrets as docs/deploy/make-secrets writes them, and the three files that it asks for."""
    found = tmp_path_factory.mktemp("composed")
    secrets = found / "secrets"
    secrets.mkdir()
    write_certificate(secrets)
    (secrets / "email_url").write_text("smtp://127.0.0.1:1\n")
    (secrets / "key_encryption_keys").write_text(os.environ["KEY_ENCRYPTION_KEYS"])  # the test seals secrets itself
    subprocess.run([CHECKOUT / "docs/deploy/make-secrets", secrets], stdout=subprocess.DEVNULL, check=True)
    return found


@pytest.fixture(scope="module")
def whole(folder: Path) -> Iterator[Composed]:
    plain, with_postgres = portal_image("production"), portal_image("runtime")
    build_stand_in(STAND_IN, folder / "context")
    variables = VARIABLES | {"SECRETS": str(folder / "secrets")}
    for service in Composed(variables).services.values():
        image = service["image"]
        asked("tag", {PORTAL: plain, f"{PORTAL}-backup": with_postgres}.get(image, STAND_IN), image)
    with composed.started(variables) as running:
        yield running


@pytest.fixture(scope="module")
def stage(whole: Composed, folder: Path) -> Iterator[Stage]:
    password = (folder / "secrets/superuser_password").read_text().strip()
    dsn = f"postgres://postgres:{password}@{composed.address_of('primary', 'inside')}:5432/portal"
    port = str(whole.ports["8443"])
    with stage_on(Live("", dsn, {}, folder / "log", port)) as found:
        yield found


def test_each_service_is_well(whole: Composed) -> None:
    for name in whole.watched:
        composed.await_health(name)


def test_a_signed_bet_through_the_proxy_is_answered(stage: Stage) -> None:
    caller = ByTls(Merchant(pk=stage.merchant_id), stage.signer, stage.game, player="player-1", base_url=stage.base_url)
    deposit = new_id()
    assert insist(lambda: caller.deposit(1_000_000, transactionId=deposit)).status == "RS_OK"
    assert insist(caller.launch).status == "RS_OK"
    assert insist(lambda: caller.bet(100_000)).status == "RS_OK"


def test_people_are_answered_by_their_own_service(whole: Composed) -> None:
    with closing(wire_to(whole.ports["8443"])) as wire:
        wire.request("GET", "/account/login/", headers={"Host": HOST})
        answer = wire.getresponse()
        assert (answer.status, b"</html>" in answer.read()) == (200, True)


def test_the_address_in_the_log_is_not_the_proxys(stage: Stage, whole: Composed) -> None:
    proxy = whole.services["proxy"]["networks"]["front"]["ipv4_address"]
    until(lambda: bool(stage.sql(ADDRESSES, stage.merchant_id)))
    [(address, source)] = stage.sql(ADDRESSES, stage.merchant_id)
    assert source == "x-forwarded-for"
    assert address != proxy


def test_a_commit_waits_for_the_standby(stage: Stage) -> None:
    assert stage.sql(STATES) == [("standby", "quorum")]


def test_beat_and_workers_do_their_jobs(stage: Stage) -> None:
    until(lambda: len(stage.sql(BEATS)) == 2)


def test_its_limits_are_in_force() -> None:
    with pytest.raises(AssertionError, match="Read-only file system"):
        asked("exec", "people", "touch", "/app/x")
