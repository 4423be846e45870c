#!/bin/sh
# Installs what is missing from the operating system, where that is possible: Linux with apt-get, as root.
# usage: system_libraries.sh [library|command]:PACKAGE ...   (Debian packages; a library has ".so" in its name)
set -u
[ "$(uname -s)" = Linux ] || exit 0
PATH="$PATH:/sbin:/usr/sbin"
known=$(ldconfig -p 2>/dev/null || true)
missing=
for pair in "$@"; do
  name=${pair%%:*}
  case $name in
  *.so*) case $known in *"$name"*) continue ;; esac ;;
  *) command -v "$name" >/dev/null && continue ;;
  esac
  missing="$missing ${pair##*:}"
done
[ -n "$missing" ] || exit 0
echo "Missing from the operating system:$missing (names of the Debian packages)"
if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
  echo "Only root can install them (apt-get install$missing); going on without them."
  exit 0
fi
# shellcheck disable=SC2086 # a list of words
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null ||
  echo "They could not be installed; going on without them."
