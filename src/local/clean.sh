#!/bin/sh -e
# Removes the run state of this checkout, unless its hotline runs.

[ -e .hotline ] || exit 0
if ! flock --nonblock .hotline/lock true; then
  echo "This checkout's hotline runs: stop it first, with Ctrl-C in its terminal." >&2
  exit 10 # alreadyRunning, see start-error.ts
fi
# The private root and the database belong to users of their own.
if [ "$(id -u)" = 0 ]; then
  rm -rf --one-file-system .hotline
else
  sudo rm -rf --one-file-system .hotline
fi
