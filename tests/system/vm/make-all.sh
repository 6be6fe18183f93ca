#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# make-all.sh FOLDER: everything for the machine with simulated devices of Debian 12, from the distribution's packages: kernel, modules
# of simulated GPIO and I2C, root file system. As root; some minutes.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1" && cd "$1"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends qemu-system-x86 qemu-utils mmdebstrap busybox-static cpio kmod xxd xz-utils \
  zstd e2fsprogs python3 make gcc linux-source-6.1 >/dev/null
KERNEL=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image/{print $2; exit}')
apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends "linux-headers-${KERNEL#linux-image-}" >/dev/null
rm -rf gpio-sim i2c-sim ./*.deb
cp -r "$HERE/gpio-sim" "$HERE/i2c-sim" .
apt-get download -qq "$KERNEL"
gpio-sim/fetch-source.sh
make -s -C gpio-sim KDIR="/usr/src/linux-headers-${KERNEL#linux-image-}"
make -s -C i2c-sim KDIR="/usr/src/linux-headers-${KERNEL#linux-image-}"
EXTRA_PKGS=libgps28,libmosquitto1,libpcre2-8-0,python3,mosquitto,mosquitto-clients "$HERE/make-rootfs.sh" bookworm amd64 rootfs.tar
"$HERE/make-image.sh" rootfs.tar "${KERNEL}"_*.deb image gpio-sim/gpio-sim.ko i2c-sim/i2c-sim.ko
rm -f rootfs.tar
