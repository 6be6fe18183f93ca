# SPDX-License-Identifier: Apache-2.0
"""hung_file.py SOCKET_FD PID: a file of a file system whose server answers everybody but the threads of process PID.

Sends an open descriptor of it over the socket and serves until it is killed, which ends all that hangs. Needs root and /dev/fuse; the mount is in a mount
namespace of its own and goes with this process. Only what it takes to open the file is answered (linux/fuse.h)."""
import ctypes
import os
import socket
import struct
import sys
import tempfile

CLONE_NEWNS, MS_REC_PRIVATE = 0x20000, 0x44000
GETATTR, OPEN, FLUSH, INIT = 3, 14, 25, 26
libc = ctypes.CDLL(None, use_errno=True)


def check(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def answer(device, unique, body, error=0):
    os.write(device, struct.pack("<IiQ", 16 + len(body), error, unique) + body)


def attributes():
    return struct.pack("<6Q10I", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0o100666, 1, 0, 0, 0, 4096, 0)


def serve(device, victim):
    while True:
        request = os.read(device, 1 << 17)
        _, code, unique, _, _, _, caller = struct.unpack_from("<IIQQIII", request)
        if code == INIT:
            answer(device, unique, struct.pack("<4I2H2I2HII6I", 7, 31, 0, 0, 16, 12, 65536, 1, 16, 0, 0, 0, *[0] * 6))
        elif os.path.exists(f"/proc/{victim}/task/{caller}"):
            continue  # it hangs
        elif code == GETATTR:
            answer(device, unique, struct.pack("<QII", 0, 0, 0) + attributes())
        elif code == OPEN:
            answer(device, unique, struct.pack("<QII", 1, 0, 0))
        elif code == FLUSH:
            answer(device, unique, b"")
        else:
            answer(device, unique, b"", -38)


def send_file(channel, place):
    fd = os.open(place, os.O_RDWR)
    socket.send_fds(channel, [b"x"], [fd])


def main():
    channel = socket.socket(fileno=int(sys.argv[1]))
    check(libc.unshare(CLONE_NEWNS))
    check(libc.mount(b"none", b"/", None, MS_REC_PRIVATE, None))
    device = os.open("/dev/fuse", os.O_RDWR)
    with tempfile.NamedTemporaryFile() as place:
        options = f"fd={device},rootmode=100666,user_id=0,group_id=0,allow_other".encode()
        check(libc.mount(b"hung", place.name.encode(), b"fuse", 0, options))
        # The server holds no file of its own: it could not end, since closing one would ask itself.
        if os.fork() == 0:
            os.close(device)
            send_file(channel, place.name)
            os._exit(0)
        channel.close()
        serve(device, sys.argv[2])


main()
