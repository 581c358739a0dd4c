# The portal as one image; which of its processes runs is the command's choice (compose.yaml).
ARG BASE=debian:trixie-slim
# Another lock: `runtime` adds PostgreSQL's programs, for backups and their tests; `s3` a store of files; `traces` spans.
ARG REQUIREMENTS=production

FROM ${BASE} AS built
RUN export DEBIAN_FRONTEND=noninteractive && apt-get update \
    && apt-get install --yes --no-install-recommends binutils=2.* python3=3.13.* python3-venv=3.13.* \
    && rm -rf /var/lib/apt/lists/*
ARG REQUIREMENTS
WORKDIR /app
COPY .ci/setup .ci/with-settings .ci/
COPY requirements/uv.txt requirements/production.txt requirements/runtime.txt requirements/s3.txt requirements/traces.txt requirements/
# What `packages` sets (an index of one's own, say) and whom `authorities` trusts holds while building, and is not kept.
# Nobody reads other languages, Babel's other locales, symbols of debuggers, C, or others' tests.
RUN --mount=type=secret,id=packages --mount=type=secret,id=authorities \
    if [ -f /run/secrets/packages ]; then set -a; . /run/secrets/packages; set +a; fi \
    && .ci/setup "$REQUIREMENTS" \
    && .venv/bin/python -m pip --quiet uninstall --yes uv pip \
    && find .venv -type f \( -name '*.po' -o -name '*.mo' ! -path '*/locale/en/*' -o -name '*.c' -o -name '*.pyc' \) -delete \
    && find .venv -path '*/babel/locale-data/*' ! -name 'en*.dat' ! -name 'root.dat' -delete \
    && find .venv -type d -name tests -prune -exec rm -r '{}' + \
    && find .venv -type d -path '*/django/contrib/gis' -prune -exec rm -r '{}' + \
    && find .venv -type d -path '*/allauth/socialaccount/providers/*' ! -path '*/providers/base*' \
    ! -path '*/providers/oauth2*' ! -path '*/providers/openid_connect*' -prune -exec rm -r '{}' + \
    && find .venv -type f -name '*.so' -exec strip --strip-unneeded '{}' +
COPY manage.py ./
COPY portal portal
COPY merchants merchants
COPY wallet wallet
COPY templates templates
COPY docs/signed-api.md docs/
# Static files are collected with hashed names, and served from there alone. Loading everything once leaves the bytecode of
# what is used, and nothing else of it.
RUN .ci/with-settings .venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && find .venv -type d -name static ! -path '*/celery/*' -prune -exec rm -r '{}' + \
    && find var/static -type f \( -name '*.map' -o -name '*.map.gz' \) -delete \
    && rm -r var/static/drf_spectacular_sidecar/redoc \
    && .ci/with-settings .venv/bin/python manage.py check \
    && .venv/bin/python -m compileall -q portal merchants wallet \
    && .ci/with-settings .venv/bin/python -m portal.load_all \
    && rm -r .ci requirements .venv/lib/python3.13/site-packages/PIL/_avif.* \
    .venv/lib/python3.13/site-packages/pillow.libs/libavif* \
    && install --directory --mode 0700 /writable/exports /writable/private /writable/record /writable/backups /writable/wal \
    /writable/restore-tests

# Debian with Python, and without what only installs things: no package manager, no Perl. Zones of time are Python's.
FROM ${BASE} AS system
RUN export DEBIAN_FRONTEND=noninteractive && apt-get update \
    && apt-get install --yes --no-install-recommends python3=3.13.* ca-certificates=20* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin portal \
    && dpkg --purge --force-all tzdata \
    && dpkg --purge --force-all apt debconf libapt-pkg7.0 libdb5.3t64 perl-base sqv \
    && rm -rf /usr/lib/python3.13/pydoc_data /usr/lib/python3.13/test /usr/lib/*/gconv /usr/bin/openssl \
    && rm -rf /var/lib/apt /var/lib/dpkg/info /var/cache/* /var/log/* /usr/share/doc /usr/share/man /usr/share/locale

FROM scratch
# In layers above the base what was removed would still be there.
# hadolint ignore=DL3067
COPY --from=system / /
COPY --from=built /app /app
# Its folders belong to the account; one that was there already would keep its owner.
COPY --from=built --chown=10001:10001 /writable/ /app/var/
WORKDIR /app
ENV PATH=/app/.venv/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-m", "portal.alive"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8", "--respawn-failed-workers", "portal.wsgi:machines"]
