"""ctypes_kv.py: kv from Python through ctypes: get, set and every command,
with replies as Python values. From the top directory:

    cc -O2 -shared -fPIC -o libkv.so kv.c -lm -pthread
    python3 conformance/examples/ctypes_kv.py ./libkv.so
"""

import ctypes
import sys
import time
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_void_p

NONE = 1
(NIL, SIMPLE, ERROR, INTEGER, STRING, DOUBLE, BOOL, BIGNUM, VERBATIM, ARRAY,
 MAP, SET, PUSH) = range(13)


class Slice(ctypes.Structure):
    _fields_ = [("p", c_char_p), ("n", c_size_t)]


class Reply(ctypes.Structure):
    pass


Reply._fields_ = [
    ("type", ctypes.c_int32), ("reserved", ctypes.c_int32),
    ("integer", ctypes.c_int64), ("number", ctypes.c_double),
    ("str", c_void_p), ("len", c_size_t), ("count", c_size_t),
    ("items", POINTER(Reply))]

KEY = [c_void_p, c_int, c_char_p, c_size_t]
FUNCTIONS = {
    "open": (c_int, [POINTER(c_void_p), c_void_p]),
    "close": (None, [c_void_p]),
    "errstr": (c_char_p, [c_int]),
    "get": (c_int, KEY + [c_void_p, c_size_t, POINTER(c_size_t)]),
    "set": (c_int, KEY + [c_char_p, c_size_t, ctypes.c_int64]),
    "exec": (c_int, [c_void_p, c_void_p, c_size_t, POINTER(Slice),
                     POINTER(POINTER(Reply))]),
    "reply_free": (None, [c_void_p, POINTER(Reply)]),
}


class KvError(Exception):
    pass


def plain(r):
    """A reply as Python values."""
    if r.type == NIL:
        return None
    if r.type in (INTEGER, BOOL):
        return r.integer
    if r.type == DOUBLE:
        return r.number
    if r.type == MAP:
        return {plain(r.items[i]): plain(r.items[i + 1])
                for i in range(0, 2 * r.count, 2)}
    if r.type in (ARRAY, SET, PUSH):
        return [plain(r.items[i]) for i in range(r.count)]
    return ctypes.string_at(r.str, r.len)


class Kv:
    """A store, to be closed."""

    def __init__(self, library):
        lib = ctypes.CDLL(library)
        for name, (result, arguments) in FUNCTIONS.items():
            function = getattr(lib, "kv_" + name)
            function.restype, function.argtypes = result, arguments
            setattr(self, "_" + name, function)
        self._db = c_void_p()
        self._good(self._open(byref(self._db), None))

    def _good(self, code):
        if code < 0:
            raise KvError(self._errstr(code).decode())
        return code

    def close(self):
        self._close(self._db)
        self._db = c_void_p()

    def set(self, key, value, seconds=None):
        at = int((time.time() + seconds) * 1000) if seconds else 0
        self._good(self._set(self._db, 0, key, len(key), value, len(value),
                             at))

    def get(self, key):
        room, n = 64, c_size_t()
        while True:
            buf = ctypes.create_string_buffer(room)
            code = self._get(self._db, 0, key, len(key), buf, room, byref(n))
            if n.value <= room:
                break
            room = n.value
        return None if self._good(code) == NONE else buf.raw[:n.value]

    def command(self, *words):
        argv = (Slice * len(words))(*[Slice(w, len(w)) for w in words])
        r = POINTER(Reply)()
        self._good(self._exec(self._db, None, len(words), argv, byref(r)))
        try:
            if r.contents.type == ERROR:
                raise KvError(plain(r.contents).decode())
            return plain(r.contents)
        finally:
            self._reply_free(self._db, r)


def main(library):
    db = Kv(library)
    db.set(b"greeting", b"hello", seconds=60)
    db.set(b"big", bytes(1000))
    print(db.get(b"greeting"), db.get(b"nothing"), len(db.get(b"big")))
    print(db.command(b"INCRBY", b"visits", b"41"))
    print(db.command(b"MGET", b"visits", b"nothing"))
    print(db.command(b"CONFIG", b"GET", b"maxmemory"))
    print(db.command(b"TTL", b"greeting") > 50)
    try:
        db.command(b"INCR", b"greeting")
    except KvError as e:
        print(e)
    db.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: ctypes_kv.py LIBRARY")
    main(sys.argv[1])
