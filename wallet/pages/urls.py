"""All addresses of the operators' pages. Those that know nothing of money are in merchants.pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from merchants.pages import urls
from wallet.pages import (
    catalogue_csv,
    exports,
    games,
    home,
    key_emergency,
    keys,
    limits,
    players,
    request_detail,
    request_list,
    revenue,
    rounds,
    simulations,
)
from wallet.pages.lists import change, earlier, overview, proposal, tools, trial
from wallet.pages.reconciliation import urls as reconciliation
from wallet.pages.reconciliation.unsubscribe import report_unsubscribe

app_name = "operator"
urlpatterns: list[URLPattern] = [
    path("~/reports/<str:token>/unsubscribe/", report_unsubscribe, name="report_unsubscribe"),
    path("<slug:code>/", home.home, name="home"),
    path("<slug:code>/ggr/", revenue.ggr, name="ggr"),
    path("<slug:code>/ggr/csv/", revenue.ggr_csv, name="ggr_csv"),
    path("<slug:code>/ggr/players/csv/", revenue.ggr_players_csv, name="ggr_players_csv"),
    path("<slug:code>/keys/<int:number>/", keys.key, name="key"),
    path("<slug:code>/keys/<int:number>/quarantine/", key_emergency.quarantine, name="key_quarantine"),
    path("<slug:code>/keys/<int:number>/revoke/", key_emergency.revoke, name="key_revoke"),
    path("<slug:code>/keys/<int:number>/leak/", key_emergency.leak, name="key_leak"),
    path("<slug:code>/requests/", request_list.requests, name="requests"),
    path("<slug:code>/requests/csv/", request_list.requests_csv, name="requests_csv"),
    path("<slug:code>/requests/<uuid:request_id>/", request_detail.request_page, name="call"),
    path("<slug:code>/players/", players.players_page, name="players"),
    path("<slug:code>/players/<int:number>/", players.player, name="player"),
    path("<slug:code>/players/<int:number>/block/", players.player_block, name="player_block"),
    path("<slug:code>/players/<int:number>/unblock/", players.player_unblock, name="player_unblock"),
    path("<slug:code>/players/<int:number>/limits/", players.player_limits, name="player_limits"),
    path("<slug:code>/players/changes/<int:number>/undo/", players.players_undo, name="players_undo"),
    path("<slug:code>/players/export/", catalogue_csv.players_export, name="players_export"),
    path("<slug:code>/players/import/", catalogue_csv.players_import, name="players_import"),
    path("<slug:code>/games/", games.games_page, name="games"),
    path("<slug:code>/games/off/", games.games_off, name="games_off"),
    path("<slug:code>/games/on/", games.games_on, name="games_on"),
    path("<slug:code>/games/changes/<int:number>/undo/", games.games_undo, name="games_undo"),
    path("<slug:code>/games/export/", catalogue_csv.games_export, name="games_export"),
    path("<slug:code>/games/import/", catalogue_csv.games_import, name="games_import"),
    path("<slug:code>/limits/", limits.limits_page, name="limits"),
    path("<slug:code>/limits/set/", limits.limits_set, name="limits_set"),
    path("<slug:code>/limits/changes/<int:number>/undo/", limits.limits_undo, name="limits_undo"),
    path("<slug:code>/allowlist/", overview.lists, name="lists"),
    path("<slug:code>/allowlist/keys/<int:number>/", overview.list_key, name="list_key"),
    path("<slug:code>/allowlist/csv/", overview.list_csv, name="list_csv"),
    path("<slug:code>/allowlist/ask/", overview.list_ask, name="list_ask"),
    path("<slug:code>/allowlist/add/", change.list_add, name="list_add"),
    path("<slug:code>/allowlist/paste/", change.list_paste, name="list_paste"),
    path("<slug:code>/allowlist/domains/", change.list_domains, name="list_domains"),
    path("<slug:code>/allowlist/entries/<int:number>/", change.list_entry, name="list_entry"),
    path("<slug:code>/allowlist/entries/<int:number>/remove/", change.list_remove, name="list_remove"),
    path("<slug:code>/allowlist/proposal/", proposal.list_proposal, name="list_proposal"),
    path("<slug:code>/allowlist/domains/proposal/", proposal.list_domains_proposal, name="list_domains_proposal"),
    path("<slug:code>/allowlist/earlier/", earlier.list_earlier, name="list_earlier"),
    path("<slug:code>/allowlist/earlier/<int:number>/", earlier.list_restore, name="list_restore"),
    path(
        "<slug:code>/allowlist/domains/earlier/<int:number>/", earlier.list_restore_domains, name="list_restore_domains"
    ),
    path("<slug:code>/rounds/", rounds.rounds, name="rounds"),
    path("<slug:code>/rounds/open/", rounds.open_page, name="open_rounds"),
    path("<slug:code>/rounds/<int:number>/", rounds.round_page, name="round"),
    path("<slug:code>/rounds/play-money/<int:number>/", rounds.play_round, name="play_round"),
    path("<slug:code>/exports/", exports.exports_page, name="exports"),
    path("<slug:code>/exports/new/", exports.export_new, name="export_new"),
    path("<slug:code>/exports/<int:number>/file/", exports.export_file, name="export_file"),
    path("<slug:code>/exports/<int:number>/cancel/", exports.export_cancel, name="export_cancel"),
    path("<slug:code>/exports/<int:number>/again/", exports.export_again, name="export_again"),
    path("<slug:code>/simulations/", simulations.simulations_page, name="simulations"),
    path("<slug:code>/simulations/new/", simulations.simulation_new, name="simulation_new"),
    path("<slug:code>/simulations/<int:number>/", simulations.simulation_page, name="simulation"),
    path("<slug:code>/allowlist/suggest/", tools.list_suggest, name="list_suggest"),
    path("<slug:code>/allowlist/egress/", tools.list_egress, name="list_egress"),
    path("<slug:code>/allowlist/egress/<int:number>/", tools.list_proof, name="list_proof"),
    path("<slug:code>/allowlist/egress/<int:number>/take/", tools.list_proved, name="list_proved"),
    path("<slug:code>/allowlist/trials/<int:number>/keep/", trial.list_keep, name="list_keep"),
    path("<slug:code>/allowlist/trials/<int:number>/back/", trial.list_back, name="list_back"),
    *reconciliation.urlpatterns,
    *urls.urlpatterns,
]
