"""A terminal for a command under test: a real pseudo-terminal, and a screen of the few sequences that taut may use.

Whatever else is printed is kept in `strange`: text from others that reached the terminal as more than text is there.
"""

import fcntl
import os
import re
import struct
import subprocess
import termios
import threading
import unicodedata

import taut

SEQUENCE = re.compile(r"\x1b(?:\[([0-9;?]*)([@-~])|([78]))")
LONGEST = 12  # of a sequence that may still be cut


def width_of(character):
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class Screen:
    """Rows of cells, as a VT100 with automatic margins keeps them; rows that left at the top stay in `gone`."""

    def __init__(self, columns, rows):
        self.gone, self.strange, self.pending = [], [], ""
        self.saved = self.x = self.y = 0
        self.columns, self.rows = columns, rows
        self.lines = [[] for _ in range(rows)]

    def resize(self, columns, rows):
        """Nothing is reflowed; what does not fit is cut."""
        while len(self.lines) > rows:
            self.gone.append(self.lines.pop(0))
            self.y = max(0, self.y - 1)
        self.lines += [[] for _ in range(rows - len(self.lines))]
        self.columns, self.rows = columns, rows
        self.x = min(self.x, columns - 1)

    def text(self):
        return "\n".join("".join(line).rstrip() for line in self.gone + self.lines).rstrip()

    def take(self, text):
        text = self.pending + text
        self.pending = ""
        at = 0
        while at < len(text):
            if text[at] != "\x1b":
                self.put(text[at])
                at += 1
            elif match := SEQUENCE.match(text, at):
                self.obey(match)
                at = match.end()
            elif len(text) - at < LONGEST:
                self.pending = text[at:]
                return
            else:
                self.strange.append(text[at:at + LONGEST])
                at += 1

    def put(self, character):
        if character == "\r":
            self.x = 0
        elif character == "\n":
            self.down()
        elif character == "\b":
            self.x = max(0, min(self.x, self.columns - 1) - 1)
        elif character == "\a":
            pass
        elif ord(character) < 0x20 or 0x7f <= ord(character) < 0xa0:
            self.strange.append(character)
        else:
            self.show(character)

    def show(self, character):
        width = width_of(character)
        if self.x + width > self.columns:
            self.x = 0
            self.down()
        line = self.lines[self.y]
        if width == 0:
            if line and self.x:
                line[self.x - 1] += character
            return
        line += [" "] * (self.x + width - len(line))
        line[self.x:self.x + width] = [character] + [""] * (width - 1)
        self.x += width

    def down(self):
        self.y += 1
        if self.y == self.rows:
            self.y -= 1
            self.gone.append(self.lines.pop(0))
            self.lines.append([])

    def obey(self, match):
        words, final, short = match.groups()
        count = int(words) if words and words.isdigit() else 1
        if short == "7":
            self.saved = (self.x, self.y)
        elif short == "8":
            self.x, self.y = self.saved
        elif final == "A":
            self.y = max(0, self.y - count)
        elif final == "B":
            self.y = min(self.rows - 1, self.y + count)
        elif final == "C":
            self.x = min(self.columns - 1, self.x + count)
        elif final == "D":
            self.x = max(0, self.x - count)
        elif final == "G":
            self.x = count - 1
        elif final in "JK" and not words:
            self.erase(final)
        elif final == "P":
            del self.lines[self.y][self.x:self.x + count]
        elif final == "@":
            self.lines[self.y][self.x:self.x] = [" "] * count
        else:
            self.strange.append(match.group())

    def erase(self, final):
        del self.lines[self.y][self.x:]
        if final == "J":
            for line in self.lines[self.y + 1:]:
                line.clear()


class Terminal:
    """A running command at a terminal of its own. In `with`: it is ended with the test."""

    def __init__(self, node, *words, columns=80, rows=24, kind="xterm"):
        self.master, self.slave = os.openpty()
        self.resize_to(columns, rows)
        self.before = termios.tcgetattr(self.slave)
        self.screen = Screen(columns, rows)
        self.lock = threading.Lock()
        self.raw = b""
        self.process = subprocess.Popen(
            [*node.inside, node.command, *words], env=node.environment({"TERM": kind, "LC_ALL": "C", "TZ": "UTC"}),
            stdin=self.slave, stdout=self.slave, stderr=self.slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.slave)  # the last one: the reader's end
        self.reader.join(10)
        os.close(self.master)

    def read(self):
        partial = b""
        while True:
            try:
                piece = os.read(self.master, 65_536)
            except OSError:
                return
            whole = partial + piece
            keep = next((n for n in range(min(3, len(whole)), 0, -1) if whole[-n] >= 0xc0 and
                         n < (2 if whole[-n] < 0xe0 else 3 if whole[-n] < 0xf0 else 4)), 0)
            partial = whole[len(whole) - keep:] if keep else b""
            with self.lock:
                self.raw += piece
                self.screen.take(whole[:len(whole) - keep].decode(errors="replace"))

    def resize_to(self, columns, rows):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns, rows):
        with self.lock:
            self.screen.resize(columns, rows)
            self.resize_to(columns, rows)

    def type(self, text):
        os.write(self.master, text.encode())

    def text(self):
        with self.lock:
            return self.screen.text()

    def shows(self, *parts, limit_s=taut.LIMIT_S):
        """Waits until all of it is on the screen, or went by; gives the text."""
        try:
            return taut.wait_for(lambda: (text := self.text()) if all(part in self.text() for part in parts) else "",
                                 limit_s)
        except AssertionError:
            raise AssertionError(f"not shown: {parts}\n--- screen\n{self.text()}\n---") from None

    def line(self, part):
        """The row with this part."""
        return next(line for line in self.shows(part).splitlines() if part in line)

    def is_as_before(self):
        """The terminal's modes are those that the command found."""
        return termios.tcgetattr(self.slave) == self.before

    def ended(self):
        """Its exit code."""
        return self.process.wait(taut.LIMIT_S)
