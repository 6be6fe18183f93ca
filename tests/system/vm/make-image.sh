#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# make-image.sh ROOTFS.tar KERNEL.deb OUTDIR [extra.ko ...]
# Makes OUTDIR/{vmlinux|Image, initrd.gz, base.ext4} from a rootfs tarball and a Debian linux-image .deb.
# Root needed (tar unpack with owners); no loop devices or mounts are used.  EXTRA_MODS="a b": more modules of the kernel.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
ROOTTAR=$1 KDEB=$2 OUT=$3; shift 3; EXTRA_KO=("$@")
mkdir -p "$OUT"; OUT=$(realpath "$OUT"); W=$(mktemp -d "$OUT/work.XXXX"); trap 'rm -rf "$W"' EXIT
mkdir "$W/k" "$W/root" "$W/ird"
dpkg-deb -x "$KDEB" "$W/k"; VER=$(ls "$W/k/lib/modules")
ARCH=$(dpkg-deb -f "$KDEB" Architecture)
VMZ=$W/k/boot/vmlinuz-$VER
case $ARCH in
  amd64) python3 "$HERE/extract-vmlinux.py" "$VMZ" "$OUT/vmlinux";;      # PVH boot: no decompression under TCG
  arm64) cp "$VMZ" "$OUT/vmlinux"; [ "$(head -c2 "$VMZ" | xxd -p)" = 1f8b ] && zcat "$VMZ" > "$OUT/vmlinux" || true;;
esac
for ko in "${EXTRA_KO[@]}"; do install -D -m644 "$ko" "$W/k/lib/modules/$VER/extra/$(basename "$ko")"; done
[ ${#EXTRA_KO[@]} -gt 0 ] && for k in "${EXTRA_KO[@]}"; do strip --strip-debug "$W/k/lib/modules/$VER/extra/$(basename "$k")" 2>/dev/null || ${STRIP:-true} --strip-debug "$W/k/lib/modules/$VER/extra/$(basename "$k")"; done
depmod -b "$W/k" "$VER"
deps() { for m in "$@"; do modprobe -d "$W/k" -S "$VER" --show-depends "$m" 2>/dev/null | awk '$1=="insmod"{print $2}'; done | awk '!s[$0]++'; }
# --- initrd: busybox + the block/fs modules, uncompressed modules -----------------------------------
BB=${BUSYBOX:-/bin/busybox}
mkdir -p "$W/ird"/{bin,dev,proc,sys,newroot,m}; cp "$BB" "$W/ird/bin/busybox"
n=10; for m in $(deps virtio_pci virtio_mmio virtio_blk crc32c_generic ext4); do
  d=$W/ird/m/$n-$(basename "$m"); cp "$m" "$d"; case $d in *.xz) xz -d "$d";; *.zst) zstd -dq --rm "$d";; esac; n=$((n+1)); done
cat > "$W/ird/init" <<'I'
#!/bin/busybox sh
B=/bin/busybox
$B mount -t devtmpfs d /dev; $B mount -t proc p /proc
for m in /m/*; do $B insmod $m 2>/dev/null; done
i=0; while [ ! -b /dev/vda ] && [ $i -lt 200 ]; do $B usleep 20000; i=$((i+1)); done
$B mount -t ext4 -o rw,noatime /dev/vda /newroot || exec $B sh
$B mount --move /dev /newroot/dev; $B umount /proc
exec $B switch_root /newroot /sbin/init
I
chmod +x "$W/ird/init"; (cd "$W/ird"; find . | cpio -o -H newc --quiet) | gzip -1 > "$OUT/initrd.gz"
# --- root filesystem -------------------------------------------------------------------------------
tar xpf "$ROOTTAR" -C "$W/root" --numeric-owner --exclude='./dev/*'
MODS="virtio_console virtio_net virtio_rng 9p 9pnet_virtio overlay squashfs i2c-stub i2c-dev i2c-gpio gpio-sim iio-trig-sysfs iio-trig-hrtimer bmp280-i2c
 w1-gpio w1_therm lm75 autofs4 efivarfs configfs loop fuse vmw_vsock_virtio_transport sha256 binfmt_misc dm_mod ip_tables nf_tables qemu_fw_cfg"
MODS+=" jc42 bh1750 sht3x sht4x tmp102 lm73 si7020 htu21 hdc100x hdc2010 mcp9600 ti-ads1015 ina2xx ina2xx-adc ds2482 tsl2583 veml6030 opt3001
 mlx90614 mpl115_i2c bme680_i2c ccs811 scd30_i2c scd4x sps30_i2c sgp30 sgp40 at24 uinput cdc-acm ftdi_sio cp210x ch341 pl2303
 ${EXTRA_MODS:-}"
for k in "${EXTRA_KO[@]}"; do MODS+=" $(basename "$k" .ko)"; done
NO=; for m in $MODS; do [ -n "$(deps $m)" ] || grep -q "/${m//[-_]/[-_]}\.ko" "$W/k/lib/modules/$VER/modules.builtin" || NO+=" $m"; done
[ -z "$NO" ] || echo "not in this kernel:$NO" >&2
for m in $(deps $MODS); do install -D -m644 "$m" "$W/root/${m#$W/k/}"; done
cp "$W/k/lib/modules/$VER"/modules.{builtin,builtin.modinfo,order} "$W/root/lib/modules/$VER/"
depmod -b "$W/root" "$VER"
install -m755 "$HERE/guest/vm-agent" "$W/root/usr/local/sbin/vm-agent"
install -m644 "$HERE/guest/vm-agent.service" "$W/root/etc/systemd/system/vm-agent.service"
R=$W/root/etc/systemd/system; mkdir -p "$R/multi-user.target.wants"
ln -sf ../vm-agent.service "$R/multi-user.target.wants/vm-agent.service"
for u in apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer dpkg-db-backup.timer \
  getty@tty1.service systemd-firstboot.service systemd-hwdb-update.service ldconfig.service \
  modprobe@drm.service modprobe@dm_mod.service modprobe@efi_pstore.service modprobe@loop.service modprobe@fuse.service \
  sys-kernel-tracing.mount sys-kernel-debug.mount dev-hugepages.mount systemd-pstore.service systemd-update-utmp.service; do ln -sf /dev/null "$R/$u"; done
echo "/dev/vda / ext4 rw,noatime 0 0" > "$W/root/etc/fstab"
printf '%s\n' i2c-dev > "$W/root/etc/modules-load.d/vm.conf"
head -c16 /dev/urandom | xxd -p > "$W/root/etc/machine-id"
touch "$W/root/etc/.updated" "$W/root/var/.updated"
ln -sf /lib/systemd/system/multi-user.target "$W/root/etc/systemd/system/default.target"
mkdir -p "$W/root/etc/systemd/journald.conf.d" "$W/root/var/log/journal"
SIZE=${SIZE:-$(( $(du -sm "$W/root" | cut -f1) * 5 / 4 + 700 ))M}     # 700 MB free for the tests; the file is sparse
rm -f "$OUT/base.ext4"; mke2fs -q -t ext4 -O ^metadata_csum_seed -L root -d "$W/root" "$OUT/base.ext4" "$SIZE"
echo "$VER" > "$OUT/kernel-version"; ls -la --block-size=M "$OUT"; du -sh "$OUT/base.ext4"
