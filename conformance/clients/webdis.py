"""webdis: the server through HTTP."""

import http.client
import json
import socket
import subprocess
import urllib.parse

from check import check, equal, port, until

with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    web = s.getsockname()[1]
with open("webdis.json", "w") as f:
    json.dump({"redis_host": "127.0.0.1", "redis_port": port,
               "http_host": "127.0.0.1", "http_port": web, "threads": 1,
               "pool_size": 2, "daemonize": False, "websockets": False,
               "database": 0, "verbosity": 0, "logfile": "webdis.log"}, f)
proxy = subprocess.Popen(["webdis", "webdis.json"], stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL)


def ask(method, path, body=None):
    c = http.client.HTTPConnection("127.0.0.1", web, timeout=5)
    try:
        c.request(method, path, body)
        return c.getresponse().read()
    except OSError:
        return b""
    finally:
        c.close()


def do(*words):
    got = json.loads(ask("GET", "/" + "/".join(
        urllib.parse.quote(w, "") for w in words)))
    return got[words[0]]


until(lambda: b"PONG" in ask("GET", "/PING"))


@check("commands", lambda: do("FLUSHALL"))
def _():
    equal(do("SET", "k", "a/b ü"), [True, "OK"])
    equal(do("GET", "k"), "a/b ü")
    equal(do("GET", "none"), None)
    equal(do("RPUSH", "l", "a", "b"), 2)
    equal(do("LRANGE", "l", "0", "-1"), ["a", "b"])
    equal(do("HSET", "h", "f", "v"), 1)
    equal(do("HGETALL", "h"), {"f": "v"})
    equal(do("LPUSH", "h", "x")[0], False)
    equal(do("ZADD", "z", "1.5", "m"), 1)
    equal(do("ZRANGE", "z", "0", "-1", "WITHSCORES"), ["m", "1.5"])
    equal(do("INFO")["redis_mode"], "standalone")


@check("formats", lambda: do("FLUSHALL"))
def _():
    blob = bytes(range(256)) * 100
    ask("PUT", "/SET/blob", blob)
    equal(do("STRLEN", "blob"), 25600)
    equal(ask("GET", "/GET/blob.bin"), blob)
    do("SET", "k", "v")
    equal(ask("GET", "/GET/k.txt"), b"v")
    equal(ask("GET", "/GET/k.raw"), b"$1\r\nv\r\n")
    equal(json.loads(ask("POST", "/", "SET/a/b")), {"SET": [True, "OK"]})


@check("pub/sub", lambda: do("FLUSHALL"))
def _():
    s = socket.create_connection(("127.0.0.1", web), 5)
    s.sendall(b"GET /SUBSCRIBE/news HTTP/1.1\r\nHost: x\r\n\r\n")
    got = b""
    while b'"subscribe","news",1' not in got:
        got += s.recv(4096)
    equal(do("PUBLISH", "news", "hello"), 1)
    while b'"message","news","hello"' not in got:
        got += s.recv(4096)
    s.close()
    until(lambda: do("PUBLISH", "news", "x") == 0)


proxy.terminate()
proxy.wait(5)
print("end")
