#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays the chips of tests/system/devices on the bus "i2c-sim", from their data sheets and apart from the drivers and their unit tests:
chips.py CONTROL_FIFO. Commands are those of i2csim.py, and "silent 0|1" (the player does not answer at all)."""
import sys
import time

sys.path.insert(0, "/root")
import i2csim  # noqa: E402
from i2csim import Nack, Registers, words  # noqa: E402


class Bme280(Registers):
    """The example of BST-BMP280-DS001 3.12: 25.08 degrees and 1006.53 hPa; the humidity of a usual chip. Three values to choose from by `celsius`."""
    def __init__(self):
        super().__init__(xd0="60", x88="706b436718fc7d8e43d6d00b270b8c00f9ff8c3cf8c67017", xa1="4b", xe1="6a010014051e1e")
        self.celsius = 25.08

    def write(self, b):
        super().write(b)
        if len(b) > 1 and b[0] == 0xF4 and b[1] & 3 == 1:  # forced: one measurement
            counts = {25.08: 519888, 0.0: 442720}.get(self.celsius, 519888)
            self.put(0xFA, bytes([counts >> 12, counts >> 4 & 255, (counts & 15) << 4]))
            self.put(0xF7, bytes([415148 >> 12, 415148 >> 4 & 255, (415148 & 15) << 4]))
            self.put(0xFD, (30000).to_bytes(2, "big"))
        if len(b) > 1 and b[0] == 0xE0:
            self.put(0xF7, bytes([0x80, 0, 0, 0x80, 0, 0, 0x80, 0]))


class Mcp9808:
    celsius, p = 21.0625, 0

    def write(self, b):
        self.p = b[0] if b else self.p

    def read(self, n):
        word = {0x06: 0x0054, 0x07: 0x0400, 0x05: int(self.celsius * 16) & 0x1FFF}.get(self.p, 0)
        return word.to_bytes(2, "big")[:n]


class Scd4x:
    co2, celsius, humidity, crc = 612, 22.5, 48.0, 0
    measuring, answer, next = False, b"", 0.0

    def write(self, b):
        code = int.from_bytes(b[:2], "big")
        now = time.monotonic()
        self.answer = b""
        if code == 0x3F86:
            self.measuring = False
        elif code == 0xE4B8:
            self.answer = words(0x8006 if self.measuring and now >= self.next else 0x8000)
        elif code == 0xEC05 and self.measuring:
            self.next = now + 5
            self.answer = words(int(self.co2), round((self.celsius + 45) / 175 * 65535), round(self.humidity / 100 * 65535))
        elif self.measuring:
            raise Nack
        elif code == 0x3682:
            self.answer = words(0x0001, 0x0002, 0x0003)
        elif code == 0x21B1:
            self.measuring, self.next = True, now + 5

    def read(self, n):
        if not self.answer:
            raise Nack
        got = bytearray(self.answer[:n])
        if self.crc and len(got) == 9:
            got[2] ^= 1
        return bytes(got)


class Sht3x(i2csim.SHT3x):
    """With a serial number, and a checksum that may be wrong."""
    crc = 0

    def read(self, n):
        if self.cmd == b"\x36\x82":
            return words(0x1234, 0x5678)[:n]
        got = bytearray(super().read(n))
        if self.crc and self.cmd[:1] == b"\x24":
            got[2] ^= 1
        return bytes(got)


i2csim.CHIPS.clear()
i2csim.CHIPS.update({0x18: Mcp9808(), 0x23: i2csim.BH1750(), 0x44: Sht3x(), 0x62: Scd4x(), 0x76: Bme280()})
i2csim.main(*sys.argv[1:])
