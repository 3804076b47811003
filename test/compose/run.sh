#!/usr/bin/env bash
# `npm run test:compose`: the whole deployment of docker-compose.yml for real, on this machine's Docker engine. Builds it, waits
# until it is healthy, signs in through the proxy, revokes, restarts PostgreSQL and NATS, replaces the replicas under load,
# and takes everything down. One line a check; the exit code is the number of checks that failed.
#
# STAND_INS=always skips the registry; KEEP=1 leaves the deployment running (only with an engine that ran before).
set -euo pipefail
cd "$(dirname "$0")/../.."

work="$(mktemp -d /tmp/tandem-compose.XXXXXX)"
. test/compose/engine.sh
. test/compose/stand-ins.sh

export COMPOSE_PROJECT_NAME=tandem-test IMAGE_PREFIX=tandem-test TANDEM_VERSION=test
export HTTPS_PORT="${HTTPS_PORT:-18443}" FRONT_SUBNET="${FRONT_SUBNET:-10.219.86.0/24}" PUBLISH_ADDRESS=127.0.0.1 FIRST_USER_EMAIL=first.user@example.com
export COMPOSE_PROGRESS=plain BUILDKIT_PROGRESS=plain
failed=0
passed=0

compose() { docker compose --env-file /dev/null "$@"; }

check() {
  local name="$1" began=$SECONDS
  shift
  if "$@" >"$work/check.log" 2>&1; then
    passed=$((passed + 1))
    echo "ok      $name ($((SECONDS - began)) s)"
    grep -E '^\{' "$work/check.log" || true
  else
    failed=$((failed + 1))
    echo "FAILED  $name ($((SECONDS - began)) s)"
    tail -n 40 "$work/check.log" | sed 's/^/        /'
  fi
}

clean_up() {
  local status=$?
  trap - EXIT INT TERM
  if [ "${KEEP:-0}" = 1 ] && [ -z "$engine_pid" ]; then
    rm -rf "$work"
    exit "$status"
  fi
  if docker info >/dev/null 2>&1; then
    [ "$failed" = 0 ] && [ "$status" = 0 ] || compose logs --tail 15 --no-color 2>/dev/null || true
    take_down >/dev/null 2>&1 || true
    docker image ls -q 'tandem-test/*' | sort -u | xargs -r docker image rm -f >/dev/null 2>&1 || true
    if docker image inspect tandem-stand-in:base >/dev/null 2>&1; then
      for image in $(base_images); do docker image rm -f "$image" >/dev/null 2>&1 || true; done
      docker image rm -f tandem-stand-in:base >/dev/null 2>&1 || true
    fi
  fi
  stop_engine
  rm -rf --one-file-system "$work"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

probe() { node test/compose/probe.mjs "$@"; }

secret() { compose run --rm --no-deps -T setup show "$1"; }

come_up() { compose up --detach --wait --wait-timeout 180; }

read_secrets() {
  secret ca.crt >"$work/ca.crt"
  export PROBE_CA="$work/ca.crt"
  PROBE_USER="$FIRST_USER_EMAIL" PROBE_PASSWORD="$(secret first-user-password)" PROBE_CLIENT_SECRET="$(secret sample-client-secret)"
  PROBE_API_SECRET="$(secret orders-api-secret)"
  export PROBE_USER PROBE_PASSWORD PROBE_CLIENT_SECRET PROBE_API_SECRET
}

the_demo() {
  compose exec -T -e DEMO_USERNAME="$PROBE_USER" -e DEMO_PASSWORD="$PROBE_PASSWORD" sample-client node apps/sample-client/dist/demo.js
}

nothing_else_is_published() {
  [ "$(docker ps --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" --format '{{.Names}} {{.Ports}}' | grep -c -- '->')" = 1 ]
}

# What the engine made of the compose file's promises, seen from inside.
is_locked_up() {
  compose exec -T auth-server-1 sh -c '! touch /opt/tandem/x 2>/dev/null && [ "$(id -u)" = 10001 ] && ! touch /run/tandem/x 2>/dev/null' &&
    compose exec -T auth-server-1 node -e '
      const status = require("fs").readFileSync("/proc/1/status", "utf8");
      const environment = require("fs").readFileSync("/proc/1/environ", "utf8");
      if (!/CapEff:\s0+\n/.test(status) || !/NoNewPrivs:\s1\n/.test(status)) throw new Error(status);
      for (const name of require("fs").readdirSync("/run/tandem"))
        if (environment.includes(require("fs").readFileSync(`/run/tandem/${name}`, "utf8").trim())) throw new Error(name);'
}

# No way out but by the proxy: the bus and the database are reached by those who need them only.
is_apart() {
  compose exec -T sample-client node -e '
    require("dns").lookup("postgres", (error) => process.exit(error ? 0 : 1));'
}

roll() {
  probe load "$work/stop-load" >"$work/load.log" 2>&1 &
  local load=$! status=0
  sleep 2
  compose build --quiet >/dev/null
  FORCE=1 COMPOSE_COMMAND="docker compose --env-file /dev/null" bash deploy/upgrade.sh || status=1
  sleep 2
  touch "$work/stop-load"
  wait "$load" || status=1
  cat "$work/load.log"
  return "$status"
}

restart() { compose restart "$1" && come_up; }

kill_hard() { compose kill -s SIGKILL "$1" && compose start "$1" && come_up; }

# Three servers instead of one, over the second compose file; then each of them away for a while, leaders among them.
cluster() { compose -f docker-compose.yml -f docker-compose.nats-cluster.yml "$@"; }

become_a_cluster() { cluster up --detach --wait --wait-timeout 180 && probe flow; }

lose_one_server_after_the_other() {
  local server
  for server in nats-2 nats nats-3; do
    cluster stop "$server" && PROBE_PATIENCE_MS=30000 probe flow && cluster up --detach --wait --wait-timeout 120 || return 1
  done
}

# By both files, since each knows a volume that the other doesn't use.
take_down() {
  cluster --profile '*' down --volumes --timeout 20
  compose --profile '*' down --volumes --remove-orphans --timeout 20
}

without_a_trace() {
  take_down
  [ -z "$(docker ps -aq --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME")" ] &&
    [ -z "$(docker volume ls -q --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME")" ] &&
    [ -z "$(docker network ls -q --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME")" ]
}

use_engine
began=$SECONDS
provide_base_images
echo "base images ready ($((SECONDS - began)) s)"
check 'builds the images' compose build
docker image ls --format '        {{.Repository}} {{.Size}}' 'tandem-test/*' | sort -u
check 'comes up healthy' come_up
[ "$failed" = 0 ] || { compose ps -a; exit 1; }
read_secrets
check 'publishes the proxy only' nothing_else_is_published
check 'runs without root, capabilities or writable files, and with no secret in the environment' is_locked_up
check 'keeps the application away from the database' is_apart
check 'signs in by the hybrid flow through the proxy, calls the API, revokes, and is refused' probe flow
check 'shows the ten steps of the demo' the_demo
check 'comes back when PostgreSQL is restarted' restart postgres
check 'signs in after that' probe flow
check 'comes back when NATS is restarted' restart nats
check 'signs in after that, and revokes at once' probe flow
check 'comes back when PostgreSQL is killed' kill_hard postgres
check 'comes back when NATS is killed' kill_hard nats
check 'signs in after that, and revokes at once' probe flow
check 'replaces every replica under load without one failed request' roll
check 'signs in after that' probe flow
check 'starts a second time with the same secrets and data' come_up
check 'becomes a cluster of three NATS servers' become_a_cluster
check 'goes on while any one of them is away' lose_one_server_after_the_other
check 'goes without a trace' without_a_trace
echo "$passed passed, $failed failed"
exit "$failed"
