#!/bin/sh
# Runs a program for as long as stdin stays open, so that it ends with whoever started it, however that ended; then
# removes FOLDER, where one is named.
# Usage: leash.sh FOLDER PROGRAM ARGUMENT...
folder=$1
shift
exec 3<&0
# What waits for the program must outlast the Ctrl-C that ends the program.
trap : INT TERM HUP
"$@" 3<&- </dev/null &
program=$!
(
  trap '' INT HUP
  read -r _ <&3
  kill "$program"
) 2>/dev/null >/dev/null &
watcher=$!

while
  wait "$program"
  status=$?
  kill -0 "$program" 2>/dev/null
do :; done
kill "$watcher" 2>/dev/null
if [ -n "$folder" ]; then rm -rf "$folder"; fi
exit "$status"
