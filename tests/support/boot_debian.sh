#!/usr/bin/env bash
# Boots systemd on a root of its own, in namespaces of its own, as a container manager would: with a
# network where nobody is but the loopback, and without a say in the kernel's settings.
#
#   boot_debian.sh ROOT GROUP
#
# ROOT is the folder of a Debian with systemd, GROUP a control group of version 2 for all of it. As root.
# Ends when systemd does; who kills this ends everything in it.
set -euo pipefail
root=$1 group=$2
if [ -z "${IN_ITS_NAMESPACES-}" ]; then
  echo $$ >"$group/cgroup.procs"
  IN_ITS_NAMESPACES=yes exec unshare --mount --propagation private --pid --uts --ipc --net --cgroup \
    --fork --kill-child -- "$0" "$@"
fi

mount --bind "$root" "$root"
mount -t proc none "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro none "$root/sys"
mount -t cgroup2 none "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 none "$root/run"
mount -t tmpfs -o mode=755 none "$root/dev"
for node in null zero full random urandom tty; do
  touch "$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t devpts -o newinstance,ptmxmode=666 none "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
# Not chroot(2) alone: who is in one can make no namespace of users, and PrivateUsers= does.
cd "$root"
mkdir -p mnt
pivot_root . mnt
exec chroot . /bin/sh -c 'umount -l /mnt
  exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=journal'
