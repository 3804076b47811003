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
. test/compose/observability.sh

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
    grep -E '^(\{|[0-9]+ (events|grants|differences))' "$work/check.log" || true
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
    [ ${#stand_ins[@]} = 0 ] || docker image rm -f "${stand_ins[@]}" >/dev/null 2>&1 || true
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
  compose exec -T -e DEMO_USERNAME="$PROBE_USER" -e DEMO_PASSWORD="$PROBE_PASSWORD" sample-client node apps/sample-client/bundle/demo.js
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

# Without TLS nobody is listened to, and within it nobody without a seed.
keeps_strangers_off_the_bus() {
  compose exec -T sample-client node --input-type=module -e '
    import { connect as open } from "node:net";
    import { connect } from "@nats-io/transport-node";
    const heard = await new Promise((resolve) => {
      let text = "";
      const socket = open(4222, "nats", () => socket.write("CONNECT {}\r\nPING\r\n"));
      socket.on("data", (part) => (text += part)).on("error", () => {}).on("close", () => resolve(text));
    });
    if (!heard.startsWith("INFO ") || heard.includes("PONG")) throw new Error(heard);
    const refusal = await connect({ servers: "tls://nats:4222", reconnect: false }).then(() => "none", (error) => error.message);
    if (!/authorization violation/i.test(refusal)) throw new Error(refusal);'
}

the_record_is_true() { compose exec -T auth-server-1 tandem events replay; }

# A user that came with the upgrade: the bus was not restarted for it.
knows_the_new_receiver() {
  compose exec -T -e SEED="$(secret nats-logout-reports-seed)" sample-client \
    node --input-type=module - <test/compose/ask-for-logouts.mjs
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

# What every server says of its own routes: two others at least, each by TLS with a certificate that was checked.
routes_are_encrypted() {
  local server
  for server in nats nats-2 nats-3; do
    cluster exec -T "$server" wget -q -O - 'http://127.0.0.1:8222/varz' | node -e '
      const { cluster, routes } = JSON.parse(require("fs").readFileSync(0, "utf8"));
      if (!cluster.tls_required || !cluster.tls_verify || routes < 2) throw new Error(JSON.stringify({ cluster, routes }));' || return 1
  done
}

lose_one_server_after_the_other() {
  local server
  for server in nats-2 nats nats-3; do
    cluster kill -s SIGKILL "$server" && PROBE_PATIENCE_MS=30000 probe flow && cluster up --detach --wait --wait-timeout 120 || return 1
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

own_size() {
  local size base
  size="$(docker image inspect -f '{{.Size}}' "tandem-test/$1:test")" base="$(docker image inspect -f '{{.Size}}' "$2")"
  echo "        $1: $(((size - base) / 1000000)) MB over $2"
}

own_sizes() {
  local base image
  base="$(base_images)"
  for image in auth-server resource-api sample-client; do own_size "$image" "$(grep '^node:' <<<"$base")"; done
  own_size proxy "$(grep '^caddy:' <<<"$base")"
  own_size bus "$(grep '^nats:' <<<"$base")"
}

use_engine
began=$SECONDS
provide_base_images
echo "base images ready ($((SECONDS - began)) s)"
check 'builds the images' compose build
own_sizes
check 'comes up healthy' come_up
[ "$failed" = 0 ] || { compose ps -a; exit 1; }
read_secrets
check 'publishes the proxy only' nothing_else_is_published
check 'runs without root, capabilities or writable files, and with no secret in the environment' is_locked_up
check 'keeps the application away from the database' is_apart
check 'keeps strangers off the bus' keeps_strangers_off_the_bus
check 'signs in by the hybrid flow through the proxy, calls the API, revokes, and is refused' probe flow
check 'shows the ten steps of the demo' the_demo
check 'ends the application'"'"'s session over NATS' probe logoutOverNats
check 'comes back when PostgreSQL is restarted' restart postgres
check 'signs in after that' probe flow
check 'comes back when NATS is restarted' restart nats
check 'signs in after that, and revokes at once' probe flow
check 'comes back when PostgreSQL is killed' kill_hard postgres
check 'comes back when NATS is killed' kill_hard nats
check 'signs in after that, and revokes at once' probe flow
export LOGOUT_RECEIVERS=reports
check 'replaces every replica under load without one failed request' roll
check 'lets an application on to the bus that came with that' knows_the_new_receiver
check 'signs in after that' probe flow
check 'starts a second time with the same secrets and data' come_up
check 'tells by its streams every grant that PostgreSQL has' the_record_is_true
provide_observability
if [ ${#observability[@]} -gt 0 ]; then
  check "comes up observed by ${observability[*]}" become_observed
  check 'tells one sign-in in one trace: applications, NATS and PostgreSQL' one_trace_tells_it_all
  check 'answers every query of the dashboard and the alerts' prometheus_has_answers
  [[ " ${observability[*]} " != *' grafana '* ]] || check 'shows the dashboard in Grafana' grafana_shows_the_dashboard
fi
check 'becomes a cluster of three NATS servers' become_a_cluster
check 'lets them speak to one another by checked certificates only' routes_are_encrypted
check 'goes on while any one of them is away, killed' lose_one_server_after_the_other
check 'tells by its streams every grant that was made since' the_record_is_true
check 'goes without a trace' without_a_trace
echo "$passed passed, $failed failed, $SECONDS s"
exit "$failed"
