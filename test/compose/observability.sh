# The profile "observability" and what is asked of it. Sourced by run.sh.

image_of() { sed -nE "s#^ *image: ($1:[^ ]+)#\\1#p" docker-compose.yml; }

# The services of the profile that can run here. All where a registry answers; else Prometheus and the collector, built from
# their Go modules at the versions of the compose file. Grafana is not to be had that way.
observability=()

provide_observability() {
  local prometheus collector grafana
  prometheus="$(image_of prom/prometheus)" collector="$(image_of otel/opentelemetry-collector)" grafana="$(image_of grafana/grafana)"
  if has_image "$prometheus" && has_image "$collector" && has_image "$grafana"; then
    observability=(prometheus otel-collector grafana)
  elif command -v go >/dev/null; then
    echo "no registry: $prometheus and $collector are built from their modules, $grafana is left out"
    mkdir -p "$work/go/prometheus" "$work/go/otelcol"
    make_root_file_system
    export CGO_ENABLED=0
    build_prometheus "$prometheus" && build_collector "$collector" || { tail -n 20 "$work/go.log" >&2; exit 2; }
    observability=(prometheus otel-collector)
  else
    echo 'neither a registry nor Go: the profile "observability" is left out'
  fi
}

# Version 3.16.0 is the module's v0.316.0.
build_prometheus() {
  local image="$1" major minor patch
  IFS=. read -r major minor patch <<<"${image##*:v}"
  GOBIN="$work/go/prometheus" go install -trimpath -ldflags '-s -w' -tags netgo,remove_all_sd \
    "github.com/prometheus/prometheus/cmd/prometheus@$(printf 'v0.%d%02d.%d' "$major" "$minor" "$patch")" >"$work/go.log" 2>&1 || return 1
  stand_ins+=("$image")
  docker build -q -t "$image" -f - "$work/go/prometheus" >/dev/null <<'END'
FROM tandem-stand-in:base
COPY prometheus /bin/prometheus
RUN install -d -o 65534 -g 65534 /prometheus
ENTRYPOINT ["/bin/prometheus"]
END
}

# The parts of the official distribution that deploy/observability/otel-collector.yml names.
build_collector() {
  local image="$1" version="${1##*:}" of=go.opentelemetry.io/collector
  cat >"$work/go/builder.yml" <<END
dist: { name: otelcol, module: tandem.test/otelcol, version: $version, output_path: $work/go/otelcol }
receivers: [{ gomod: $of/receiver/otlpreceiver v$version }]
processors: [{ gomod: $of/processor/batchprocessor v$version }, { gomod: $of/processor/memorylimiterprocessor v$version }]
exporters: [{ gomod: $of/exporter/otlpexporter v$version }, { gomod: $of/exporter/debugexporter v$version }]
END
  go run "$of/cmd/builder@v$version" --config "$work/go/builder.yml" >"$work/go.log" 2>&1 || return 1
  stand_ins+=("$image")
  docker build -q -t "$image" -f - "$work/go/otelcol" >/dev/null <<'END'
FROM scratch
COPY otelcol /otelcol
ENTRYPOINT ["/otelcol"]
END
}

# Over the second file the collector sends its traces on to a tracing system.
observed() {
  OTEL_EXPORTER_OTLP_ENDPOINT=http://otel-collector:4318 OTLP_TRACES_ENDPOINT=tracing-system:4317 OTLP_TRACES_INSECURE=true \
    compose -f docker-compose.yml -f test/compose/tracing-system.yml --profile observability "$@"
}

become_observed() {
  local everything
  mapfile -t everything < <(compose config --services)
  observed up --detach --wait --wait-timeout 240 "${everything[@]}" "${observability[@]}" tracing-system
}

prometheus_has_answers() {
  compose exec -T -e QUERIES="$(node test/compose/observability-queries.mjs)" sample-client \
    node --input-type=module - <test/compose/ask-prometheus.mjs
}

# The collector sends a batch within a second, the applications every five.
one_trace_tells_it_all() {
  local trace
  trace="$(probe tracedFlow)" || return 1
  for _ in $(seq 20); do
    docker logs "$(observed ps -q tracing-system)" >"$work/spans.log" 2>&1
    probe isTraced "$trace" "$work/spans.log" >"$work/traced.log" 2>&1 && { cat "$work/traced.log"; return; }
    sleep 1
  done
  cat "$work/traced.log"
  return 1
}

grafana_shows_the_dashboard() {
  PROBE_GRAFANA_PASSWORD="$(secret grafana-password)" probe grafanaDashboard
}
