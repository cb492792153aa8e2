"""Software that was written for Redis, unmodified, at work on the server.

Each program in this directory uses one client and prints a line for each of
its checks, "ok NAME" or "not ok NAME" with the reason in lines that are
indented; at last "end". One check against one server is one test here; all
checks of a program come out of one run. README.md tells which software.
"""

import http.client
import os
import re
import signal
import subprocess

import pytest

from conformance import conftest
from conformance.kv import servers
from conformance.kv.proc import until

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(HERE, "..", "..", "build", "clients")
NODE = os.path.join(BUILD, "node", "node_modules")
PYTHON = "/usr/bin/python3"     # the one that the distribution's modules are of
PATIENCE = 60                   # seconds that a program may take

# What kv does not have: a check's name, or what stands in it before the colon,
# and the reason. Such a check has to fail against kv: what begins to pass is
# taken out here.
MISSING = {
    "lua": "kv has no scripts (EVAL)",
    "sync": "kv has no replication (SYNC)",
}

# The same for metrics of prometheus-redis-exporter.
MISSING_METRICS = {
    "kv has no parameter io-threads": """
        redis_config_io_threads""",
}


class Program:
    """A file, the words that run it ("{}" stands for it), and a shell command
    that succeeds where its client is installed."""

    def __init__(self, file, words, probe, servers=1, **env):
        self.file = os.path.join(HERE, file)
        self.words, self.probe = words.split(), probe
        self.servers, self.env = servers, env

    def checks(self):
        with open(self.file) as f:
            return [name for _, name in re.findall(
                r"""\bcheck\(?\s*(["'])(.+?)\1""", f.read())]


def node(file, *packages):
    there = " -a ".join("-d %s/%s" % (servers.quote(NODE), p)
                        for p in packages)
    return Program("node/" + file, "node {}", "node -e 0 && test " + there)


def python(file, modules, *tools, **more):
    return Program(file, PYTHON + " {}", " && ".join(
        ["%s -c 'import %s'" % (PYTHON, modules)] +
        ["command -v " + tool for tool in tools]), **more)


PROGRAMS = {
    "redis-cli": python("redis_cli.py", "pty", "redis-cli"),
    "redis-benchmark": python("redis_benchmark.py", "sys", "redis-benchmark"),
    "redis-py": python("redis_py.py", "redis", HIREDIS="no"),
    "redis-py-hiredis": python("redis_py.py", "redis, hiredis"),
    "hiredis": Program(
        "hiredis.c", "./hiredis",
        "${CC:-cc} -std=c99 -Wall -Wextra -Werror -O1 -o hiredis {} -lhiredis"),
    "redis-rb": Program("redis_rb.rb", "ruby {}", "ruby -r redis -e 0"),
    "resque": Program("resque.rb", "ruby {}", "ruby -r redis -e 0"),
    "perl": Program("redis_pm.pl", "perl {}", "perl -MRedis -e 0"),
    "phpredis": Program(
        "phpredis.php", "php {}",
        "php -r 'exit(extension_loaded(\"redis\") ? 0 : 1);'"),
    "predis": Program("predis.php", "php {}",
                      "php -r 'require \"Predis/autoload.php\";'"),
    "lua": Program("redis_lua.lua", "lua5.1 {}",
                   "lua5.1 -e 'require \"redis\"'"),
    "ioredis": node("ioredis.js", "ioredis"),
    "node-redis": node("node_redis.js", "redis"),
    "connect-redis": node("connect_redis.js", "redis", "connect-redis",
                          "express-session"),
    "socket.io": node("socket_io.js", "redis", "socket.io",
                      "socket.io-client", "@socket.io/redis-adapter"),
    "django-redis": python("django_cache.py", "django_redis"),
    "webdis": python("webdis.py", "sys", "webdis"),
    "twemproxy": python("twemproxy.py", "redis", "nutcracker", servers=2),
}


def clean(more):
    """The environment without what clients would heed."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("REDIS", "NODE_", "PYTHON", "RUBY", "PERL"))}
    return dict(env, NODE_PATH=NODE, LC_ALL="C.UTF-8", **more)


def execute(words, where, **more):
    """(output, exit code, or None after too long). Nothing that it started
    survives it."""
    with open(os.path.join(where, "output"), "w+b") as f:
        p = subprocess.Popen(words, cwd=where, env=clean(more), stdout=f,
                             stdin=subprocess.DEVNULL,
                             stderr=subprocess.STDOUT, start_new_session=True)
        try:
            code = p.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            code = None
        try:
            os.killpg(p.pid, signal.SIGKILL)
        except OSError:
            pass
        p.wait()
        f.seek(0)
        return f.read().decode("utf-8", "replace"), code


def installed(what, probe, where):
    """Skips where a client is not there; in CI everything has to be."""
    out, code = execute(["sh", "-c", probe], where)
    if code != 0:
        why = "%s is not there: run conformance/clients/install" % what
        if os.environ.get("CI"):
            pytest.fail("%s\n%s" % (why, out), False)
        pytest.skip(why)


class Run:
    """All checks of a program against one kind of server: which went well,
    and what there is to tell."""

    def __init__(self, name, kind, where):
        program = PROGRAMS[name]
        file = program.file
        installed(name, program.probe.replace("{}", servers.quote(file)),
                  where)
        running = [conftest.launch(kind) for _ in range(program.servers)]
        trouble = []
        try:
            out, code = execute(
                [word.replace("{}", file) for word in program.words] +
                [str(s.port) for s in running], where, **program.env)
        finally:
            for s in running:
                try:
                    s.stop()
                except AssertionError as e:
                    trouble.append(str(e))
        if not re.search(r"^end$", out, re.M):
            trouble.append("it did not come to its end: exit code %s" % code)
        self.died = bool(trouble)
        self.good = set(re.findall(r"^ok (.+)$", out, re.M))
        self.story = "\n".join(trouble + [out[-8000:]])


@pytest.fixture(scope="module")
def runs():
    return {}


# What is "later" is later than the redis-server here.
@pytest.mark.parametrize("name,check,kind", [
    (name, check, kind) for name, program in PROGRAMS.items()
    for check in program.checks() for kind in servers.KINDS
    if kind == "kv" or not check.startswith("later: ")])
def test_client(runs, tmp_path, name, check, kind):
    if (name, kind) not in runs:
        try:
            runs[name, kind] = Run(name, kind, str(tmp_path))
        except (Exception, pytest.skip.Exception, pytest.fail.Exception) as e:
            runs[name, kind] = e
    run = runs[name, kind]
    if isinstance(run, BaseException):
        raise run
    lacks = {check, check.split(":")[0]} & set(MISSING)
    if run.died:
        pytest.fail(run.story, pytrace=False)
    if kind == "kv" and lacks:
        if check in run.good:
            pytest.fail("It passes: take %s out of MISSING." % lacks, False)
        pytest.skip(MISSING[lacks.pop()])
    if check not in run.good:
        pytest.fail(run.story, pytrace=False)


def test_nothing_missing_is_unknown():
    names = {check for program in PROGRAMS.values()
             for check in program.checks()}
    assert not set(MISSING) - names - {n.split(":")[0] for n in names}


class Exporter:
    """prometheus-redis-exporter at a server that holds something of all;
    `page` is what it gives to Prometheus."""

    def __init__(self, server):
        with server.connect() as c:
            c.cmd("FLUSHALL")
            c.cmd("MSET", "a", "1", "b", "2")
            c.cmd("SET", "c", "3", "EX", "100")
            c.cmd("RPUSH", "l", "x", "y")
            c.cmd("LPUSH", "a", "x")
            c.cmd("XADD", "s", "*", "f", "v")
            c.cmd("XGROUP", "CREATE", "s", "g", "0")
            c.cmd("XREADGROUP", "GROUP", "g", "c", "STREAMS", "s", ">")
        port = servers.free_port()
        p = subprocess.Popen(
            ["prometheus-redis-exporter",
             "-redis.addr", "redis://127.0.0.1:%d" % server.port,
             "-web.listen-address", "127.0.0.1:%d" % port,
             "-include-config-metrics", "-include-system-metrics",
             "-export-client-list", "-check-keys", "*", "-check-streams", "s",
             "-count-keys", "db0=*"], cwd=server.dir, env=clean({}),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        try:
            self.page = until("the exporter listens",
                              lambda: get("127.0.0.1", port, "/metrics"), 10)
        finally:
            p.kill()
            p.wait()

    def names(self):
        return set(re.findall(r"^(redis_\w+)", self.page, re.M))


def get(host, port, path):
    c = http.client.HTTPConnection(host, port, timeout=10)
    try:
        c.request("GET", path)
        return c.getresponse().read().decode()
    except ConnectionRefusedError:
        return None
    finally:
        c.close()


@pytest.fixture
def exporter(tmp_path, start):
    installed("prometheus-redis-exporter",
              "command -v prometheus-redis-exporter", str(tmp_path))
    return lambda kind: Exporter(start(kind))


@pytest.mark.parametrize("kind", servers.KINDS)
def test_exporter(exporter, kind):
    page = exporter(kind).page
    for line in (
            "redis_up 1", 'redis_db_keys{db="db0"} 5',
            'redis_db_keys_expiring{db="db0"} 1',
            'redis_key_size{db="db0",key="l"} 2',
            'redis_key_value{db="db0",key="b"} 2',
            'redis_stream_length{db="db0",stream="s"} 1',
            'redis_stream_group_messages_pending{db="db0",group="g",'
            'stream="s"} 1',
            'redis_keys_count{db="db0",key="*"} 5',
            "redis_exporter_last_scrape_error{err=\"\"} 0",
            'redis_errors_total{err="WRONGTYPE"} 1'):
        assert "\n%s\n" % line in page, line


def test_exporter_has_all_metrics(exporter):
    lack = exporter("redis").names() - exporter("kv").names()
    known = {name for names in MISSING_METRICS.values()
             for name in names.split()}
    assert not lack - known, "kv has no %s" % sorted(lack - known)
    assert not known - lack, "take out of MISSING_METRICS: %s" % sorted(
        known - lack)
