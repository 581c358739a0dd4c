"""All addresses of the operators' pages. Those that know nothing of money are in merchants.pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from merchants.pages import urls
from wallet.pages import (
    call,
    home,
    keys,
    limits,
    list_change,
    list_proposal,
    list_tools,
    list_trial,
    lists,
    off,
    players,
    requests,
    rounds,
)

app_name = "operator"
urlpatterns: list[URLPattern] = [
    path("<slug:code>/", home.home, name="home"),
    path("<slug:code>/keys/<int:number>/", keys.key, name="key"),
    *[path(f"<slug:code>/keys/<int:number>/{name}/", view, name=f"key_{name}") for name, view in off.OF_KEYS.items()],
    path("<slug:code>/requests/", requests.requests, name="requests"),
    path("<slug:code>/requests/csv/", requests.requests_csv, name="requests_csv"),
    path("<slug:code>/requests/<uuid:request_id>/", call.call, name="call"),
    path("<slug:code>/players/", players.players_page, name="players"),
    path("<slug:code>/players/<int:number>/", players.player, name="player"),
    path("<slug:code>/players/<int:number>/block/", players.player_block, name="player_block"),
    path("<slug:code>/players/<int:number>/unblock/", players.player_unblock, name="player_unblock"),
    path("<slug:code>/players/<int:number>/limits/", players.player_limits, name="player_limits"),
    path("<slug:code>/players/changes/<int:number>/undo/", players.players_undo, name="players_undo"),
    path("<slug:code>/limits/", limits.limits_page, name="limits"),
    path("<slug:code>/limits/set/", limits.limits_set, name="limits_set"),
    path("<slug:code>/limits/changes/<int:number>/undo/", limits.limits_undo, name="limits_undo"),
    path("<slug:code>/allowlist/", lists.lists, name="lists"),
    path("<slug:code>/allowlist/keys/<int:number>/", lists.list_key, name="list_key"),
    path("<slug:code>/allowlist/csv/", lists.list_csv, name="list_csv"),
    path("<slug:code>/allowlist/ask/", lists.list_ask, name="list_ask"),
    path("<slug:code>/allowlist/add/", list_change.list_add, name="list_add"),
    path("<slug:code>/allowlist/paste/", list_change.list_paste, name="list_paste"),
    path("<slug:code>/allowlist/domains/", list_change.list_domains, name="list_domains"),
    path("<slug:code>/allowlist/entries/<int:number>/", list_change.list_entry, name="list_entry"),
    path("<slug:code>/allowlist/entries/<int:number>/remove/", list_change.list_remove, name="list_remove"),
    path("<slug:code>/allowlist/proposal/", list_proposal.list_proposal, name="list_proposal"),
    path("<slug:code>/allowlist/domains/proposal/", list_proposal.list_domains_proposal, name="list_domains_proposal"),
    path("<slug:code>/rounds/", rounds.rounds, name="rounds"),
    path("<slug:code>/rounds/<int:number>/", rounds.round_page, name="round"),
    path("<slug:code>/rounds/play-money/<int:number>/", rounds.play_round, name="play_round"),
    path("<slug:code>/allowlist/suggest/", list_tools.list_suggest, name="list_suggest"),
    path("<slug:code>/allowlist/egress/", list_tools.list_egress, name="list_egress"),
    path("<slug:code>/allowlist/egress/<int:number>/", list_tools.list_proof, name="list_proof"),
    path("<slug:code>/allowlist/egress/<int:number>/take/", list_tools.list_proved, name="list_proved"),
    path("<slug:code>/allowlist/trials/<int:number>/keep/", list_trial.list_keep, name="list_keep"),
    path("<slug:code>/allowlist/trials/<int:number>/back/", list_trial.list_back, name="list_back"),
    *urls.urlpatterns,
]
