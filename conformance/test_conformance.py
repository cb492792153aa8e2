"""The registry as pytest items: one a check, its id that of the check."""


import pytest

from . import profile as profiles
from . import report, runner
from .expect import LEVELS
from .kv import servers
from .runner import KNOWN, RED, SKIP, UNIMPLEMENTED, Plan, Worker
from .target import TargetError, parse_address

START = {
    "kv": "%s --port {port} --bind 127.0.0.1 --enable-debug-command yes",
    "redis": "%s --port {port} --bind 127.0.0.1 --enable-debug-command yes"}
PROFILES = {"kv": "kv", "redis": "redis-7.0"}


def add_options(parser):
    group = parser.getgroup("conformance", "the server under test")
    group.addoption("--server", metavar="ADDRESS", help="HOST:PORT or "
                    "unix:PATH; without it kv is tested, and its own tests "
                    "run")
    group.addoption("--cmd", metavar="COMMAND", help="starts a server; "
                    "{port}, {dir} and {socket} are filled in")
    group.addoption("--password")
    group.addoption("--user")
    group.addoption("--profile", metavar="P")
    group.addoption("--level", choices=("must", "should", "exact"),
                    help="what fails (default should; exact for kv)")
    group.addoption("--splits", action="store_true",
                    help="cut every request at every offset")
    group.addoption("--full", action="store_true",
                    help="every context in both protocols")
    group.addoption("--destructive", action="store_true", help="the server "
                    "may be flushed, reconfigured and its clients killed")
    group.addoption("--yes", action="store_true",
                    help="go on though the server is not empty")


def foreign(config):
    """Is another server than kv tested?"""
    return bool(config.getoption("--server") or config.getoption("--cmd"))


def make_plan(config):
    option = config.getoption
    kind = option("--only") or "kv"
    command, name = option("--cmd"), option("--profile")
    if not foreign(config):
        line = servers.command(kind)
        if not line:
            raise pytest.UsageError("there is no %s to test" % kind)
        command = START[kind] % " ".join(map(servers.quote, line))
        name = name or PROFILES[kind]
    try:
        profile = profiles.find(name) if name else profiles.Profile("guessed")
        address = option("--server") and parse_address(option("--server"))
    except (profiles.ProfileError, ValueError) as e:
        raise pytest.UsageError(str(e))
    level = option("--level") or ("should" if foreign(config) else "exact")
    assert level in LEVELS
    return Plan(profile, level, address, command, option("--password"),
                option("--user"), destructive=option("--destructive"),
                splits=option("--splits"))


class Registry(pytest.File):
    """Every check that the options select."""

    def collect(self):
        plan = make_plan(self.config)
        self.worker = None
        self.plan = plan
        self.checks = runner.select(plan.profile,
                                    full=self.config.getoption("--full"))
        for check in self.checks:
            yield Item.from_parent(self, name=check.id, check=check)

    def start(self):
        """The worker, made when the first check runs."""
        if self.worker is None:
            look = self.plan.target()
            try:
                look.greet()
                runner.admit(self.plan, look, self.config.getoption("--yes"))
                runner.refuse_collisions(self.plan, self.checks, look)
            finally:
                look.stop()
            self.worker = Worker(self.plan)
        return self.worker

    def teardown(self):
        if self.worker:
            self.worker.stop()
            self.worker = None


class Red(Exception):
    """Carries the report of a check."""


class Item(pytest.Item):
    def __init__(self, check, **how):
        super().__init__(**how)
        self.check = check

    def runtest(self):
        try:
            outcome = self.parent.start().check(self.check)
        except TargetError as e:
            pytest.exit(str(e), 3)
        if outcome.verdict in (SKIP, UNIMPLEMENTED):
            pytest.skip("%s: %s" % (outcome.verdict, outcome.why))
        if outcome.verdict == KNOWN:
            pytest.xfail(outcome.why)
        if outcome.verdict in RED:
            raise Red(report.failure(outcome, self.check.case))

    def repr_failure(self, info, style=None):
        if isinstance(info.value, Red):
            return str(info.value)
        return super().repr_failure(info)

    def reportinfo(self):
        return self.path, None, self.name


