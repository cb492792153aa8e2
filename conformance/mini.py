"""A client for the mini dialect in one small class. Copy it.

    from mini import Client

    c = Client(port=31337)
    c.set("k", {"name": "kv", "sizes": [1, 2.5, None, True]})
    c.get("k")                      # {b"name": b"kv", b"sizes": [1, 2.5, ...
    c.mset({"a": 1, "b": [2]})      # 2
    c.mget("a", "b", "c")           # [1, [2], None]
    c.keys(); c.delete("a"); c.flush()

Strings go out as they are or as UTF-8 and come back as bytes; None is null.
Run as a program it plays that session: python3 mini.py [PORT]
"""

import socket


class Error(Exception):
    """What the server answered instead of a value."""


class Client:
    def __init__(self, host="127.0.0.1", port=31337, timeout=10):
        self.socket = socket.create_connection((host, port), timeout)
        self.file = self.socket.makefile("rb")

    def close(self):
        self.file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def execute(self, *args):
        """Sends any command, returns its answer or raises Error."""
        try:
            self.socket.sendall(encode(list(args)))
            answer = self._read()
        except OSError:     # half an answer must not be taken for the next
            self.close()
            raise
        if isinstance(answer, Error):
            raise answer
        return answer

    def set(self, key, value):
        return self.execute("SET", key, value)

    def get(self, key):
        return self.execute("GET", key)

    def delete(self, *keys):
        return self.execute("DELETE", *keys)

    def flush(self):
        return self.execute("FLUSH")

    def mset(self, pairs):
        return self.execute("MSET", *[x for kv in pairs.items() for x in kv])

    def mget(self, *keys):
        return self.execute("MGET", *keys)

    def keys(self, *pattern):
        return self.execute("KEYS", *pattern)

    def _read(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the server closed the connection")
        mark, text = line[:1], line[1:-2]
        if mark == b"-":
            return Error(text.decode("utf-8", "replace"))
        if mark == b"+":
            return text
        if mark in b":(":
            return int(text)
        if mark == b",":
            return float(text)
        if mark == b"#":
            return text == b"t"
        if mark == b"_" or text == b"-1":
            return None
        if mark in b"$=":
            data = self.file.read(int(text) + 2)[:-2]
            return data[4:] if mark == b"=" else data
        if mark == b"%":
            pairs = [(self._read(), self._read()) for _ in range(int(text))]
            return {hashable(k): v for k, v in pairs}
        if mark in b"*~":
            return [self._read() for _ in range(int(text))]
        raise Error("unknown answer %r" % line)


def hashable(value):
    """A dictionary's key: lists and dictionaries become tuples. To Python 1,
    True and 1.0 are one key: of such pairs the last stays."""
    if isinstance(value, dict):
        value = list(value.items())
    if isinstance(value, (list, tuple)):
        return tuple(map(hashable, value))
    return value


def encode(value):
    if value is None:
        return b"$-1\r\n"
    if isinstance(value, bool):
        return b"#t\r\n" if value else b"#f\r\n"
    if isinstance(value, int):
        big = not -2**63 <= value < 2**63
        return b"%s%d\r\n" % (b"(" if big else b":", value)
    if isinstance(value, float):
        return b",%s\r\n" % repr(value).encode()
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, (bytes, bytearray)):
        return b"$%d\r\n%s\r\n" % (len(value), bytes(value))
    if isinstance(value, dict):
        return b"%%%d\r\n" % len(value) + b"".join(
            encode(k) + encode(v) for k, v in value.items())
    if isinstance(value, (set, frozenset)):
        return b"~%d\r\n" % len(value) + b"".join(map(encode, value))
    if isinstance(value, (list, tuple)):
        return b"*%d\r\n" % len(value) + b"".join(map(encode, value))
    raise TypeError("cannot send a %s" % type(value).__name__)


def demonstrate(port):
    """The classic session."""
    with Client(port=port) as c:
        def show(what, answer):
            print("%-44s %r" % (what, answer))

        show("flush()", c.flush())
        show('set("k1", "v1")', c.set("k1", "v1"))
        show('get("k1")', c.get("k1"))
        show('get("nothing")', c.get("nothing"))
        data = {"name": "kv", "sizes": [1, 2.5, None, True], "more": {"x": []}}
        show('set("data", {...})', c.set("data", data))
        show('get("data")', c.get("data"))
        show('mset({"k2": 2, "k3": [3, "three"]})',
             c.mset({"k2": 2, "k3": [3, "three"]}))
        show('mget("k2", "k3", "k4")', c.mget("k2", "k3", "k4"))
        show("keys()", sorted(c.keys()))
        show('delete("k2")', c.delete("k2"))
        show('delete("k2")', c.delete("k2"))
        show("flush()", c.flush())


if __name__ == "__main__":
    import sys
    demonstrate(int(sys.argv[1]) if len(sys.argv) > 1 else 31337)
