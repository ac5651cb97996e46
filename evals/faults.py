"""What a failing model does to a round: every fault of a real server against each job: `python -m evals.faults`.

A cell lets one fault happen over HTTP while a round speaks, assesses or is graded, and looks at what a candidate reads, what
stands in the record, and whether there is a way on. The tests run the same cells.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from evals.fake_server import FAULTS, Reply

if TYPE_CHECKING:
    from evals.failing import Cell

KEY = "sk-test-0f1e2d3c4b5a6978"
MODEL = "openai:fake"
CASE = "video_recommendation"
FINE = "fine"  # the fault passes, or does not matter: nobody notices it
UNREADABLE = "unreadable"  # the reply is whole and not the JSON that was asked for
Bend = Callable[[Reply, str], Reply]  # a sound reply and JSON text in, the faulty reply out


class Row(NamedTuple):
    """A fault: how it bends a reply, and what it is to a job: a kind of `interviewer.providers.faults`, or as above.

    `read` is for the jobs that ask for JSON in one piece. `once` says that it passes by itself, `waits` after how many seconds.
    """

    name: str
    bend: Bend
    speak: str
    read: str
    once: bool = False
    waits: float = 0.0


def _instead(name: str, **parts: Any) -> Bend:
    """Another reply in the place of the sound one."""
    return lambda good, json: replace(FAULTS[name], **parts)


def _with(**parts: Any) -> Bend:
    """The sound reply, but for these parts."""
    return lambda good, json: replace(good, **parts)


def _saying(frame: str) -> Bend:
    """The JSON in another frame."""
    return lambda good, json: replace(good, text=frame.replace("JSON", json))


ROWS = [
    Row("401", _instead("401", message=f"Incorrect API key provided: {KEY}."), "auth", "auth"),
    Row("403, unknown", _instead("403"), "access", "access"),
    Row("404, no such model", _instead("404"), "unknown_model", "unknown_model"),
    Row("400 that tells the key", _instead("bad_request", message=f"'top_k' is unknown for {KEY}."), "request", "request"),
    Row("429 with retry-after", _instead("429", headers=(("retry-after", "1"),)), FINE, FINE, once=True, waits=1.0),
    Row("429 without", _instead("429", headers=()), FINE, FINE, once=True),
    Row("429 that goes on", _instead("429"), "rate", "rate"),
    Row("quota used up", _instead("quota"), "quota", "quota"),
    Row("500 once", _instead("500"), FINE, FINE, once=True),
    Row("500 for ever", _instead("500"), "server", "server"),
    Row("503", _instead("503"), "server", "server"),
    Row("silence, no first byte", _with(fault="silent"), "timeout", "timeout"),
    Row("stall in the middle", _with(fault="stall"), "stall", "timeout"),
    Row("connection refused", _with(), "connection", "connection"),
    Row("dropped in the middle", _with(fault="drop"), "dropped", "connection"),
    Row("clean end in mid-sentence", _with(fault="cut"), "dropped", "dropped"),
    Row("half a message", _with(fault="garbled"), "garbled", "garbled"),
    Row("empty reply", _with(text=""), "empty", "empty"),
    Row("refusal", _instead("refusal"), "empty", "refused"),
    Row("content filter", _with(ends="content_filter"), "refused", "refused"),
    Row("content filter as a 400", _instead("blocked"), "refused", "refused"),
    Row("length cut", _with(ends="length"), "length", "length"),
    Row("context overflow", _instead("context"), "context", "context"),
    Row("broken JSON", lambda good, json: replace(good, text=json[: len(json) // 2]), "data", UNREADABLE),
    Row("JSON of another schema", _saying('{"score": 50, "feedback": "solid"}'), "data", UNREADABLE),
    Row("JSON in prose", _saying("Here you are:\nJSON\nI hope this helps."), "data", FINE),
    Row("JSON in a code fence", _saying("```json\nJSON\n```"), "data", FINE),
    Row("HTML page", _with(fault="page"), "garbled", "garbled"),
    Row("error in the stream", _instead("error_event"), "server", "garbled"),
]
REFUSED = "connection refused"
JOBS = ("speak", "assess", "grade", "whole")  # the last one: the grader's calls about the round as a whole


class Table:
    """All cells, each run when it is asked for, on one case. `home` is a folder for the record, `cases` that of the cases."""

    def __init__(self, home: Path, case: str = CASE, cases: Path | None = None):
        from evals.failing import House

        self._house = House(home, case, cases)

    @cached_property
    def _graded(self) -> Any:
        from evals.failing_grade import Graded

        return Graded(self._house)

    def cell(self, row: Row, job: str) -> Cell:
        """Lets one fault happen to one job; what is logged meanwhile must not hold the key either."""
        from evals.failing import overheard

        with overheard() as told:
            cell = self._run(row, job)
        leaked = [f"the key is in the log: {line}" for line in told if KEY in line]
        return cell._replace(problems=(*cell.problems, *leaked[:1]))

    def _run(self, row: Row, job: str) -> Cell:
        from evals import failing_grade, failing_round

        if job == "speak":
            return failing_round.speak(self._house, row)
        if job == "assess":
            return failing_round.assess(self._house, row)
        return (failing_grade.grade if job == "grade" else failing_grade.whole)(self._house, self._graded, row)

    def close(self) -> None:
        """Lets go of the record."""
        self._house.office.archive.close()


def main() -> int:
    """Prints the table; exit code 1 when a cell is not green."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", default="", help="rows whose name holds this")
    options.add_argument("--job", choices=JOBS, action="append", help="one job (may be given again)")
    given = options.parse_args()
    rows = [row for row in ROWS if given.only in row.name]
    with tempfile.TemporaryDirectory() as home:
        table = Table(Path(home))
        red = sum(_told(row, job, table.cell(row, job)) for row in rows for job in given.job or JOBS)
        table.close()
    count = len(rows) * len(given.job or JOBS)
    print(f"\n{count} cells, {'every one green' if not red else f'{red} not green'}")
    return 1 if red else 0


def _told(row: Row, job: str, cell: Cell) -> int:
    """One line a cell, and one for each thing that is wrong; 1 when something is."""
    print(f"{row.name:26} {job:7} {'FAILS' if cell.problems else 'ok':6} {cell.read or '(nobody notices)'}", flush=True)
    for problem in cell.problems:
        print(f"{'':41} ! {problem[:400]}", flush=True)
    return 1 if cell.problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
