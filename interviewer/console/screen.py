"""How an interview looks in a terminal: wrapped words as they come, the steps and the clock, a short debrief. Knows no turn."""

from __future__ import annotations

import re
import shutil
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from interviewer.grading.scorecard import Scorecard
    from interviewer.state import RoomView

WIDEST = 92
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
HELP = """  /hint    a small hint (it is noted on the scorecard)
  /next    move on to the next step
  /pause   stop the clock
  /finish  end the round and see the debrief
  /help    this list
Several lines: end a line with a backslash, or paste. Ctrl-C or Ctrl-D leaves; everything is kept."""


class Screen:
    """Writes to the terminal. Only words are printed: no control character of a text gets through."""

    def __init__(self):
        self._console = Console(highlight=False, markup=False, emoji=False)
        self._width = min(WIDEST, shutil.get_terminal_size().columns - 1)
        self._column = 0

    def head(self, view: RoomView) -> None:
        """What was agreed, and who works."""
        terms = view.terms
        self._line(view.title, "bold")
        self._line(f"{terms.level} · {clock(view.total)} on the clock · interviewer: {view.voice} · grader: {view.grader}", "dim")
        self._line("/help lists what you can type", "dim")
        self._line("")

    def bar(self, view: RoomView) -> None:
        """The seven steps with where we are, and the clock."""
        text = Text()
        for step in view.steps:
            name = f"[{step.short}]" if step.here else f" {step.short} "
            text.append(name, "bold" if step.here else "" if step.entered else "dim")
        text.append(f"  {clock(view.clock)} of {clock(view.total)}", "dim")
        self._console.print(text, soft_wrap=True)

    def say(self, piece: str) -> None:
        """A piece of the interviewer's speech, wrapped between words."""
        for part in re.split(r"(\n)", _CONTROL.sub("", piece)):
            if part == "\n":
                self._end()
            for word in re.findall(r"\S+\s*|\s+", part) if part != "\n" else ():
                if self._column and self._column + len(word.rstrip()) > self._width:
                    self._end()
                self._console.print(word if self._column else word.lstrip(), end="", style="cyan", soft_wrap=True)
                self._column += len(word)
        sys.stdout.flush()

    def said(self) -> None:
        """The interviewer has ended."""
        if self._column:
            self._end()
        self._line("")

    def tell(self, words: str) -> None:
        """Words of the program itself."""
        if self._column:
            self._end()
        self._line(words, "dim")

    def warn(self, words: str) -> None:
        """Something went wrong."""
        if self._column:
            self._end()
        self._line(words, "yellow")

    def debrief(self, card: Scorecard) -> None:
        """The short form; the whole is in the report."""
        for line in brief(card):
            self._line(line)

    def _end(self) -> None:
        self._console.print()
        self._column = 0

    def _line(self, words: str, style: str = "") -> None:
        self._console.print(_CONTROL.sub("", words), style=style, soft_wrap=not words or len(words) > self._width)


def clock(seconds: float) -> str:
    """Seconds as 12:05."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def brief(card: Scorecard) -> list[str]:
    """A scorecard in a few lines of plain text."""
    from interviewer.reporting.report import RECOMMENDATIONS, level_words

    lines = [f"{RECOMMENDATIONS[card.recommendation]}: {card.recommendation_reason}", ""]
    lines += [f"  {s.title:34} {level_words(s):12} {s.reason}" for s in card.steps]
    lines += ["", *(f"  {c.title:34} {level_words(c):12} {c.reason}" for c in card.cross_cutting)]
    if card.errors:
        lines += ["", *(f"  Error (turn {e.turn}): {e.what}{', corrected later' if e.corrected else ''}" for e in card.errors)]
    if card.study:
        lines += ["", "  Next: " + "; ".join(item.title for item in card.study)]
    return [*lines, ""]
