#!/bin/bash
# Starts PostgreSQL and, on an empty volume, makes the cluster first. It takes the settings of the upstream image
# (POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD_FILE, POSTGRES_INITDB_ARGS, POSTGRES_HOST_AUTH_METHOD, PGDATA and
# /docker-entrypoint-initdb.d), never runs as root and writes to the volume, /tmp and the socket folder only.
#
# A cluster appears as a whole or not at all: it is made in `$PGDATA/.initialising`, and PG_VERSION, by which PostgreSQL
# and this script know a cluster, is moved up last. A container that is killed half-way starts over.
set -Eeuo pipefail
shopt -s nullglob

readonly unfinished="$PGDATA/.initialising"

say() { printf 'docker-entrypoint: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# setting NAME DEFAULT: what NAME says, or the file that NAME_FILE names, or the default.
setting() {
    local -r name=$1 default=$2 file_variable="${1}_FILE"
    local -r file=${!file_variable-}
    if [[ -n ${!name-} && -n $file ]]; then die "$name and $file_variable are both set: set one"; fi
    if [[ -z $file ]]; then printf '%s' "${!name:-$default}"; return; fi
    [[ -r $file ]] || die "$file_variable: cannot read $file as uid $(id -u)"
    printf '%s' "$(<"$file")"
}

check_settings() {
    [[ -z ${POSTGRES_PASSWORD-} ]] \
        || die 'POSTGRES_PASSWORD is set: this image takes no secret from the environment, set POSTGRES_PASSWORD_FILE'
    if [[ $host_method != trust ]]; then
        [[ -n ${POSTGRES_PASSWORD_FILE-} ]] || die 'POSTGRES_PASSWORD_FILE is not set: name a file with the password'
        [[ -r $POSTGRES_PASSWORD_FILE && -s $POSTGRES_PASSWORD_FILE ]] \
            || die "POSTGRES_PASSWORD_FILE: $POSTGRES_PASSWORD_FILE is empty or not readable by uid $(id -u)"
    fi
}

# prepare_volume: leaves $PGDATA empty and ours, or says what is in the way.
prepare_volume() {
    mkdir -p "$PGDATA" 2>/dev/null || die "cannot create $PGDATA as uid $(id -u): give its volume to that user"
    chmod 0700 "$PGDATA" 2>/dev/null || die "$PGDATA does not belong to uid $(id -u): give its volume to that user"
    if [[ -d $unfinished ]]; then
        say 'an earlier start was interrupted before the cluster was complete: starting over'
        find "$PGDATA" -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf {} +
    fi
    local -r strangers=$(find "$PGDATA" -mindepth 1 -maxdepth 1 ! -name lost+found | head -3)
    [[ -z $strangers ]] || die "$PGDATA has no PG_VERSION but is not empty (${strangers//$'\n'/, }): refusing to touch it"
}

# run_scripts: what /docker-entrypoint-initdb.d holds, in the order of the names.
run_scripts() {
    local script
    for script in /docker-entrypoint-initdb.d/*; do
        say "running $script"
        case $script in
            *.sh) if [[ -x $script ]]; then "$script"; else . "$script"; fi ;;
            *.sql) psql --file="$script" ;;
            *.sql.gz) gunzip --stdout "$script" | psql ;;
            *.sql.xz) xz --decompress --stdout "$script" | psql ;;
            *.sql.zst) zstd --decompress --stdout "$script" | psql ;;
            *) say "ignoring $script" ;;
        esac
    done
}

# The scripts call this name too, as they do in the upstream image.
psql() { command psql --no-psqlrc --no-password --set=ON_ERROR_STOP=1 "$@"; }

make_cluster() {
    local -a arguments
    eval "arguments=(${POSTGRES_INITDB_ARGS-})"
    if [[ -n ${POSTGRES_PASSWORD_FILE-} ]]; then arguments+=("--pwfile=$POSTGRES_PASSWORD_FILE"); fi

    mkdir -m 0700 "$unfinished"
    initdb --pgdata="$unfinished" --username="$user" "${arguments[@]}" >&2
    printf '\nhost all all all %s\n' "$host_method" >> "$unfinished/pg_hba.conf"

    # A server that only this script can reach: its socket is in a folder of its own, so no health check sees it, and it
    # trusts whoever gets there, whatever the cluster's own rules will be.
    local -r sockets=$(mktemp -d)
    echo 'local all all trust' > "$sockets/pg_hba.conf"
    local -r options="-c listen_addresses='' -c unix_socket_directories='$sockets' -c hba_file='$sockets/pg_hba.conf'"
    (
        export PGDATA=$unfinished PGHOST=$sockets PGUSER=$user PGDATABASE=postgres
        pg_ctl --silent --wait --options="$options" start >&2
        trap 'pg_ctl --silent --wait --mode=fast stop >&2' EXIT
        if [[ $database != postgres ]]; then
            psql --quiet --set=name="$database" <<< 'CREATE DATABASE :"name";'
        fi
        export PGDATABASE=$database POSTGRES_USER=$user POSTGRES_DB=$database
        run_scripts
    )
    rm -rf "$sockets"

    find "$unfinished" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv --target-directory="$PGDATA" {} +
    sync
    mv "$unfinished/PG_VERSION" "$PGDATA/"
    rmdir "$unfinished"
    say "the cluster is complete: user $user, database $database"
}

if [[ ${1-} == -* ]]; then set -- postgres "$@"; fi
if [[ ${1-} != postgres || " $* " =~ \ (--help|--version|-V|-C|--describe-config)\  ]]; then exec "$@"; fi

[[ $(id -u) != 0 ]] || die 'running as root: start the container with --user 999:999'

if [[ ! -s $PGDATA/PG_VERSION ]]; then
    user=$(setting POSTGRES_USER postgres)
    database=$(setting POSTGRES_DB "$user")
    POSTGRES_INITDB_ARGS=$(setting POSTGRES_INITDB_ARGS '')
    host_method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
    readonly user database host_method
    check_settings
    prepare_volume
    make_cluster
elif [[ -d $unfinished ]]; then
    rmdir "$unfinished"
fi

exec "$@"
