#!/bin/sh
set -eu
mkdir -p "$HOME"
if [ $# -gt 0 ]; then exec "$@"; fi
exec gitea web
