#!/bin/sh -e
# Runs one service inside the private Debian root. Called in mount and pid namespaces of its own,
# so that every mount below ends with the service.
#
#   enter-root.sh ROOT USER [SOURCE TARGET ro|rw]... -- COMMAND...
#
# The root is read-only: the service writes only to the folders given and to /tmp.
root=$1 user=$2
shift 2

mount -o bind,ro "$root" "$root"
cd "$root" # the way in just mounted, not the folder below it
mount -t proc -o nosuid,nodev,noexec proc proc
mount -t tmpfs -o mode=1777,nosuid,nodev tmp tmp
mount -t tmpfs -o mode=0755,nosuid,nodev run run
mount -t tmpfs -o mode=0755,nosuid,noexec dev dev
for device in null zero full random urandom; do
  : > "dev/$device"
  mount -o bind "/dev/$device" "dev/$device"
done
while [ "$1" != -- ]; do
  mkdir -p ".$2" # for those below /run; the others are in the root
  mount -o "bind,$3" "$1" ".$2"
  shift 3
done
shift

ulimit -c 0 # a core file would hold what callers keyed
ulimit -n "$(ulimit -Hn)" # a terminal's 1024 is short of calls and tables
# Becoming another user clears the order to die with the parent: give it again (prctl(2)).
exec chroot . setpriv --reuid "$user" --regid "$user" --init-groups --no-new-privs --inh-caps=-all --pdeathsig KILL -- "$@"
