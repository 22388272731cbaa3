"""A network that a test can break."""

import random
import socket
import threading
import time


class Wire:
    """A network between a worker and the daemon that loses connections, at bytes that a seed decides: within questions,
    and within answers. What it does not lose it may hold up for as many seconds as `slowest`, or, one time in so many,
    for ever."""

    def __init__(self, port, seed, kindest=4000, slowest=0.0, stalls_one_in=0):
        self.port = port
        self.random = random.Random(seed)
        self.kindest = kindest
        self.slowest = slowest
        self.stalls_one_in = stalls_one_in
        self.cut = self.stalled = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept, daemon=True).start()

    def address(self):
        return "http://127.0.0.1:%d" % self.server.getsockname()[1]

    def accept(self):
        while True:
            try:
                inside, _ = self.server.accept()
            except OSError:
                return  # closed
            left = [self.random.randrange(max(self.kindest, 1))]
            try:
                outside = socket.create_connection(("127.0.0.1", self.port))
            except OSError:
                inside.close()
                continue
            for a, b in ((inside, outside), (outside, inside)):
                threading.Thread(target=self.copy, args=(a, b, left), daemon=True).start()

    def copy(self, a, b, left):
        try:
            while data := a.recv(65536):
                if self.slowest:
                    time.sleep(self.random.random() * self.slowest)
                if self.stalls_one_in and self.random.randrange(self.stalls_one_in) == 0:
                    self.stalled += 1
                    while a.recv(65536):
                        pass
                    break
                if self.kindest and left[0] < len(data):
                    b.sendall(data[: left[0]])
                    self.cut += 1
                    break
                left[0] -= len(data)
                b.sendall(data)
        except OSError:
            pass
        for one in (a, b):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()

    def close(self):
        self.server.close()
