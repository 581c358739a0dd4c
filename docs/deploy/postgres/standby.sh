#!/bin/bash
# Starts a standby with the settings in its arguments; on an empty folder it first copies the primary, rules included.
set -euo pipefail

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    PGPASSWORD=$(cat "$REPLICATION_PASSWORD_FILE")
    export PGPASSWORD
    rm -rf "$PGDATA.new"
    until pg_basebackup --host "$PRIMARY_HOST" --username replicator --pgdata "$PGDATA.new" --checkpoint fast \
        --wal-method stream --write-recovery-conf; do
        echo "The primary cannot be copied yet." >&2
        rm -rf "$PGDATA.new"
        sleep 2
    done
    chmod 0700 "$PGDATA.new"
    rm -rf "$PGDATA"
    mv "$PGDATA.new" "$PGDATA"
fi
exec postgres "$@"
