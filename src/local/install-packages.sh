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

owner=$(stat -c %U .)
as_owner() {
  if [ "$(id -u)" = 0 ] && [ "$owner" != root ] && command -v runuser > /dev/null; then
    runuser -u "$owner" -- "$@"
  else
    "$@"
  fi
}

# The package "node" and argon2 come with scripts that put their programs in place.
[ "$(as_owner npm config get ignore-scripts 2> /dev/null)" != true ] \
  || fail "npm is set to ignore-scripts=true, and the packages node and argon2 need their install scripts: run the same command again as npm_config_ignore_scripts=false make …, or npm config set ignore-scripts false."

echo "Installing the npm packages, which takes a minute or two …"
install="npm ci --no-audit --no-fund --loglevel=error"
no_network() {
  echo "The npm packages could not be installed: $1" >&2
  exit 13 # noNetwork
}
# npm itself tries for minutes, without a word. A mirror that knows no ping answers all the same.
ping=$(as_owner npm ping --fetch-retries=0 --fetch-timeout=10000 2>&1 > /dev/null || true)
case $ping in
  *EAI_AGAIN* | *ENOTFOUND* | *ECONNREFUSED* | *ENETUNREACH* | *EHOSTUNREACH* | *ETIMEDOUT* | *network-timeout* | *"network timeout"*)
    as_owner $install --offline 2> /dev/null \
      || no_network "npm cannot reach $(as_owner npm config get registry 2> /dev/null): check the network (or https_proxy), then try again."
    ;;
  *)
    as_owner $install || no_network "npm says why above (most often there is no network)."
    ;;
esac
[ -x node_modules/.bin/node ] \
  || fail "npm installed the packages without running their install scripts: run npm rebuild here and see what it says, then try again."
touch node_modules/.package-lock.json
