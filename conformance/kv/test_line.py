"""The line editor: its white-box program, and what a terminal shows of it.

line_demo reads lines on a pseudo terminal and says what it got; screen.py is
the terminal.
"""

import os
import random
import signal
import subprocess
import termios
import time
from pathlib import Path

import pytest

from conformance.kv.compiled import LINES, LONG, compiled
from conformance.kv.screen import Screen, Terminal, columns

ROOT = Path(__file__).resolve().parents[2]
WHITE = ROOT / "conformance" / "kv" / "white"
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
ENV = {"ASAN_OPTIONS": "detect_leaks=0", "UBSAN_OPTIONS": "print_stacktrace=1"}
UP, DOWN, RIGHT, LEFT = b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D"
PASTE, END = b"\x1b[200~", b"\x1b[201~"
PUT = ("value [NX|XX|IFEQ comparison] [GET] [EX seconds|PX milliseconds|PXAT "
       "unix-time|KEEPTTL]")     # as line_rows.h has it


def build(name, *flags):
    out, text = compiled(
        name, [os.environ.get("CC", "cc")], "-std=c99", LINES, "-O0", *flags,
        "-DKV_DEBUG=1", "-DKV_MEM=0", f"-I{ROOT}", WHITE / (name + ".c"),
        "-lm", "-pthread")
    assert out, text
    return str(out)


@pytest.fixture(scope="session")
def white():
    return build("line_test", *SANITIZE)


@pytest.fixture(scope="session")
def demo():
    return build("line_demo", *(SANITIZE if LONG else ()))


@pytest.fixture
def term(demo):
    """Starts the demo on a terminal; ended without a trace afterwards."""
    opened = []

    def start(*args, **how):
        how["env"] = {**ENV, **how.get("env", {})}
        t = Terminal([demo, *args], **how)
        opened.append(t)
        return t

    yield start
    for t in opened:
        t.close()


def done(t, text):
    """Waits until a line was read."""
    text = text.encode() if isinstance(text, str) else text
    t.wait(b"done:" + text.hex().encode() + b".\r\n")


def ready(t):
    t.shows("kv>", 4)


def leave(t):
    t.until(t.raw, "raw mode")
    t.send("\x03")
    t.wait("cancel:.\r\n")
    t.until(t.raw, "raw mode")
    t.send("\x04")
    t.wait("end:.\r\n")
    assert t.ended() == 0


def names():
    """The white-box tests by name, read from the table in the source."""
    text = (WHITE / "line_test.c").read_text()
    table = text[text.index("} TESTS[] = {"):]
    lines = table[: table.index("};")].splitlines()
    return [x.strip()[2:-2] for x in lines if x.strip().startswith("T(")]


@pytest.mark.parametrize("name", names())
def test_white(white, name):
    done = subprocess.run([white, name], env={**os.environ, **ENV}, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout.decode(errors="replace")


def test_a_line(term):
    t = term(width=200)
    ready(t)
    assert t.raw() and t.screen.marked
    t.send("pat k v")
    t.shows("kv> pat k v", 11)
    t.send(b"\x01" + RIGHT + b"\x1b[3~u")
    t.shows("kv> put k v", 6, PUT[len("value "):])
    t.send("\r")
    done(t, "put k v")
    leave(t)
    # what was grey is gone from the screen
    assert t.screen.lines()[:2] == ["kv> put k v", "done:707574206b2076."]


def test_the_terminal_is_its_own_between_lines(term):
    t = term()
    t.send("sleep\r")
    done(t, "sleep")
    t.until(lambda: not t.screen.marked, "unmarked pastes")
    assert not t.raw()
    assert termios.tcgetattr(t.slave) == t.before
    ready(t)
    leave(t)


@pytest.mark.parametrize("width", [*range(1, 31), 40, 53, 79, 80, 81, 132, 200])
def test_any_width(term, width):
    """The row that is shown is a piece of prompt and line, with the cursor in
    its place; nothing comes into another row or the last column."""
    prompt, text = "127.0.0.1:6379> ", "set k \u4e2d\u6587e\u0301 abcdefghij \U0001f600"
    t = term("--prompt", prompt, width=width)
    t.until(lambda: t.screen.marked, "start")
    at = len(text)
    chars = ["e\u0301" if c == "e" and text[i + 1] == "\u0301" else c
             for i, c in enumerate(text) if c != "\u0301"]
    size = lambda part: sum(columns(c) for c in "".join(part))
    t.send(text)
    place = len(chars)
    for step in (0, -1, -1, -5, 3, -9, -99, 1, 7, 99):
        move = max(-place, min(step, len(chars) - place))
        place += move
        t.send((LEFT if move < 0 else RIGHT) * abs(move) + b"\x19")
        t.until(lambda: at_rest(t, chars, place, prompt, width, size),
                (step, place, t.screen.text(), t.screen.x))
        assert t.screen.y == 0
        assert len(t.screen.rows[0]) < max(width, 2)
    t.send("\r")
    done(t, text)
    shown = Screen(width)
    shown.feed(b"\r\n".join([(prompt + text).encode(), b"done:"]))
    rows = shown.lines()
    t.until(lambda: "".join(t.screen.lines()).startswith("".join(rows)), rows)


def at_rest(t, chars, place, prompt, width, size):
    s = t.screen
    row, x = s.text(rendition=""), s.x
    for cut in range(len(prompt) + 1):       # how much of the prompt is gone
        head = prompt[cut:]
        if len(head) > x and len(head):
            continue
        if size(chars) + len(prompt) + 10 < width and cut:
            return False
        for first in range(place + 1):       # the first character that is seen
            if len(head) + size(chars[first:place]) != x:
                continue
            room = width - 1 - len(head)
            end = first
            while end < len(chars) and size(chars[first:end + 1]) <= room:
                end += 1
            if (head + "".join(chars[first:end])).rstrip() == row:
                return True
    return False


def test_hints_fit(term):
    for width in (12, 14, 20, 40, 300):
        t = term(width=width)
        ready(t)
        t.send("put k")
        room = width - 1 - len("kv> put k")
        t.shows("kv> put k", 9, (" " + PUT)[:max(room, 0)].strip())
        assert t.screen.y == 0
        leave(t)


def test_history(term, tmp_path):
    path = tmp_path / "history"
    path.write_bytes(b"get old\nx\x1b[31m\xffy\n")
    t = term("--history", str(path))
    ready(t)
    t.send(b"new" + UP)
    t.shows("kv> x^[[31m\\xffy", 16)
    t.send(b"\x10\x10")
    t.shows("kv> get old", 11)
    t.send(DOWN + b"\x0e")
    t.shows("kv> new", 7)
    t.send("er\r")
    done(t, "newer")
    ready(t)
    t.send("auth secret\r")
    done(t, "auth secret")
    ready(t)
    t.send(UP)
    t.shows("kv> newer", 9)
    t.send(b"\x12old")
    t.shows("(reverse search)`old': get old", 27)
    t.send(b"\x07")
    t.shows("kv> newer", 9)
    t.send(b"\x12zzz")
    t.shows("(failed search)`zzz': newer")
    t.send(b"\x1b")
    t.shows("kv> newer")
    leave(t)
    assert path.read_bytes() == b"get old\nx\x1b[31m\xffy\nnewer\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_completion(term):
    t = term()
    ready(t)
    t.send("fetchr\t")
    t.shows("kv> fetchrange", 15, "key start end")
    t.send("\x15PU\t")
    t.until(lambda: t.screen.bells == 1, "bell")
    t.shows("kv> PU", 6, "PULL  PUT  PUTEX  PUTRANGE")
    t.send("\t\t")
    t.shows("kv> PUT", 7, "PUTEX  PUTRANGE")
    t.send("\x1b[Z")
    t.shows("kv> PULL", 8)
    t.send("\x1b")
    t.shows("kv> PU", 6)
    t.send("\t\t\t k v P\t\t\t")
    t.shows("kv> PUT k v PXAT", 16)
    t.send("\r")
    done(t, "PUT k v PXAT")
    leave(t)


def test_paste(term):
    t = term()
    ready(t)
    t.send(b"set " + PASTE + b"k \"a\tb\x03\" \rget k\r\n\nlast" + END)
    done(t, "set k \"a\tb\x03\" ")
    done(t, "get k")
    done(t, "")
    t.shows("kv> last", 8)
    t.send(b"!" + PASTE + b"\x1b[A" + END)
    t.shows("kv> last!^[[A", 13)
    t.send("\r")
    done(t, "last!\x1b[A")
    leave(t)


def test_big_pastes(term):
    """More than the kernel keeps, in lines and in one."""
    t = term()
    ready(t)
    lines = [b"%d %s" % (i, b"x" * (i % 300)) for i in range(400)]
    t.send(PASTE + b"\r".join(lines) + END)
    for line in lines[:-1]:
        done(t, line)
    t.send("\r")
    done(t, lines[-1])
    line = "\u4e2d" * 60000
    t.send(PASTE + line.encode() + END + b"\r")
    done(t, line)
    assert any(x.endswith("...") for x in t.screen.lines())
    leave(t)


def test_unmarked_lines_and_typing_ahead(term):
    t = term()
    ready(t)
    t.send("get a\rget b\r\nget c\nsleep\r")
    for line in ("get a", "get b", "get c", "sleep"):
        done(t, line)
    assert not t.raw()
    t.send("get d\rpart")            # while it is busy
    done(t, "get d")
    t.shows("kv> part", 8)
    leave(t)


def test_resize(term):
    t = term(width=80)
    ready(t)
    t.send("get abcdefghijklmnopqrstuvwxyz")
    t.shows("kv> get abcdefghijklmnopqrstuvwxyz")
    t.resize(20)
    t.until(lambda: t.screen.x < 20 and len(t.screen.rows[0]) < 20, "narrow")
    assert t.screen.text().startswith("kv> ")
    assert t.screen.text().endswith("xyz")
    t.resize(60)
    t.shows("kv> get abcdefghijklmnopqrstuvwxyz", 34)
    leave(t)


def test_clear(term):
    t = term()
    ready(t)
    t.send("abc\r")
    done(t, "abc")
    t.send("def\x0c")
    t.until(lambda: t.screen.y == 0 and t.screen.text() == "kv> def", "clear")
    leave(t)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP,
                                    signal.SIGQUIT])
def test_deadly_signals(term, number):
    t = term()
    ready(t)
    t.send("half a li")
    t.shows("kv> half a li")
    t.process.send_signal(number)
    assert t.ended() == -number


def test_ignored_signals(term):
    t = term(ignore=[signal.SIGTERM, signal.SIGHUP])
    ready(t)
    t.process.send_signal(signal.SIGTERM)
    t.process.send_signal(signal.SIGHUP)
    t.send("get a\r")
    done(t, "get a")
    leave(t)


def test_suspend(demo):
    """Ctrl-Z and SIGTSTP under a shell with job control."""
    script = '%s; echo STOPPED; read x; fg %%1 >/dev/null; echo AGAIN; ' \
             'read x; fg %%1 >/dev/null; echo OUT' % demo
    with Terminal(["sh", "-mc", script], env=ENV) as t:
        ready(t)
        t.send("get abc" + "\x1b[D")
        t.shows("kv> get abc", 10)
        assert t.raw()
        t.send("\x1a")
        t.wait("STOPPED")
        assert termios.tcgetattr(t.slave) == t.before
        assert not t.screen.marked
        t.send("\n")
        t.shows("kv> get abc", 10)
        assert t.raw()
        os.killpg(os.tcgetpgrp(t.master), signal.SIGTSTP)
        t.wait("AGAIN")
        assert termios.tcgetattr(t.slave) == t.before
        t.send("\n")
        t.shows("kv> get abc", 10)
        t.send("X\r")
        done(t, "get abXc")
        t.until(t.raw, "raw mode")
        t.send("\x04")
        t.wait("OUT")
        assert t.ended() == 0


def test_stopped_and_continued_unasked(term):
    """Somebody else changes the terminal while the program is stopped."""
    t = term()
    ready(t)
    t.send("get abc")
    t.shows("kv> get abc")
    t.process.send_signal(signal.SIGSTOP)
    time.sleep(0.05)
    termios.tcsetattr(t.slave, termios.TCSANOW, t.before)
    t.process.send_signal(signal.SIGCONT)
    t.until(t.raw, "raw mode again")
    t.send("d\r")
    done(t, "get abcd")
    leave(t)


@pytest.mark.parametrize("ignore", [[], [signal.SIGHUP]])
def test_the_terminal_goes_away(demo, ignore):
    t = Terminal([demo], ignore=ignore, env=ENV)
    ready(t)
    t.send("half")
    t.shows("kv> half")
    t.close_terminal()
    assert t.process.wait(10) == (0 if ignore else -signal.SIGHUP)


def test_end_of_input(term):
    t = term()
    ready(t)
    t.send("a\x04\x7f\x04")
    t.wait("end:.\r\n")
    assert t.ended() == 0


def test_password(term):
    t = term("--password", width=30)
    t.shows("Password:", 10)
    t.send("s\u00e9kret!\x7f\x02\x7f")
    t.shows("Password: *****", 14)
    t.send("\x12\t" + "\x1b[A" + "x")
    t.shows("Password: ******", 15)
    t.send("\r")
    t.wait(b"password:" + "s\u00e9krxt".encode().hex().encode() + b".\r\n")
    assert t.ended() == 0
    assert b"kr" not in t.output
    for keys in ("\x03", "abc\x03", "\x04", "x" * 64 + "\r"):
        t = term("--password", width=30)
        t.shows("Password:", 10)
        t.send(keys)
        t.wait("none:.\r\n")
        assert t.ended() == 0
        assert "xxx" not in "".join(t.screen.lines())


def test_password_leaves_the_rest(term):
    t = term()
    ready(t)
    t.send("password\r")
    t.shows("Password:", 10)
    t.send("secret\rget a\r")
    t.wait("password:736563726574.\r\n")
    done(t, "get a")
    leave(t)


def test_password_when_the_output_is_a_file(demo, tmp_path):
    with open(tmp_path / "out", "wb") as out, \
            Terminal(["sh", "-c", "exec %s --password >&3" % demo], env=ENV,
                     extra=out) as t:
        t.shows("Password:", 10)
        t.send("secret\r")
        assert t.ended() == 0
        assert b"secret" not in t.output
    assert (tmp_path / "out").read_bytes() == b"password:736563726574.\n"


def test_without_a_terminal(demo):
    def run(data, *args):
        return subprocess.run([demo, *args], input=data, timeout=10,
                              env={**os.environ, **ENV},
                              stdout=subprocess.PIPE).stdout

    assert run(b"get a\n\nget \xff\n\x1b[A") == \
        b"done:6765742061.\ndone:.\ndone:67657420ff.\ndone:1b5b41.\nend:.\n"
    assert run(b"") == b"end:.\n"
    assert run(b"secret\nrest", "--password") == b"password:736563726574.\n"
    long = b"x" * (1 << 20)
    assert run(long + b"\n").startswith(b"done:78787878")
    assert run(long + b"x\n").startswith(b"nomem:")


def test_dumb_terminal(term):
    t = term(env={"TERM": "dumb"})
    t.wait("kv> ")
    assert not t.raw()
    t.send("get a\n")
    done(t, "get a")
    t.wait("kv> ")
    t.send("\x04")
    assert t.ended() == 0
    assert b"\x1b" not in t.output


def noise(rnd, size):
    """Bytes of all kinds, keys more often than others."""
    keys = [b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\t", b"\x1b[Z", b"\x12",
            b"\r", b"\x15", b"\x17", b"\x19", b"\x0b", b"\x14", PASTE, END, b"\x1b",
            b"\x1bb", b"\x1bd", b"\x10", b"\x0e", b"\x7f", b"fetch ", b"put k v ",
            b"visitor kill ", "\u4e2de\u0301".encode(), b"\x1b[", b"\x1b[1;", b"\xc3",
            b"\x0c", b"\x1a", b"\x01", b"\x05", b"help @", b"abc\n", b"\r\n"]
    out = b""
    while len(out) < size:
        out += rnd.choice(keys) if rnd.random() < 0.7 else \
            bytes(rnd.choices(range(256), k=rnd.randrange(1, 9)))
    return out


@pytest.mark.parametrize("width", [1, 7, 33, 80])
def test_noise(term, width, request):
    """Whatever is typed: no crash, nothing raw on the screen, an end that
    leaves the terminal as it was."""
    rnd = random.Random(width)
    times = 50 if request.config.getoption("--long") else 3
    t = term("--forever", "--prompt", "127.0.0.1:6379> ", width=width,
             quiet=True)
    for _ in range(times):
        t.send(noise(rnd, 3000))
        while t.read(0.02):
            pass
        assert t.process.poll() is None, t.output[-3000:]
    t.send(END)
    while t.read(0.3):
        pass
    t.send("\x1b[201~\x03")
    t.wait("cancel:.\r\n")
    while t.read(0.3):
        pass
    t.send("\x03quit\r")
    assert t.ended() == 0
