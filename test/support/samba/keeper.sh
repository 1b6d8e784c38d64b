#!/bin/sh
# Keeps the mounts of one private Samba, and clears everything away once its owner is gone, however that ended.
# Usage: keeper.sh private|shared ROOT FOLDER INSIDE
#   INSIDE is FOLDER as seen from within ROOT
#   private  run by `unshare --mount`: the files of FOLDER/etc cover those of ROOT/etc; all that lives in here is ended
#   shared   no mounts; what runs in ROOT and names INSIDE/smb.conf is ended, and the sessions (setsid) that such a process leads
# Says "ready", then waits for the end of stdin.
set -eu
mode=$1 root=${2%/} folder=$3 mark=$4/smb.conf

if [ "$mode" = private ]; then
  if [ -n "$root" ]; then
    mount --rbind /proc "$root/proc"
    mount --rbind /dev "$root/dev"
  fi
  for file in "$folder"/etc/*; do
    target=$root/etc/${file##*/}
    if [ -f "$target" ]; then mount --bind "$file" "$target"; fi
  done
fi

is_ours() {
  if [ "$mode" = private ]; then
    [ "/proc/$1/ns/mnt" -ef /proc/$$/ns/mnt ]
  else
    is_marked "$1"
  fi
}

sessions=

# smbd's children may have written another title over their arguments, but they stay in its session.
is_marked() {
  pid=$1 stat= arguments=
  { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || return 1
  set -- ${stat##*) }
  state=$1 session=$4
  if [ "$state" = Z ]; then return 1; fi
  case " $sessions " in *" $session "*) return 0 ;; esac
  [ "/proc/$pid/root" -ef "$root/." ] || return 1
  { read -r arguments <"/proc/$pid/cmdline"; } 2>/dev/null || :
  case $arguments in *"$mark"*) ;; *) return 1 ;; esac
  if [ "$session" = "$pid" ]; then sessions="$sessions $session"; fi
}

echo ready
cat >/dev/null || :

tries=0 left=some
while [ -n "$left" ] && [ "$tries" -lt 200 ]; do
  left=
  for entry in /proc/[0-9]*; do
    pid=${entry#/proc/}
    if [ "$pid" != $$ ] && is_ours "$pid"; then
      left=some
      kill -KILL "$pid" 2>/dev/null || :
    fi
  done
  if [ -n "$left" ]; then sleep 0.02; fi
  tries=$((tries + 1))
done
rm -rf --one-file-system "$folder"
