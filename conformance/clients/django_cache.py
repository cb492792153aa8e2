"""Django with django-redis: the cache, its locks, sessions kept in it."""

import importlib
import time

import django
from django.conf import settings

from check import check, equal, port, until

settings.configure(
    SECRET_KEY="x", USE_TZ=True,
    SESSION_ENGINE="django.contrib.sessions.backends.cache",
    CACHES={"default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": "redis://127.0.0.1:%d/1" % port,
        "KEY_PREFIX": "app", "TIMEOUT": 300}})
django.setup()

from django.core.cache import cache                             # noqa: E402
from django_redis import get_redis_connection                   # noqa: E402


def flush():
    get_redis_connection("default").flushall()


@check("the cache", flush)
def _():
    value = {"list": [1, 2.5, None], "text": "ü"}
    cache.set("k", value)
    equal(cache.get("k"), value)
    equal(get_redis_connection("default").keys(), [b"app:1:k"])
    assert 298 <= cache.ttl("k") <= 300
    equal(cache.get("none", "default"), "default")
    equal(cache.add("k", "other"), False)
    equal(cache.add("new", "x", timeout=None), True)
    equal(cache.ttl("new"), None)
    equal(cache.get_or_set("made", lambda: 42, 100), 42)
    cache.set_many({"a%d" % i: i for i in range(100)})
    equal(cache.get_many(["a1", "a2", "no"]), {"a1": 1, "a2": 2})
    equal(cache.delete_many(["a1", "a2"]), 2)
    equal("a3" in cache, True)
    equal(cache.touch("a3", 50), True)
    equal(cache.ttl("a3"), 50)
    cache.set("a", "one", version=1), cache.set("a", "two", version=2)
    equal([cache.get("a", version=v) for v in (1, 2)], ["one", "two"])
    equal(cache.delete("k"), True)
    cache.set("short", 1, timeout=0.02)
    until(lambda: cache.get("short") is None)


@check("keys by pattern", flush)
def _():
    cache.set_many({"user:%d" % i: i for i in range(500)})
    equal(len(cache.keys("user:1??")), 100)
    equal(sorted(cache.iter_keys("user:1?")),
          ["user:%d" % i for i in range(10, 20)])
    equal(cache.delete_pattern("user:*"), 500)
    cache.set("x", 1)
    cache.clear()
    equal(get_redis_connection("default").dbsize(), 0)
    cache.expire("none", 5)
    cache.set("p", 1, timeout=5)
    equal(cache.persist("p"), True)
    equal(cache.expire_at("p", int(time.time()) + 50), True)
    assert 45 < cache.ttl("p") <= 50


@check("sessions", flush)
def _():
    engine = importlib.import_module(settings.SESSION_ENGINE)
    s = engine.SessionStore()
    s["user"] = 7
    s.save()
    equal(engine.SessionStore(s.session_key)["user"], 7)
    old = s.session_key
    s.cycle_key()
    equal(engine.SessionStore(old).get("user"), None)
    equal(engine.SessionStore(s.session_key)["user"], 7)
    s.flush()
    equal(cache.keys("*"), [])


@check("lua: counters and locks", flush)
def _():
    cache.set("n", 1)
    equal(cache.incr("n", 41), 42)
    equal(cache.decr("n"), 41)
    with cache.lock("l", timeout=5):
        pass
    equal(cache.keys("l"), [])


print("end")
