"""Allauth's pages, those that are wanted: nobody signs up, or adds an address to sign in by."""

from __future__ import annotations

from allauth.account import views
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from merchants.sign_in import oidc
from merchants.sign_in.profile import profile
from merchants.sign_in.views import change_password, end_session

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", change_password, name="account_change_password"),
    path("password/set/", RedirectView.as_view(pattern_name="account_reset_password"), name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("profile/", profile, name="profile"),
    path("company/", oidc.company_sign_in, name="company_sign_in"),
    path("company/refused/", oidc.company_refused, name="socialaccount_login_cancelled"),
    path("", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("second-factor/", include("allauth.mfa.urls")),
    path("sessions/<int:session>/end/", end_session, name="end_session"),
    path("sessions/", include("allauth.usersessions.urls")),
]
