#!/usr/bin/env bash
# Runs a program as the container of a pod would be: on a root of its own, in which its account's token is and,
# where they are mounted, the host's control groups; as its user, with its capabilities and no others.
#
#   as_pod.sh ROOT ACCOUNT GROUPS USER CAPABILITIES PROGRAM WORD…
#
# ROOT is an empty folder, ACCOUNT one with token and ca.crt, GROUPS where control groups are, or -, and
# CAPABILITIES what setpriv takes. As root; the kernel has nothing to do with a pod's images and filters.
set -euo pipefail
if [ -z "${IN_ITS_ROOT-}" ]; then
  IN_ITS_ROOT=yes exec unshare --mount --propagation private -- "$0" "$@"
fi
root=$1 account=$2 groups=$3 user=$4 capabilities=$5
shift 5

mount -t tmpfs none "$root"
for one in /*; do
  if [ -L "$one" ]; then
    cp -P "$one" "$root$one"
  elif [ -d "$one" ] && [ "$one" != /run ]; then
    mkdir "$root$one"
    mount --rbind "$one" "$root$one"
  fi
done
# A container sees its own groups there, and no others.
mount -t tmpfs none "$root/sys/fs/cgroup"
token=$root/run/secrets/kubernetes.io/serviceaccount
mkdir -p "$token"
mount --bind "$account" "$token"
if [ "$groups" != - ]; then
  mkdir -p "$root$groups"
  mount --rbind /sys/fs/cgroup "$root$groups"
  mount -o remount,bind,ro "$root$groups"
fi
exec chroot "$root" setpriv --reuid="$user" --regid="$user" --clear-groups --inh-caps=-all \
  --bounding-set="$capabilities" --no-new-privs --pdeathsig KILL "$@"
