#!/bin/sh -e
# Installs the npm packages, with the npm of the machine, as the owner of the checkout.

fail() {
  echo "$1" >&2
  exit 15 # unsupportedMachine, see start-error.ts
}

command -v node > /dev/null || fail "node was not found: the hotline needs Node 20 or later with npm (Debian 13: apt-get install nodejs npm; Debian 12: nodejs.org)."
command -v npm > /dev/null || fail "npm was not found: it comes with Node (Debian: apt-get install npm)."
version=$(node --version)
major=${version#v}
[ "${major%%.*}" -ge 20 ] || fail "Node $version is too old: the hotline needs Node 20 or later (found at $(command -v node))."

echo "Installing the npm packages …"
owner=$(stat -c %U .)
if [ "$(id -u)" = 0 ] && [ "$owner" != root ] && command -v runuser > /dev/null; then
  runuser -u "$owner" -- npm ci --no-audit --no-fund --loglevel=error
else
  npm ci --no-audit --no-fund --loglevel=error
fi || { echo "The npm packages could not be installed: npm says why above (most often there is no network)." >&2; exit 13; } # noNetwork
touch node_modules/.package-lock.json
