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

for job in setup database migrate migrate-orders provision; do
  echo "$job"
  "${compose[@]}" run --rm --no-deps -T "$job" </dev/null
done
for replica in auth-server-1 auth-server-2 resource-api-1 resource-api-2 sample-client; do
  echo "$replica"
  "${compose[@]}" up --detach --no-deps --no-build --wait --wait-timeout 120 "${force[@]}" "$replica"
done
