#!/bin/sh
# The part of the official image's entry point that the compose file relies on: initialise once, then become the server.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # shellcheck disable=SC2086
  initdb --auth=scram-sha-256 --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" $POSTGRES_INITDB_ARGS
fi
exec "$@"
