#!/usr/bin/env bash
# Replaces a running deployment by the images that are here now, without a failed request: migrations first (they only ever
# expand what the running version needs), then one replica after the other. The proxy sends nothing to a replica that drains.
#
#   docker compose build            (or pull)
#   deploy/upgrade.sh
#
# FORCE=1 replaces containers although nothing changed; COMPOSE_COMMAND is what runs compose.
set -euo pipefail
cd "$(dirname "$0")/.."

read -ra compose <<<"${COMPOSE_COMMAND:-docker compose}"
force=()
[ "${FORCE:-0}" = 1 ] && force=(--force-recreate)

run_job() {
  echo "$1"
  "${compose[@]}" run --rm --no-deps -T "$1" </dev/null
}

run_job setup
# The bus learns of new users before anybody comes as one.
for server in $("${compose[@]}" ps --services | grep -E '^nats(-[0-9]+)?$'); do
  echo "$server reads its configuration"
  "${compose[@]}" kill -s SIGHUP "$server"
done
for job in database migrate migrate-orders provision; do run_job "$job"; done
for replica in auth-server-1 auth-server-2 resource-api-1 resource-api-2 sample-client; do
  echo "$replica"
  "${compose[@]}" up --detach --no-deps --no-build --wait --wait-timeout 120 "${force[@]}" "$replica"
done
