#!/bin/bash
# Starts what it is told. An empty folder of PostgreSQL first becomes a cluster, as in the published image: on a socket alone
# it makes the database and runs the scripts of docker-entrypoint-initdb.d, and then starts again.
set -euo pipefail

if [ "$1" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
    mkdir -p "$PGDATA"
    chmod 0700 "$PGDATA"
    # shellcheck disable=SC2086 - arguments
    initdb --pgdata "$PGDATA" --username postgres --pwfile "$POSTGRES_PASSWORD_FILE" --auth-local trust \
        --auth-host scram-sha-256 $POSTGRES_INITDB_ARGS
    echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
    printf '%s\n' "listen_addresses = '*'" "unix_socket_directories = '/var/run/postgresql'" >>"$PGDATA/postgresql.conf"
    pg_ctl --pgdata "$PGDATA" --options "${*:2} -clisten_addresses=''" --wait start
    createdb --username postgres "$POSTGRES_DB"
    for script in /docker-entrypoint-initdb.d/*.sh; do
        bash "$script"
    done
    pg_ctl --pgdata "$PGDATA" --mode fast --wait stop
fi
exec "$@"
