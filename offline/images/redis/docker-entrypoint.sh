#!/bin/sh
# Starts redis-server when only its options or its configuration file are given, as the upstream image does.
set -eu

case ${1-} in
    -* | *.conf) set -- redis-server "$@" ;;
esac

# Dumps and append-only files hold the data: no rights for others.
umask 0077

exec "$@"
