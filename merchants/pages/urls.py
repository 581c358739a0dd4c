from __future__ import annotations

from django.urls import URLPattern, path

from merchants.pages import approvals, entrance, keys, owner_questions, people, timeline

urlpatterns: list[URLPattern] = [
    path("", entrance.merchants, name="merchants"),
    path("~/invitation/<str:token>/", entrance.invitation, name="invitation"),
    path("<slug:code>/keys/", keys.keys_page, name="keys"),
    path("<slug:code>/sandbox/create/", keys.sandbox_create, name="sandbox_create"),
    path("<slug:code>/keys/claim/<str:token>/", approvals.claim_page, name="claim"),
    path("<slug:code>/keys/<int:number>/rotate/", keys.rotate, name="key_rotate"),
    path("<slug:code>/keys/<int:number>/extend/", keys.extend, name="key_extend"),
    path("<slug:code>/keys/<int:number>/end/", keys.end, name="key_end"),
    path("<slug:code>/keys/<int:number>/quiet/", keys.quiet, name="key_quiet"),
    path("<slug:code>/keys/<int:number>/approve/", keys.approve, name="key_approve"),
    path("<slug:code>/keys/<int:number>/decline/", keys.decline, name="key_decline"),
    path("<slug:code>/keys/staff/", approvals.staff_sees_secrets, name="staff_sees_secrets"),
    path("<slug:code>/approvals/<int:number>/", approvals.approval_page, name="approval"),
    path("<slug:code>/approvals/<int:number>/approve/", approvals.approval_approve, name="approval_approve"),
    path("<slug:code>/approvals/<int:number>/decline/", approvals.approval_decline, name="approval_decline"),
    path("<slug:code>/questions/<int:number>/", owner_questions.question_answer, name="question"),
    path("<slug:code>/people/", people.people_page, name="people"),
    path("<slug:code>/people/invite/", people.invite, name="invite"),
    path("<slug:code>/people/leave/", people.leave_merchant, name="leave"),
    path("<slug:code>/people/second-factor/", people.require_second_factor, name="second_factor"),
    path("<slug:code>/people/invitations/<int:number>/withdraw/", people.withdraw, name="withdraw"),
    path("<slug:code>/people/<int:number>/role/", people.change_role, name="member_role"),
    path("<slug:code>/people/<int:number>/remove/", people.remove_member, name="member_remove"),
    path("<slug:code>/timeline/", timeline.timeline, name="timeline"),
    path("<path:rest>", entrance.not_found_page, name="nothing"),
]
