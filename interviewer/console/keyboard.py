"""Answers from a terminal: several lines, pasted text, a draft that survives, and signs of life. Knows no interview."""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import readline
except ImportError:  # Windows, and Pythons built without it: the line editing of the system then
    readline = None  # type: ignore[assignment]

PROMPT, MORE = "> ", "… "
PASTED = 0.06  # seconds within which further lines belong to the same paste
BEAT = 5.0  # seconds between two looks for a sign of life


class Keyboard:
    """Reads one answer at a time. A line that ends in a backslash goes on, and so does text that was pasted."""

    def __init__(self, draft: Path):
        self._draft = draft
        self._lines: list[str] = []
        if readline is not None and "libedit" not in (readline.__doc__ or ""):
            readline.parse_and_bind("set enable-bracketed-paste on")

    def answer(self) -> str:
        """The next answer. EOFError or KeyboardInterrupt when the candidate leaves; `keep` then saves what was begun."""
        self._lines = []
        line = self._line(PROMPT)
        while True:
            more = line.endswith("\\")
            self._lines.append(line.removesuffix("\\") if more else line)
            if not more and not _pending():
                break
            line = self._line(MORE if more else "")
        text = "\n".join(self._lines).strip()
        self._lines = []
        return text

    def ask(self, question: str) -> str:
        """A short answer to a question of the program, in lower case."""
        return input(f"{question} ").strip().lower()

    def keep(self, text: str = "") -> bool:
        """Save the answer that was begun (or `text`), to be offered when the interview is resumed; whether there was one."""
        begun = text or "\n".join([*self._lines, _unfinished()]).strip()
        if begun:
            with suppress(OSError):
                self._draft.parent.mkdir(parents=True, exist_ok=True)
                self._draft.write_text(begun, encoding="utf-8")
        return bool(begun)

    def kept(self) -> str:
        """The saved draft, once."""
        try:
            text = self._draft.read_text("utf-8")
            self._draft.unlink()
        except OSError:
            return ""
        return text

    def _line(self, prompt: str) -> str:
        return input(prompt)


def _pending() -> bool:
    """Whether more input is there already, as after a paste."""
    try:
        return bool(select.select([sys.stdin], [], [], PASTED)[0])
    except (OSError, ValueError):  # Windows cannot ask this of a console
        return False


def _unfinished() -> str:
    """The line that was being typed when the candidate left."""
    return readline.get_line_buffer() if readline is not None else ""


@contextmanager
def signs_of_life(seen: Callable[[], None]):
    """While this lasts, call `seen` soon after each key that is pressed (every few seconds where keys cannot be told)."""
    done = threading.Event()

    def watch() -> None:
        last = _last_key()
        while not done.wait(BEAT):
            now = _last_key()
            if now is None or now != last:
                last = now
                seen()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join(1)


def _last_key() -> float | None:
    """When the terminal was last read from, in steps of some seconds."""
    try:
        return os.stat(os.ttyname(sys.stdin.fileno())).st_atime
    except (OSError, AttributeError, ValueError):
        return None
