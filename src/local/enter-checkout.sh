#!/bin/sh -e
# Runs a program of the checkout as a user who may not enter every folder on the way to it. Called in
# a mount namespace of its own, so that every mount below ends with the program.
#
#   enter-checkout.sh UID GID [CLOSED PATH ro|rw]... -- COMMAND...
#
# CLOSED is a folder that this user may not enter. In its place the program sees a folder that holds
# each PATH, which is relative to CLOSED, and nothing else.
uid=$1 gid=$2
shift 2

covered=
while [ "$1" != -- ]; do
  if [ "$1" != "$covered" ]; then
    covered=$1
    cd "$covered" # stays the folder itself, below the mount
    mount -t tmpfs -o mode=0755,nosuid,nodev,size=1m tmpfs "$covered"
  fi
  mkdir -p "$(dirname "$covered/$2")"
  if [ -d "./$2" ]; then
    mkdir -p "$covered/$2"
  elif [ ! -e "$covered/$2" ]; then # it may lie in a folder that is there already
    : > "$covered/$2"
  fi
  mount --no-canonicalize -o "bind,$3" "./$2" "$covered/$2"
  shift 3
done
shift

cd /
ulimit -c 0 # a core file would hold what callers keyed
exec setpriv --reuid "$uid" --regid "$gid" --clear-groups --no-new-privs --inh-caps=-all --pdeathsig KILL -- "$@"
