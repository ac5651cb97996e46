"""One interview between an interviewer and a candidate, turn by turn, on the virtual clock. Knows no file and no command line."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

from evals.players import Candidate
from interviewer.clock import VirtualClock
from interviewer.errors import ModelError
from interviewer.interview import Interview

TRIES = 3  # of one reply, each with the provider's own retries
WAIT = 1.0  # seconds before the second try, doubled before the third
SETTLE = 1800.0  # seconds for what the interviewer does in the background; the models' own limits end it sooner
TURNS = 60  # of the candidate, after which the round is finished for them
Result = TypeVar("Result")


class PacedClock(VirtualClock):
    """A virtual clock on which every answer costs a pause as well: somebody silent uses time, too."""

    def __init__(self, elapsed: float, pace: float, pause: float):
        super().__init__(elapsed, pace)
        self._pause = pause

    def heard(self, text: str) -> float:
        self._elapsed += self._pause
        return super().heard(text)


def hold(
    interview: Interview, question: str, candidate: Candidate, turns: int = TURNS, kept: Callable[[], None] = lambda: None
) -> str:
    """Talk until the round is over; `kept` is called after every turn. Why it ended early, or "".

    ModelError when a model failed three times at one reply: the interview stands where it was and can be held on.
    """
    cut = ""
    while not interview.finished:
        if interview.waiting:
            again(lambda: "".join(interview.speak()))
            interview.settle(SETTLE)
        else:
            cut = answer(interview, question, candidate, turns) or cut
        kept()
    return cut


def answer(interview: Interview, question: str, candidate: Candidate, turns: int) -> str:
    """One turn of the candidate; why they leave, when they do."""
    lines = [(t.role, t.text) for t in interview.turns]
    given = sum(role == "candidate" for role, _ in lines)
    said = None if given >= turns else again(lambda: candidate.answer(question, lines))
    interview.hear(said or "", pressed="finish" if said is None else "")
    if said is not None:
        return ""
    return f"the candidate's {turns} turns were over" if given >= turns else "the candidate had no more answers"


def again(work: Callable[[], Result]) -> Result:
    """The result of `work`, tried three times while a model fails."""
    for tried in range(1, TRIES):
        try:
            return work()
        except ModelError as error:
            print(f"  (try {tried} failed: {error})", file=sys.stderr, flush=True)
            time.sleep(WAIT * 2 ** (tried - 1))
    return work()
