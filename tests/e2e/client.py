#!/usr/bin/env python3
"""
client.py ADDRESS FILE - a client of the address, as users are: one echo request each 20 ms. Besides it asks by ARP who has
the address, each 50 ms. Writes a line for everything with the monotonic time: "s TIME NUMBER" sent, "r TIME NUMBER" answered,
"a TIME MAC" somebody says that the address is his.
"""
import os
import select
import socket
import struct
import sys
import time

ECHO_EVERY, ARP_EVERY = 0.02, 0.05
INTERFACE = "net0"


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def echo(mark, number):
    body = struct.pack("!HHI", mark, number & 0xFFFF, number)
    return struct.pack("!BBH", 8, 0, checksum(b"\x08\x00\x00\x00" + body)) + body


def question(my_mac, target):
    return (b"\xff" * 6 + my_mac + b"\x08\x06" + b"\0\1\x08\0\6\4\0\1" + my_mac + b"\0" * 4 + b"\0" * 6 + target)


def main():
    address, path = sys.argv[1:]
    target, mark = socket.inet_aton(address), os.getpid() & 0xFFFF
    icmp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    icmp.setblocking(False)
    arp = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
    arp.bind((INTERFACE, 0))
    arp.setblocking(False)
    mine = arp.getsockname()[4]
    number, next_echo, next_arp = 0, time.monotonic(), time.monotonic()
    with open(path, "w", buffering=1) as out:
        while True:
            now = time.monotonic()
            if now >= next_echo:
                number, next_echo = number + 1, max(next_echo + ECHO_EVERY, now)
                out.write("s %.4f %d\n" % (now, number))
                try:
                    icmp.sendto(echo(mark, number), (address, 0))
                except OSError:
                    pass                               # nobody answers ARP; the request counts as sent
            if now >= next_arp:
                next_arp = max(next_arp + ARP_EVERY, now)
                arp.send(question(mine, target))
            ready = select.select([icmp, arp], [], [], max(0.0, min(next_echo, next_arp) - time.monotonic()))[0]
            now = time.monotonic()
            if icmp in ready:
                packet = icmp.recv(2048)
                if len(packet) >= 32 and packet[20] == 0 and packet[12:16] == target and packet[24:26] == struct.pack("!H", mark):
                    out.write("r %.4f %d\n" % (now, struct.unpack("!I", packet[28:32])[0]))
            if arp in ready:
                frame = arp.recv(2048)
                if len(frame) >= 42 and frame[28:32] == target and frame[22:28] != mine:
                    out.write("a %.4f %s\n" % (now, frame[22:28].hex(":")))


if __name__ == "__main__":
    main()
