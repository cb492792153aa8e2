"""A terminal for tests: a pseudo terminal and what its screen shows.

Screen knows what the line editor sends and refuses everything else, above all
control bytes and text that is not UTF-8. Terminal runs a program on it.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
import unicodedata

GREY = "90"
TIMEOUT = 10.0


class Odd(AssertionError):
    """The program sent what it must not."""


def columns(char):
    if unicodedata.category(char) in ("Mn", "Me") or char in "\u200c\u200d":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


class Screen:
    """Rows of cells; a cell is (text, rendition). Wide characters take two, the
    second is (None, rendition). Rows that scroll out are kept in `past`."""

    def __init__(self, width, height=24):
        self.width, self.height = width, height
        self.rows = [[] for _ in range(height)]
        self.past = []
        self.x = self.y = 0
        self.full = False       # the cursor is behind the last column
        self.rendition = ""
        self.bells = 0
        self.marked = False     # pastes are marked
        self.left = b""         # an unfinished sequence or character

    def feed(self, data):
        data = self.left + data
        at = 0
        while at < len(data):
            used = self._take(data[at:])
            if not used:
                break
            at += used
        self.left = data[at:]
        if len(self.left) > 64:
            raise Odd("no end of sequence: %r" % self.left)

    def _take(self, data):
        c = data[0]
        if c == 0x1b:
            return self._escape(data)
        if c == 0x0d:
            self.x, self.full = 0, False
        elif c == 0x0a:
            self._down()
        elif c == 0x07:
            self.bells += 1
        elif c < 0x20 or c == 0x7f:
            raise Odd("control byte %02x" % c)
        else:
            return self._char(data)
        return 1

    def _char(self, data):
        c = data[0]
        size = 1 if c < 0x80 else 2 if c < 0xe0 else 3 if c < 0xf0 else 4
        if len(data) < size:
            return 0
        try:
            char = data[:size].decode()
        except UnicodeDecodeError:
            raise Odd("not UTF-8: %r" % data[:size])
        if unicodedata.category(char) in ("Cc", "Zl", "Zp") or (
                unicodedata.category(char) == "Cf" and columns(char)):
            raise Odd("raw U+%04X" % ord(char))
        self._put(char)
        return size

    def _escape(self, data):
        if len(data) < 3:
            return 0
        if data[1:2] != b"[":
            raise Odd("sequence %r" % data[:8])
        end = 2
        while end < len(data) and not 0x40 <= data[end] <= 0x7e:
            end += 1
        if end == len(data):
            return 0
        self._csi(data[2:end].decode(), chr(data[end]))
        return end + 1

    def _csi(self, par, final):
        if final == "C":
            self.x = min(self.x + int(par or 1), self.width - 1)
            self.full = False
        elif final == "J" and par in ("", "0"):
            self._erase()
            for y in range(self.y + 1, self.height):
                self.rows[y] = []
        elif final == "J" and par == "2":
            self.rows = [[] for _ in range(self.height)]
        elif final == "H" and not par:
            self.x = self.y = 0
            self.full = False
        elif final == "m":
            self.rendition = "" if par in ("", "0") else par
        elif final in "hl" and par == "?2004":
            self.marked = final == "h"
        else:
            raise Odd("sequence CSI %s %s" % (par, final))

    def _erase(self):
        """As xterm does: behind the last column it takes the last cell."""
        row = self.rows[self.y]
        del row[self.x:]
        if row and row[-1][0] and columns(row[-1][0][0]) == 2 and \
                len(row) == self.x and self.x:
            raise Odd("half of a wide character is erased")

    def _down(self):
        self.full = False
        if self.y < self.height - 1:
            self.y += 1
        else:
            self.past.append(self.rows.pop(0))
            self.rows.append([])

    def _put(self, char):
        wide = columns(char)
        row = self.rows[self.y]
        if wide == 0:
            at = self.x if self.full else self.x - 1
            if at < 0 or at >= len(row):
                raise Odd("nothing for U+%04X to stand on" % ord(char))
            while row[at][0] is None:
                at -= 1
            row[at] = (row[at][0] + char, row[at][1])
            return
        if self.full or self.x + wide > self.width:
            self._down()
            self.x = 0
            row = self.rows[self.y]
        row += [(" ", "")] * (self.x + wide - len(row))
        row[self.x] = (char, self.rendition)
        if wide == 2 and self.x + 1 < len(row):
            row[self.x + 1] = (None, self.rendition)
        self.x += wide
        if self.x >= self.width:
            self.x, self.full = self.width - 1, True

    def text(self, y=None, rendition=None):
        """A row as text, by default the cursor's; only cells of a rendition."""
        row = self.rows[self.y if y is None else y]
        return "".join(c for c, r in row
                       if c and (rendition is None or r == rendition)).rstrip()

    def lines(self):
        rows = self.past + self.rows
        out = ["".join(c for c, _ in row if c).rstrip() for row in rows]
        while out and not out[-1]:
            out.pop()
        return out


class Terminal:
    """A program on a terminal of its own, as the leader of its session."""

    def __init__(self, line, width=80, height=24, env=None, ignore=(),
                 extra=None, quiet=False):
        self.master, self.slave = pty.openpty()
        self.resize(width, height, quiet=True)
        if quiet:   # the kernel does not echo, nor act on bytes
            to = termios.tcgetattr(self.slave)
            to[0] &= ~termios.IXON
            to[3] &= ~(termios.ECHO | termios.ISIG | termios.IEXTEN)
            termios.tcsetattr(self.slave, termios.TCSANOW, to)
        self.before = termios.tcgetattr(self.slave)
        self.screen = Screen(width, height)
        self.output = b""
        self.seen = 0

        def start():
            if extra:           # a file becomes descriptor 3
                os.dup2(extra.fileno(), 3)
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            for s in ignore:
                signal.signal(s, signal.SIG_IGN)

        env = {**os.environ, "TERM": "xterm", **(env or {})}
        env.pop("COLUMNS", None)
        self.process = subprocess.Popen(
            line, stdin=self.slave, stdout=self.slave, stderr=self.slave,
            preexec_fn=start, env=env, close_fds=not extra)

    def resize(self, width, height=24, quiet=False):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ,
                    struct.pack("HHHH", height, width, 0, 0))
        if not quiet:
            self.screen.width, self.screen.height = width, height

    def read(self, seconds):
        """What comes within some time; False: nothing."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.output += data
        self.screen.feed(data)
        return True

    def until(self, ready, what=None):
        """Reads until ready() is true."""
        end = time.monotonic() + TIMEOUT
        while not ready():
            if time.monotonic() > end:
                raise AssertionError("not seen: %s; the screen:\n%s\n%r" % (
                    what, "\n".join(self.screen.lines()), self.output[-400:]))
            self.read(0.05)

    def wait(self, text):
        """Reads until `text` comes behind what was waited for before."""
        text = text.encode() if isinstance(text, str) else text
        self.until(lambda: text in self.output[self.seen:], text)
        self.seen = self.output.index(text, self.seen) + len(text)

    def send(self, data):
        data = data.encode() if isinstance(data, str) else data
        while data:
            self.read(0)
            if select.select([], [self.master], [], 0.01)[1]:
                data = data[os.write(self.master, data[:512]):]

    def shows(self, row, at=None, grey=None):
        """Waits until the cursor's row is `row`, the cursor in column `at`,
        with `grey` behind the line."""
        def ready():
            s = self.screen
            return (s.text(rendition="") == row
                    and (at is None or s.x == at)
                    and (grey is None or s.text(rendition=GREY).strip() == grey)
                    and not s.left)
        self.until(ready, (row, at, grey, self.screen.text(), self.screen.x))

    def raw(self):
        return not termios.tcgetattr(self.slave)[3] & termios.ICANON

    def ended(self):
        """The exit code; the terminal must be as it was."""
        self.until(lambda: self.process.poll() is not None, "the end")
        while self.read(0.02):
            pass
        assert termios.tcgetattr(self.slave) == self.before
        assert not self.screen.marked
        return self.process.returncode

    def close_terminal(self):
        os.close(self.slave)
        os.close(self.master)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for fd in (self.master, self.slave):
            try:
                os.close(fd)
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
