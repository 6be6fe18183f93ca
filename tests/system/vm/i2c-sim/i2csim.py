#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays the chips of the i2c-sim bus (modprobe i2c-sim; i2cdetect -l names it "i2c-sim").  i2csim.py [CONTROL_FIFO]
A chip is an object with write(bytes) and read(n) -> bytes; Nack from either is "no acknowledge". Commands on the FIFO:
  set ADDR NAME VALUE     an attribute of the chip, e.g. "set 0x44 celsius 21.5"
  nack ADDR N             the next N transfers with it fail
"""
import errno, os, select, struct, sys, time

class Nack(Exception): pass

def crc8(b, poly=0x31, c=0xff):            # Sensirion
    for x in b:
        c ^= x
        for _ in range(8): c = (c << 1 ^ poly) & 0xff if c & 0x80 else c << 1
    return c
def words(*w): return b"".join(struct.pack(">H", x) + bytes([crc8(struct.pack(">H", x))]) for x in w)

class Registers:
    """256 bytes behind a pointer that moves on: BME280 and most others. 16-bit registers are two bytes, as on the wire."""
    def __init__(self, **regs): self.mem, self.p = bytearray(256), 0; [self.put(int(k[1:], 16), bytes.fromhex(v)) for k, v in regs.items()]
    def put(self, at, b): self.mem[at:at + len(b)] = b
    def write(self, b):
        if b: self.p = b[0]; self.put(self.p, b[1:])
    def read(self, n): r = bytes(self.mem[(self.p + i) & 255] for i in range(n)); self.p = self.p + n & 255; return r

class BH1750:
    lux, on = 320.0, False
    def write(self, b): self.on = bool(b) and b[0] != 0
    def read(self, n): return struct.pack(">H", int(self.lux * 1.2) if self.on else 0)[:n]

class SHT3x:
    celsius, humidity, ready, cmd = 21.5, 45.0, 0.0, b""
    def write(self, b):
        self.cmd = b
        if b and b[0] == 0x24: self.ready = time.monotonic() + 0.0155
    def read(self, n):
        if self.cmd == b"\xf3\x2d": return words(0x8010)[:n]
        if time.monotonic() < self.ready: raise Nack
        return words(round((self.celsius + 45) / 175 * 65535), round(self.humidity / 100 * 65535))[:n]

CHIPS = {0x23: BH1750(), 0x44: SHT3x(), 0x76: Registers(xd0="60", x88="706b436718fc7d8e43d6d00b270b8c00f9ff8c3cf8c67017", xf7="655ac07eed006b9b")}

def main(control=None):
    sim = os.open("/dev/i2c-sim", os.O_RDWR); nack = {}; fds = [sim]
    if control:
        if not os.path.exists(control): os.mkfifo(control, 0o600)
        ctl = os.open(control, os.O_RDWR | os.O_NONBLOCK); fds.append(ctl)
    while True:
        ready = select.select(fds, [], [])[0]
        if control and ctl in ready:
            for line in os.read(ctl, 4096).decode().splitlines():
                w = line.split(); a = int(w[1], 0)
                if w[0] == "set": setattr(CHIPS[a], w[2], float(w[3]))
                elif w[0] == "nack": nack[a] = int(w[2])
        if sim not in ready: continue
        b = os.read(sim, 1 << 17); seq, n = struct.unpack_from("=II", b); at, rc, out = 8, 0, b""
        try:
            for _ in range(n):
                addr, rd, ln = struct.unpack_from("=HHI", b, at); at += 8
                if addr not in CHIPS: raise Nack
                if nack.get(addr, 0) > 0: nack[addr] -= 1; raise Nack
                if rd: out += CHIPS[addr].read(ln).ljust(ln, b"\xff")
                else: CHIPS[addr].write(b[at:at + ln]); at += ln
        except Nack: rc, out = -errno.ENXIO, b""
        try: os.write(sim, struct.pack("=Ii", seq, rc) + out)
        except OSError as e:
            if e.errno != errno.ESTALE: raise
if __name__ == "__main__": main(*sys.argv[1:])
