"""What the programs in Python share: a check is a function with a name, which
runs where it is defined and prints whether it went well."""

import sys
import time
import traceback


def check(name, before=None):
    def run(function):
        try:
            if before:
                before()
            function()
            print("ok " + name, flush=True)
        except Exception:
            print("not ok %s\n    %s" % (name, traceback.format_exc(
                limit=3).strip().replace("\n", "\n    ")), flush=True)
    return run


def equal(got, wanted):
    assert got == wanted, "got %r\nwanted %r" % (got, wanted)


def until(ready, seconds=5):
    """Calls it until it returns something true."""
    end = time.monotonic() + seconds
    while True:
        got = ready()
        if got:
            return got
        assert time.monotonic() < end, "not in time"
        time.sleep(0.002)


port = int(sys.argv[1])
