"""What browsers are told about our pages: TLS, and the policy of content."""

from __future__ import annotations

from django.utils.csp import CSP

from portal.configuration.environment import PRODUCTION, setting
from portal.configuration.sign_in import OIDC_PROVIDERS

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 365 * 86400 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if setting("BEHIND_TLS_PROXY", bool, default=False) else None
)
SECURE_REDIRECT_EXEMPT = [r"^healthz(/reconciliation)?$"]
X_FRAME_OPTIONS = "DENY"
# For all pages (portal.middleware.PagePolicy): nothing inline, nothing from another host.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
# What pages of others need: Alpine evaluates attributes, unfold and Swagger have styles inline, and unfold opens a page
# of a related thing in a frame.
UNFOLD_CSP: dict[str, list[str]] = {
    "script-src": [CSP.SELF, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
}
# A form leads on to the provider of a company's sign-in.
PROVIDER_ORIGINS = sorted({"/".join(each["issuer"].split("/")[:3]) for each in OIDC_PROVIDERS})
PAGE_CSP: dict[str, dict[str, list[str]]] = {
    "/admin/": UNFOLD_CSP | {"frame-src": [CSP.SELF], "frame-ancestors": [CSP.SELF]},
    "/account/": UNFOLD_CSP | {"form-action": [CSP.SELF, *PROVIDER_ORIGINS]},
    "/api/docs": {"style-src": [CSP.SELF, CSP.UNSAFE_INLINE]},
    "/api/management/docs": {"style-src": [CSP.SELF, CSP.UNSAFE_INLINE]},
}
PAGE_STATEMENT_SECONDS: int = setting("PAGE_STATEMENT_SECONDS", int, default=15)  # of the database, for one page
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own
