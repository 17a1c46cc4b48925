#!/bin/bash
# Starts MariaDB and, on an empty volume, makes the system's tables first. It never runs as root and writes to the volume, /tmp and the
# socket folder only.
#
# It takes no settings of the upstream image: there is no root for the network, and the local one has no password. Whoever
# runs as the server's own user (`docker exec`) is root over the socket.
#
# The tables appear as a whole or not at all: they are made in `.initialising`, and the folder `mysql`, by which this script
# knows them, is moved up last. A container that is killed half-way starts over.
set -Eeuo pipefail

readonly data=/var/lib/mysql unfinished=/var/lib/mysql/.initialising

say() { printf 'docker-entrypoint: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# prepare_volume: leaves the volume empty and ours, or says what is in the way.
prepare_volume() {
    [[ -w $data ]] || die "$data does not belong to uid $(id -u): give its volume to that user"
    if [[ -d $unfinished ]]; then
        say 'an earlier start was interrupted before the tables were complete: starting over'
        find "$data" -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf {} +
    fi
    local -r strangers=$(find "$data" -mindepth 1 -maxdepth 1 ! -name lost+found | head -3)
    [[ -z $strangers ]] || die "$data has no folder mysql but is not empty (${strangers//$'\n'/, }): refusing to touch it"
}

make_tables() {
    mkdir -m 0700 "$unfinished"
    mariadb-install-db --datadir="$unfinished" --skip-test-db --cross-bootstrap \
        --auth-root-authentication-method=socket --auth-root-socket-user=mysql >&2
    find "$unfinished" -mindepth 1 -maxdepth 1 ! -name mysql -exec mv --target-directory="$data" {} +
    sync
    mv "$unfinished/mysql" "$data/"
    rmdir "$unfinished"
    say "the system's tables are complete"
}

if [[ ${1-} == -* ]]; then set -- mariadbd "$@"; fi
if [[ ${1-} != mariadbd || " $* " =~ \ (--help|--version|-V|--print-defaults)\  ]]; then exec "$@"; fi

[[ $(id -u) != 0 ]] || die 'running as root: start the container with --user 999:999'

if [[ ! -d $data/mysql ]]; then
    prepare_volume
    make_tables
elif [[ -d $unfinished ]]; then
    rmdir "$unfinished"
fi

exec "$@"
