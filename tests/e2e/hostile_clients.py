"""Clients that mean a daemon ill: slow ones that never end their request, oversized and half-closed ones, long bodies
without a token, garbage behind good requests, and bytes that are neither HTTP nor TLS; to a daemon with TLS they say all
that through it, too, and some leave in the middle of a handshake. Run as a program they attack PORT, PAUSE seconds
between two connections, until their standard input ends, and say how many connections they made; a third argument says
that the daemon speaks TLS."""

import os
import socket
import ssl
import sys
import threading
import time

SLOW = 100
LONG = b'{"a": [' + b"0, " * 500_000 + b"0]}"  # within all limits, and dear to read


def credulous():
    """TLS with anybody."""
    out = ssl.create_default_context()
    out.check_hostname = False
    out.verify_mode = ssl.CERT_NONE
    return out


def connect(port):
    out = socket.create_connection(("127.0.0.1", port))
    out.settimeout(5)
    return out


def hello():
    """The beginning of a good handshake, which nothing follows."""
    sent = ssl.MemoryBIO()
    try:
        credulous().wrap_bio(ssl.MemoryBIO(), sent).do_handshake()
    except ssl.SSLWantReadError:
        pass
    return sent.read()


def attacks():
    garbage = os.urandom(4096)
    return (garbage, b"GET /health HTTP/1.1\r\nHost: h\r\n\r\n" * 50 + garbage,
            b"POST /v1/experiments HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf",
            b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"x" * 30000,
            b"POST /v1/experiments HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % len(LONG) + LONG,
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + garbage)


def strike(port, bytes_, context=None):
    one = connect(port)
    try:
        if context:
            one = context.wrap_socket(one)
        one.sendall(bytes_)
        one.shutdown(socket.SHUT_WR)
        while one.recv(65536):
            pass
    except OSError:
        pass
    one.close()


def attack(port, stop, pause=0, context=None):
    """Everything at once, again and again; how many connections it took."""
    slow = [connect(port) for _ in range(SLOW)]
    made = len(slow)
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
                    made += 1
            strikes = [(x, None) for x in attacks()]
            if context:
                strikes += [(x, context) for x in attacks()] + [(hello(), None)]
            for bytes_, through in strikes:
                strike(port, bytes_, through)
                made += 1
                if pause:
                    time.sleep(pause)
    finally:
        for each in slow:
            each.close()
    return made


def main():
    port, pause = int(sys.argv[1]), float(sys.argv[2])
    context = credulous() if len(sys.argv) > 3 else None
    over = threading.Event()
    made = []
    attackers = [threading.Thread(target=lambda: made.append(attack(port, over, pause, context))) for _ in range(2)]
    begin = time.monotonic()
    for one in attackers:
        one.start()
    sys.stdin.read()
    over.set()
    for one in attackers:
        one.join()
    print(sum(made), time.monotonic() - begin)


if __name__ == "__main__":
    main()
