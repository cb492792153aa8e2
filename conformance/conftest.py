"""pytest's side of the suite: the registry's checks, and the fixtures of
kv's own tests. Of those `server` and `proto` run a test for each server and
protocol; `conn` is a fresh connection to that server, its keys cleared."""

import os
import re

import pytest

from conformance import test_conformance
from conformance.kv import servers

HERE = os.path.dirname(os.path.abspath(__file__))


def pytest_addoption(parser):
    test_conformance.add_options(parser)
    parser.addoption("--only", choices=servers.KINDS,
                     help="test this server alone")
    parser.addoption("--streams", type=int, default=40, metavar="N",
                     help="random streams of 500 commands (default 40)")
    parser.addoption("--seed", type=int, default=1, metavar="N",
                     help="seed of the first random stream")
    parser.addoption("--long", action="store_true",
                     help="bigger values, more connections, more garbage")


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "only(kind, why): the test holds for one server")


SHAPE = re.compile(r"[\[-](mem[01]|posix|tsan|asan|plain|threads0?|native|"
                   r"cold0|sanitized)[\]-]")

USUAL = {       # what tests without a shape need
    "test_api.py": "mem1", "test_examples.py": "plain",
    "test_white.py": "native", "test_durability.py": "plain",
    "test_flips.py": "asan"}


def share(nodeid):
    """What one process runs of the tests, where several share them: an area of
    the registry, a file, or what is built in one shape of a file."""
    file, _, name = nodeid.partition("::")
    if file.endswith("test_conformance.py"):
        return file + "::" + name.partition(".")[0]
    usual = USUAL.get(os.path.basename(file))
    if usual:
        shape = SHAPE.search(name)
        return file + "::" + (shape.group(1) if shape else usual)
    return file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Sharing(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return share(nodeid)

    return Sharing(config, log)


def pytest_collect_file(file_path, parent):
    if file_path.name == "test_conformance.py":
        return test_conformance.Registry.from_parent(parent, path=file_path)
    return None


def pytest_ignore_collect(collection_path, config):
    """Another server is tested without kv's own tests."""
    own = [os.path.join(HERE, name) for name in ("kv", "durability", "clients")]
    return (test_conformance.foreign(config) and
            str(collection_path) in own) or None


def pytest_collection_modifyitems(config, items):
    """Drops what --only or a mark excludes; kv goes first."""
    def wanted(item):
        call = getattr(item, "callspec", None)
        kind = call and call.params.get("server", call.params.get("kind"))
        mark = item.get_closest_marker("only")
        if mark and not mark.kwargs.get("why"):
            raise pytest.UsageError("%s: only needs a why" % item.nodeid)
        only = {config.getoption("--only"), mark and mark.args[0]} - {None}
        return kind is None or only <= {kind}

    out = [item for item in items if not wanted(item)]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if wanted(item)]


class Shared(dict):
    """Servers that tests share: "kv", "redis", "redis 2" ... Each starts
    when first asked for, and again after a death."""

    def __missing__(self, name):
        self[name] = launch(name.split()[0])
        return self[name]

    def check(self):
        for name in [n for n, server in self.items() if not server.alive()]:
            self.pop(name).stop()


def launch(kind, *options):
    if kind == "redis" and not servers.command(kind):
        pytest.skip("redis-server is not installed")
    return servers.Server(kind, *options)


@pytest.fixture(scope="session")
def all_shared():
    running = Shared()
    yield running
    for server in running.values():
        server.stop()


@pytest.fixture
def shared(all_shared):
    """The shared servers by name. A death fails the test."""
    yield all_shared
    all_shared.check()


@pytest.fixture(params=servers.KINDS)
def server(request, shared):
    return shared[request.param]


@pytest.fixture(params=(2, 3), ids=("resp2", "resp3"))
def proto(request):
    return request.param


@pytest.fixture
def conn(server, proto):
    with server.connect(proto=proto) as c:
        c.cmd("FLUSHALL")
        yield c


@pytest.fixture
def start():
    """start(kind, *options): a private server that ends with the test."""
    running = []

    def start(kind, *options):
        running.append(launch(kind, *options))
        return running[-1]

    yield start
    for server in running:
        server.stop()
