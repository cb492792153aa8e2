"""Listeners in threads: for servers that are none, and for what may stand
between a client and a server."""

import collections
import select
import socket
import threading

from conformance.resp import Parser, ProtocolError


class Peer:
    """Listens on a free port and calls serve(socket) for each connection, in
    a thread. stop() ends all of them, also from within."""

    def __init__(self, serve=None):
        self.serve = serve or self.serve
        self.over = threading.Event()
        self.sockets = set()
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.over.set()
        for sock in [self.listener] + list(self.sockets):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.listener.close()

    def _accept(self):
        while not self.over.is_set():
            try:
                sock = self.listener.accept()[0]
            except OSError:
                return
            self.sockets.add(sock)
            threading.Thread(target=self._serve, args=(sock,),
                             daemon=True).start()

    def _serve(self, sock):
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.serve(sock)
        except OSError:
            pass
        finally:
            self.sockets.discard(sock)
            sock.close()


class Broken(OSError):
    """The connection ends here."""


class Between(Peer):
    """Passes everything on to a server and back. `hook` gets each reply as
    (link, words, value, bytes), `words` those of the request it belongs to,
    and says link.send(); `ended` gets the link when the server closes."""

    def __init__(self, port):
        self.upstream = port
        self.hook, self.ended = plain, None
        Peer.__init__(self)

    def serve(self, sock):
        Link(self, sock).run()


def plain(link, words, value, data):
    link.send(data)


class Link:
    """A connection on both sides."""

    def __init__(self, between, sock):
        self.between, self.sock = between, sock
        self.up = socket.create_connection(("127.0.0.1", between.upstream))
        self.up.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests = Parser(0)       # None: it cannot be followed
        self.replies = Parser(0)
        self.replies.nested_push = True
        self.asked = collections.deque()

    def send(self, data):
        self.sock.sendall(data)

    def run(self):
        both = [self.sock, self.up]
        try:
            while both:
                for sock in select.select(both, [], [])[0]:
                    data = sock.recv(1 << 16)
                    if sock is self.up:
                        if not data:
                            if self.between.ended:
                                self.between.ended(self)
                            return
                        self.answered(data)
                    elif data:
                        self.ask(data)
                    else:
                        both.remove(sock)
                        self.up.shutdown(socket.SHUT_WR)
        finally:
            self.up.close()

    def ask(self, data):
        if self.requests:
            self.requests.feed(data)
            try:
                while True:
                    value = self.requests.next()
                    if value is None:
                        break
                    self.asked.append([part.v for part in value.v])
            except (ProtocolError, AttributeError, TypeError):
                self.requests = None
        self.up.sendall(data)

    def answered(self, data):
        self.replies.feed(data)
        while True:
            value = self.replies.next()
            if value is None:
                return
            words = self.asked.popleft() if self.asked else [b""]
            self.between.hook(self, words, value, self.replies.raw())
