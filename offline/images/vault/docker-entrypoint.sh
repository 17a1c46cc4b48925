#!/bin/sh
# Starts Vault: `server` alone reads /vault/config, options and subcommands go to vault, anything else is a command.
set -eu

case ${1-} in
    server) shift && set -- vault server -config=/vault/config "$@" ;;
    -*) set -- vault "$@" ;;
    vault) ;;
    *) if [ -n "${1-}" ] && vault "$1" -help >/dev/null 2>&1; then set -- vault "$@"; fi ;;
esac

exec "$@"
