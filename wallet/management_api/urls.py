"""All addresses of the management API, from its root, so that the OpenAPI document is drawn from this file alone."""

from __future__ import annotations

from django.urls import URLPattern, path

from wallet.management_api import (
    allowlists,
    approvals,
    audit,
    domains,
    games,
    keys,
    merchants,
    players,
    reports,
    statements,
)

ROOT = "api/management/v1/"
OF = f"{ROOT}merchants/<slug:merchant>/"
KEY, PLAYER = f"{OF}keys/<slug:auth_key>/", f"{OF}players/<int:number>/"

urlpatterns: list[URLPattern] = [
    path(f"{ROOT}merchants/", merchants.MerchantsEndpoint.as_view()),
    path(f"{OF}keys/", keys.KeysEndpoint.as_view()),
    path(KEY, keys.KeyEndpoint.as_view()),
    path(f"{KEY}rotate/", keys.RotateEndpoint.as_view()),
    path(f"{KEY}quarantine/", keys.QuarantineEndpoint.as_view()),
    path(f"{KEY}revoke/", keys.RevokeEndpoint.as_view()),
    path(f"{OF}allowlist/", allowlists.AllowlistEndpoint.as_view()),
    path(f"{OF}allowlist/rehearsal/", allowlists.RehearsalEndpoint.as_view()),
    path(f"{OF}allowlist/domains/", domains.DomainsEndpoint.as_view()),
    path(f"{OF}allowlist/domains/rehearsal/", domains.DomainRehearsalEndpoint.as_view()),
    path(f"{OF}approvals/", approvals.ApprovalsEndpoint.as_view()),
    path(f"{OF}approvals/<int:number>/decline/", approvals.DeclineEndpoint.as_view()),
    path(f"{OF}players/", players.PlayersEndpoint.as_view()),
    path(PLAYER, players.PlayerEndpoint.as_view()),
    path(f"{PLAYER}block/", players.BlockEndpoint.as_view()),
    path(f"{PLAYER}unblock/", players.UnblockEndpoint.as_view()),
    path(f"{PLAYER}limits/", players.LimitsEndpoint.as_view()),
    path(f"{OF}games/", games.GamesEndpoint.as_view()),
    path(f"{OF}games/switch/", games.SwitchEndpoint.as_view()),
    path(f"{OF}statements/", statements.StatementsEndpoint.as_view()),
    path(f"{OF}reports/", reports.ReportsEndpoint.as_view()),
    path(f"{OF}reports/<str:day>/breaks/", reports.BreaksEndpoint.as_view()),
    path(f"{OF}audit/", audit.AuditEndpoint.as_view()),
]
