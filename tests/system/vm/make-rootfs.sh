#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# make-rootfs.sh SUITE ARCH OUT.tar  - minimal Debian rootfs tarball with systemd, dbus, polkit, gpiod, i2c-tools
# and the runtime libraries of the daemon.  Needs root, mmdebstrap; for a foreign ARCH: qemu-user-static + binfmt.
set -euo pipefail
SUITE=$1 ARCH=$2 OUT=$3
PKGS=systemd,systemd-sysv,udev,dbus,polkitd,kmod,libpam-systemd,gpiod,i2c-tools,iproute2,procps,e2fsprogs,strace
PKGS+=,libsystemd0,sqlite3,openssl,ca-certificates
case $SUITE in
  bookworm) PKGS+=,libsdbus-c++1,libgpiod2,libyaml-cpp0.7,libsqlite3-0,libssl3,libfmt9,libhwy1,libboost-json1.81.0,libqrencode4;;
  trixie)   PKGS+=,libsdbus-c++2,libgpiod3,libyaml-cpp0.8,libsqlite3-0,libssl3t64,libfmt10,libhwy1t64,libboost-json1.83.0,libqrencode4;;
esac
mmdebstrap --variant=minbase --architectures="$ARCH" --include="$PKGS${EXTRA_PKGS:+,$EXTRA_PKGS}" \
  --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
  --customize-hook='chroot "$1" passwd -d root >/dev/null' \
  --customize-hook='echo vm > "$1/etc/hostname"; echo "127.0.0.1 localhost vm" > "$1/etc/hosts"' \
  --customize-hook='rm -rf "$1"/var/cache/apt/*.bin "$1"/var/lib/apt/lists/*' \
  "$SUITE" "$OUT"
