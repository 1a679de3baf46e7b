#!/usr/bin/env python3
"""flood.py NAMESPACE ADDRESS RATE SECONDS HEX: the same datagram again and again; prints how many were sent."""
import socket
import sys
import time

from lab import PORT, inside


def main():
    namespace, address, rate, seconds, payload = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
    payload = bytes.fromhex(payload)
    with inside(namespace):
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.77.0.1"))
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"br0")
    begin = time.monotonic()
    sent = 0
    while True:
        elapsed = time.monotonic() - begin
        if elapsed >= seconds:
            break
        due = int(elapsed * rate)
        while sent < due:
            try:
                sender.sendto(payload, (address, PORT))
            except OSError:
                pass
            sent += 1
        time.sleep(0.0005)
    print(sent)


if __name__ == "__main__":
    main()
