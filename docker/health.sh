#!/bin/sh
# hotline-health PROCESS SECONDS COMMAND …: the health check of a container.
#
# Runs the command, and exits as it does. Docker starts nothing again because it is unhealthy, only what has
# ended: so a command that gets no answer in this time ends the process of this name, and `restart:` starts
# it again. A command that fails at once (nobody listens yet) ends nothing.
process=$1 seconds=$2
shift 2
timeout --kill-after=1 "$seconds" "$@"
code=$?
if [ "$code" -eq 124 ] || [ "$code" -eq 137 ]; then
  echo "$process has not answered for $seconds s: ending it" >&2
  for folder in /proc/[0-9]*; do
    if [ "$(cat "$folder/comm" 2>/dev/null)" = "$process" ]; then kill -KILL "${folder#/proc/}"; fi
  done
fi
exit "$code"
