"""Clients that mean a daemon ill: slow ones that never end their request, oversized and half-closed ones, long bodies
without a token, garbage behind good requests, and bytes that are neither HTTP nor TLS. Run as a program they attack
PORT, PAUSE seconds between two connections, until their standard input ends."""

import os
import socket
import sys
import threading
import time

SLOW = 100
LONG = b'{"a": [' + b"0, " * 500_000 + b"0]}"  # within all limits, and dear to read


def connect(port):
    out = socket.create_connection(("127.0.0.1", port))
    out.settimeout(5)
    return out


def attacks():
    garbage = os.urandom(4096)
    return (garbage, b"GET /health HTTP/1.1\r\nHost: h\r\n\r\n" * 50 + garbage,
            b"POST /v1/experiments HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf",
            b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"x" * 30000,
            b"POST /v1/experiments HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % len(LONG) + LONG,
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + garbage)


def attack(port, stop, pause=0):
    """Everything at once, again and again."""
    slow = [connect(port) for _ in range(SLOW)]
    try:
        for each in slow:
            each.sendall(b"GET /v1/experiments HTTP/1.1\r\n")
        while not stop.is_set():
            for i, each in enumerate(slow):
                try:
                    each.sendall(b"X: y\r\n")
                except OSError:
                    each.close()
                    slow[i] = connect(port)
            for bytes_ in attacks():
                one = connect(port)
                try:
                    one.sendall(bytes_)
                    one.shutdown(socket.SHUT_WR)
                    while one.recv(65536):
                        pass
                except OSError:
                    pass
                one.close()
                if pause:
                    time.sleep(pause)
    finally:
        for each in slow:
            each.close()


if __name__ == "__main__":
    over = threading.Event()
    attackers = [threading.Thread(target=attack, args=(int(sys.argv[1]), over, float(sys.argv[2]))) for _ in range(2)]
    for one in attackers:
        one.start()
    sys.stdin.read()
    over.set()
    for one in attackers:
        one.join()
