"""A connection that has a deadline on everything and keeps what was said.

The transcript is a list of (">" or "<", bytes), with ("|", b"") where nothing
had come for a while. Playback speaks as Conn does, out of such a transcript
instead of a socket.
"""

import os
import select
import socket
import struct
import time

from .resp import Bulk, Parser, encode, short

TIMEOUT = float(os.environ.get("CONFORMANCE_TIMEOUT", "5"))  # seconds
KEEP = 1 << 16      # bytes that one entry of a transcript keeps


class Closed(Exception):
    """The peer closed before a complete reply."""


class Late(Exception):
    """The deadline passed before a complete reply."""


class Stream:
    """Typed replies out of received bytes: what Conn and Playback share. They
    bring send(), _more(end, what) and ready()."""

    def __init__(self, timeout=TIMEOUT):
        self.timeout = timeout
        self.closed = False     # FIN or RST seen
        self.reset = False      # RST seen
        self.fences = 0
        self.log = []
        self.parser = Parser(2)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def proto(self):
        return self.parser.proto

    @proto.setter
    def proto(self, n):
        self.parser.proto = n

    def read(self, timeout=None):
        """One typed reply."""
        end = time.monotonic() + (timeout or self.timeout)
        while True:
            value = self.parser.next()
            if value is not None:
                return value
            self._more(end, "a reply")

    def first_byte(self):
        """The byte that the next reply begins with."""
        end = time.monotonic() + self.timeout
        while not self.parser.pending():
            self._more(end, "a reply")
        return self.parser.pending()[:1]

    def raw(self):
        """The bytes of the last reply."""
        return self.parser.raw()

    def pending(self):
        """Bytes received that no reply was made of."""
        return self.parser.pending()

    def read_raw(self, n):
        """n bytes, whatever they are."""
        out, end = b"", time.monotonic() + self.timeout
        while True:
            out += self.parser.take(n - len(out))
            if len(out) == n:
                return out
            self._more(end, "%d bytes" % n)

    def read_until_close(self):
        """Every byte until the peer closes."""
        end = time.monotonic() + self.timeout
        while not self.closed:
            try:
                self._more(end, "the end")
            except Closed:
                break
        return self.parser.take(len(self.parser.buf))

    def at_eof(self):
        """True when the peer closes with nothing before it, False when
        bytes come first."""
        try:
            return not self.read_until_close()
        except Late:
            return False

    def nonce(self):
        """An argument that no reply contains by chance."""
        self.fences += 1
        return b"~fence %d~" % self.fences

    def fence(self):
        """The replies that come before that of an ECHO sent now."""
        nonce = self.nonce()
        self.send(encode("ECHO", nonce))
        return self.read_to(Bulk(nonce))

    def read_to(self, last):
        """The replies before this one."""
        out = []
        while True:
            value = self.read()
            if value == last:
                return out
            out.append(value)

    def cmd(self, *args):
        """Sends one command, reads one typed reply."""
        self.send(encode(*args))
        return self.read()

    def note(self, way, data):
        """A big sending or reply costs no memory in the transcript."""
        if self.log and self.log[-1][0] == way != "|":
            before = self.log[-1][1]
            if len(before) < KEEP:
                self.log[-1] = way, before + bytes(data[:KEEP])
        else:
            self.log.append((way, bytes(data[:KEEP])))


class Conn(Stream):
    """Conn(port), Conn(port, host), Conn(path="/tmp/x.sock"). `proto` makes
    the reader RESP2 or RESP3 strict; hello(n) switches both sides."""

    def __init__(self, port=None, host="127.0.0.1", path=None,
                 timeout=TIMEOUT, proto=2):
        Stream.__init__(self, timeout)
        if path is not None:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(timeout)
            self.sock.connect(path)
        else:
            self.sock = socket.create_connection((host, port), timeout)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The kernel keeps the deadline: one call a read, no poll before it.
        self.sock.settimeout(None)
        self.limit(timeout)
        self.poll = select.poll()
        if proto != 2:
            self.hello(proto)

    def limit(self, seconds):
        """How long a read may take."""
        self.limited = seconds
        whole = int(seconds)
        self.sock.setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVTIMEO,
            struct.pack("ll", whole, int((seconds - whole) * 1e6)))

    def close(self):
        self.sock.close()

    def fileno(self):
        return self.sock.fileno()

    def hello(self, proto):
        """HELLO n; its reply already comes in the new protocol."""
        self.send(encode("HELLO", proto))
        self.switch(proto)

    def switch(self, proto):
        """Reads the reply to a HELLO that was sent."""
        if self.first_byte() != b"-":
            self.proto = proto
        reply = self.read()
        assert reply.mark in b"%*", reply

    def send(self, data):
        """All of data; reads meanwhile, so that two full buffers never wait
        for each other. A peer that closed shows in the next read."""
        self.note(">", data)
        self._put(data)

    def _put(self, data):
        view, end = data, None
        while len(view) and not self.closed:
            try:
                sent = self.sock.send(view, socket.MSG_DONTWAIT)
                if sent == len(view):
                    return
                view = memoryview(view)[sent:]
                continue
            except BlockingIOError:
                end = end or time.monotonic() + self.timeout
            except (BrokenPipeError, ConnectionResetError):
                return
            if not self._wait(select.POLLIN | select.POLLOUT, end):
                raise Late("sending: %d bytes left" % len(view))
            self._receive(socket.MSG_DONTWAIT)

    def send_bytewise(self, data):
        """One byte a send."""
        self.note(">", data)
        for i in range(len(data)):
            try:
                self.sock.send(data[i:i + 1], socket.MSG_DONTWAIT)
            except OSError:     # full or closed
                self._put(data[i:i + 1])

    def pause(self, seconds):
        """Between two looks at what will change."""
        time.sleep(seconds)

    def shutdown(self):
        """Half close: nothing more will be sent."""
        self.sock.shutdown(socket.SHUT_WR)

    def ready(self):
        """Has anything come that was not read?"""
        if not self.closed:
            self._receive(socket.MSG_DONTWAIT)
        return bool(self.parser.pending()) or self.closed

    def _wait(self, events, end):
        self.poll.register(self.sock, events)
        left = end - time.monotonic()
        return left > 0 and self.poll.poll(left * 1000)

    def _more(self, end, what):
        """Receives at least a byte, or raises."""
        if self.closed:
            raise Closed("closed while waiting for %s; pending: %s" % (
                what, short(self.pending())))
        left = end - time.monotonic()
        if left < self.limited / 2:     # most of it has passed
            self.limit(max(left, 0.001))
        elif left > self.limited:       # of an earlier read
            self.limit(max(left, self.timeout))
        if left <= 0 or not self._receive():
            raise Late("no %s in time; pending: %s" % (
                what, short(self.pending())))

    def _receive(self, flags=0):
        """Takes what is there, or waits for it; False: nothing came."""
        try:
            data = self.sock.recv(1 << 18, flags)
        except BlockingIOError:
            return False
        except (ConnectionResetError, BrokenPipeError):
            data, self.reset = b"", True
        if data:
            self.note("<", data)
            self.parser.feed(data)
        else:
            self.closed = True
        return True


class Playback(Stream):
    """The peer of a transcript: after what it sent comes what it got."""

    def __init__(self, log, closed=False):
        Stream.__init__(self)
        self.left, self.ends = list(log), closed

    def close(self):
        pass

    def send(self, data):
        data = bytes(data)
        self.note(">", data)
        # what several sends said may stand in one entry, and the reverse
        while data and self.left:
            way, said = self.left[0]
            if way != ">":
                self._receive()
                continue
            if len(said) > len(data):
                self.left[0] = way, said[len(data):]
                return
            data = data[len(said):]
            self.left.pop(0)

    send_bytewise = send

    def pause(self, seconds):
        pass

    def shutdown(self):
        pass

    def ready(self):
        if self.left and self.left[0][0] != ">":
            self._receive()
        return bool(self.parser.pending())

    def _more(self, end, what):
        if self.left and self.left[0][0] != ">":
            self._receive()
            return
        if not self.left and self.ends:
            self.closed = True
            raise Closed("closed while waiting for %s" % what)
        raise Late("no %s in time" % what)

    def _receive(self):
        way, data = self.left.pop(0)
        self.note(way, data)
        self.parser.feed(data)
