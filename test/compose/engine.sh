# A Docker engine for the run: the one that runs, else one that is started here and ended without a trace. Sourced by run.sh.

engine_pid=''

use_engine() {
  if docker info >/dev/null 2>&1; then
    echo "engine: $(docker version --format '{{.Server.Version}}'), which runs already"
  elif [ "$(id -u)" = 0 ] && command -v dockerd >/dev/null; then
    start_engine
  else
    echo 'There is no Docker engine that can be used. Start one (systemctl start docker), or install one and run this as root:' >&2
    echo '  apt-get install --no-install-recommends docker.io containerd runc iptables debootstrap' >&2
    exit 2
  fi
  use_compose
}

# Everything that the engine changes on this machine is written down before it starts.
start_engine() {
  iptables-save >"$work/iptables.before"
  ip -o link | awk -F': ' '{print $2}' | cut -d@ -f1 | sort >"$work/links.before"
  cat /proc/sys/net/ipv4/ip_forward >"$work/ip-forward.before"
  export DOCKER_HOST="unix://$work/docker.sock"
  dockerd --host "$DOCKER_HOST" --data-root "$work/engine" --exec-root "$work/exec" --pidfile "$work/dockerd.pid" \
    --live-restore=false >"$work/dockerd.log" 2>&1 &
  engine_pid=$!
  for _ in $(seq 150); do
    docker info >/dev/null 2>&1 && { echo "engine: $(docker version --format '{{.Server.Version}}'), started for this run"; return; }
    kill -0 "$engine_pid" 2>/dev/null || break
    sleep 0.2
  done
  tail -n 20 "$work/dockerd.log" >&2
  echo 'The Docker engine did not start; its last words are above.' >&2
  exit 2
}

stop_engine() {
  [ -n "$engine_pid" ] || return 0
  kill "$engine_pid" 2>/dev/null || true
  wait "$engine_pid" 2>/dev/null || true
  engine_pid=''
  local link
  for link in $(ip -o link | awk -F': ' '{print $2}' | cut -d@ -f1 | grep -E '^(docker0|br-[0-9a-f]{12})$' | sort | comm -13 "$work/links.before" -); do
    ip link delete "$link" 2>/dev/null || true
  done
  # Its rules and chains go, whatever anybody else has stays.
  local policy
  policy="$(sed -nE 's/^:FORWARD ([A-Z]+).*/\1/p' "$work/iptables.before" | head -n 1)"
  iptables-save | sed -E "/DOCKER|docker0|br-[0-9a-f]{12}/d; s/^:FORWARD [A-Z]+/:FORWARD ${policy:-ACCEPT}/" | iptables-restore
  cat "$work/ip-forward.before" >/proc/sys/net/ipv4/ip_forward
  awk -v work="$work/" 'index($2, work) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r -n 1 umount -l
}

# Compose v2 and buildx: what the machine has, else Debian's packages unpacked beside the run.
use_compose() {
  if docker compose version >/dev/null 2>&1 && docker buildx version >/dev/null 2>&1; then return; fi
  export DOCKER_CONFIG="$work/config"
  mkdir -p "$DOCKER_CONFIG/cli-plugins" "$work/apt/lists/partial" "$work/apt/cache/archives/partial"
  # A newer release than the machine's may be, from where the machine gets its own.
  local mirror
  mirror="$(apt-get indextargets --format '$(REPO_URI)' | grep -E '/debian/?$' | head -n 1)" ||
    { echo 'Docker has no compose plugin, and this is no Debian to get it from.' >&2; exit 2; }
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$work/apt/sources"
  local apt=(apt-get -qq -o "Dir::Etc::sourcelist=$work/apt/sources" -o Dir::Etc::sourceparts=- -o APT::Sandbox::User=root
    -o "Dir::State::lists=$work/apt/lists" -o "Dir::Cache=$work/apt/cache")
  "${apt[@]}" update
  (cd "$work/apt" && "${apt[@]}" download docker-compose docker-buildx && for package in *.deb; do dpkg -x "$package" unpacked; done)
  cp "$work"/apt/unpacked/usr/libexec/docker/cli-plugins/* "$DOCKER_CONFIG/cli-plugins/"
  docker compose version >/dev/null || { echo 'Docker has no compose plugin, and it could not be had.' >&2; exit 2; }
}
