"""What clients that wait cost the daemon: its memory before and after a thousand connections have said nothing, or a
body of 20 kB each, and two hundred readers of an event stream have come; over plain HTTP and over TLS. The aim is less
than 100 MB for the whole daemon. Usage: python3 bench/idle.py PROGRAM [CONNECTIONS] [STREAMS]"""

import base64
import resource
import shutil
import socket
import ssl
import sys
import tempfile
import time

from hostile import JOB, Place, certificate


def resident(place):
    """Megabytes."""
    with open(f"/proc/{place.daemon.process.pid}/status", encoding="utf-8") as file:
        return next(int(line.split()[1]) * 1024 / 1e6 for line in file if line.startswith("VmRSS"))


def measure(program, name, context, flags, connections, streams, blanks):
    place = Place(program, flags, context)
    waiting = []
    try:
        path = "/v1/experiments/" + place.client().post("/experiments", JOB)["id"]
        known = "Host: h\r\nAuthorization: Basic " + base64.b64encode((place.first.token + ":").encode()).decode() + "\r\n"
        observation = '{"assignments": {"x": 0.5}, "values": [{"name": "y", "value": 1}]' + " " * blanks + "}"

        def connected():
            one = socket.create_connection(("127.0.0.1", place.first.port))
            waiting.append(context.wrap_socket(one, server_hostname="127.0.0.1") if context else one)
            return waiting[-1]

        before = resident(place)
        for _ in range(connections):
            one = connected()
            if blanks:
                one.sendall(f"POST {path}/observations HTTP/1.1\r\n{known}Content-Type: application/json\r\n"
                            f"Content-Length: {len(observation)}\r\n\r\n{observation}".encode())
                if not one.recv(65536).startswith(b"HTTP/1.1 200"):
                    raise RuntimeError("refused")
        for _ in range(streams):
            one = connected()
            one.sendall(f"GET {path}/events HTTP/1.1\r\n{known}\r\n".encode())
            if not one.recv(65536).startswith(b"HTTP/1.1 200"):
                raise RuntimeError("refused")
        time.sleep(2)
        after = resident(place)
        print(f"{name:6} {connections} connections after {'a body of %d bytes each' % len(observation) if blanks else 'nothing'}, "
              f"{streams} event streams: {before:.0f} MB before, {after:.0f} MB after", flush=True)
    finally:
        for one in waiting:
            one.close()
        place.end()


def main():
    program = sys.argv[1]
    connections, streams = (int(sys.argv[i]) if len(sys.argv) > i else usual for i, usual in ((2, 1000), (3, 200)))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    folder = tempfile.mkdtemp(prefix="vilfredo-idle-")
    context, flags = certificate(folder)
    for blanks in (0, 20_000):
        measure(program, "plain", None, [], connections, streams, blanks)
        measure(program, "TLS", context, flags, connections, streams, blanks)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
