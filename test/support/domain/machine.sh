#!/bin/sh
# Keeps the namespaces of one machine, and clears everything away once its owner is gone, however that ended.
# Usage, in a mount and a UTS namespace of its own: machine.sh FOLDER NAME ADDRESS [FROM]
#   FOLDER/files holds what covers the folders and files of the same path
#   FROM is the address that connections to this machine come from; by default its own
# Says "ready", then waits for the end of stdin.
set -eu
folder=$1 name=$2 address=$3 from=${4:-$3}

hostname "$name"
ip link set lo up
ip address add "$address/32" dev lo
ip route replace local "$address" dev lo table local proto kernel scope host src "$from"

cover() { mount --bind "$folder/files$1" "$1"; }
for path in /run /var/lib/samba /var/cache/samba /var/log/samba /etc/samba; do cover "$path"; done
# Where resolv.conf is a link into /run, what it leads to has just been covered.
target=$(readlink -m /etc/resolv.conf)
case $target in /run/*) mkdir -p "${target%/*}" && : >"$target" ;; esac
for path in "$folder"/files/etc/*; do
  if [ -f "$path" ]; then cover "/etc/${path##*/}"; fi
done

echo ready
cat >/dev/null || :

tries=0 left=some
while [ -n "$left" ] && [ "$tries" -lt 200 ]; do
  left=
  for entry in /proc/[0-9]*; do
    pid=${entry#/proc/}
    if [ "$pid" != $$ ] && [ "$entry/ns/mnt" -ef /proc/$$/ns/mnt ]; then
      left=some
      kill -KILL "$pid" 2>/dev/null || :
    fi
  done
  if [ -n "$left" ]; then sleep 0.02; fi
  tries=$((tries + 1))
done
rm -rf --one-file-system "$folder"
