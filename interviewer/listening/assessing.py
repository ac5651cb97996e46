"""When answers are assessed: each on a thread of its own while the candidate thinks, those that failed again before the debrief."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from interviewer.grading.judging import Observed
from interviewer.listening.assessor import Assessor
from interviewer.state import Assessment, Slip, Turn
from interviewer.steps import STEPS, Step

if TYPE_CHECKING:
    from interviewer.record.archive import Archive

PARALLEL = 4


class Assessing:
    """The background work of one interview. `done` is handed the turn's index and its assessment, on the thread that made it."""

    def __init__(self, assessor: Assessor, done: Callable[[int, Assessment], None]):
        self._assessor, self._done = assessor, done
        self._threads: list[threading.Thread] = []

    def begin(self, turns: Sequence[Turn]) -> None:
        """Assess the last of `turns`, which is the candidate's; returns at once."""
        self._threads = [t for t in self._threads if t.is_alive()]
        thread = threading.Thread(target=self._run, args=(tuple(turns),), name="assess", daemon=True)
        self._threads.append(thread)
        thread.start()

    def settle(self, seconds: float) -> bool:
        """Wait for what is under way; whether all of it is done."""
        for thread in list(self._threads):
            thread.join(seconds)
        return not any(t.is_alive() for t in self._threads)

    def _run(self, turns: tuple[Turn, ...]) -> None:
        self._done(turns[-1].index, self._assessor.assess(turns))


def to_assess(turns: Sequence[Turn]) -> list[int]:
    """The places of the answers that have words and no assessment that worked."""
    return [n for n, t in enumerate(turns) if t.role == "candidate" and t.text.strip() and not t.assessed]


def observed(turns: Sequence[Turn]) -> tuple[Observed, ...]:
    """What was noted as wrong while the round ran, for a grader to check; a turn is named by its place."""
    slips = [(place, slip) for place, t in enumerate(turns) if t.assessment for slip in t.assessment.slips]
    return tuple(Observed(turn=place, quote=s.quote, what=s.what, why=s.why, step=_step(s)) for place, s in slips)


def _step(slip: Slip) -> Step | None:
    """The step of a listed mistake, by the note that it rests on; None when it is not listed: then every step is shown it."""
    named = slip.passage.rpartition("/")[2].partition(".")[0]
    return next((step for step in STEPS if step == named), None)


def complete(archive: Archive, ident: str, assessor: Assessor) -> list[Turn]:
    """The turns of an interview with every missing assessment made and kept; one that fails again says why."""
    turns = archive.turns(ident)
    places = to_assess(turns)

    def make(place: int) -> None:
        old = turns[place].assessment
        made = assessor.assess(turns[: place + 1])
        work = made.work.plus(old.work) if old else made.work  # what the failed call took was paid for too
        archive.observe(ident, turns[place].index, made.model_copy(update={"work": work}))

    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(make, places))
    return archive.turns(ident) if places else turns
