"""Does the embedded grader put candidates in their order? Five short interviews a case, of five levels of skill.

    python -m evals.ordering               all cases, one line each

The interviews were written by a language model that saw the question of the case and nothing else, one for each level of
skill from 1 (knows nearly nothing) to 5 (exceptional), about equally long. No person has rated them.
"""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import NamedTuple

from evals.stats import spearman
from interviewer.casefile import CaseFile
from interviewer.grading.embedded_judge import EmbeddedJudge
from interviewer.grading.grader import grade
from interviewer.record.transcript import read
from knowledge.library import Library

FOLDER = Path(__file__).with_name("candidates")


class Placed(NamedTuple):
    """One interview: its skill, the mean level of its steps, and the recommendation."""

    skill: int
    mean: float
    recommendation: str


def graded(case: str) -> list[Placed]:
    """The interviews of a case as the embedded grader judges them, by skill."""
    file = CaseFile(Library().entry(case))
    judge = EmbeddedJudge(file.reader)
    found = []
    for transcript in read(FOLDER / f"{case}.json", case=case):
        card = grade(transcript, file, judge)
        levels = [s.level for s in card.steps if s.level is not None]
        found.append(Placed(int(transcript.id[-1]), statistics.mean(levels) if levels else 0.0, card.recommendation or "none"))
    return sorted(found)


def main() -> int:
    """Print the table; 1 when there is nothing to measure."""
    cases = sorted(f.stem for f in FOLDER.glob("*.json"))
    if not cases:
        print(f"no interviews under {FOLDER}")
        return 1
    print("# mean level of the steps by skill 1 to 5 (interviews by a language model; no person has rated them)")
    whole = []
    for case in cases:
        rows = graded(case)
        order = spearman([r.skill for r in rows], [r.mean for r in rows])
        whole.append(order)
        print(
            f"{case:24}"
            + "".join(f"{r.mean:6.2f}" for r in rows)
            + f"   rank correlation {order:5.2f}   "
            + ", ".join(r.recommendation for r in rows)
        )
    print(f"mean rank correlation {statistics.mean(whole):.2f} over {len(whole)} cases")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
