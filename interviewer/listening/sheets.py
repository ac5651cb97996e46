"""What of a case an assessor is shown for one answer: the points it may be about, and the notes under them. Knows no model."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.casefile import CaseFile
from interviewer.providers.fence import neutralise
from interviewer.providers.opening import opening
from interviewer.state import Turn
from knowledge.case import CaseStudy, Criterion

ELSEWHERE = 3  # points of other steps that the answer is near to
MOST_NOTES = 2  # passages
NOTE = 110  # tokens of one


def shortlist(case: CaseStudy, turn: Turn, asked: Sequence[str] = ()) -> list[Criterion]:
    """The criteria of the step at hand, those of other steps that the answer is nearest to, and those that it was asked about,
    in the rubric's order."""
    reading = turn.reading
    about = dict(reading.about) if reading else {}
    for claim in reading.claims if reading else ():
        if claim.kind == "criterion":
            about[claim.target] = max(about.get(claim.target, 0.0), claim.score)
    others = sorted((c for c in case.rubric if c.step != turn.step and about.get(c.id)), key=lambda c: -about[c.id])
    kept = {c.id for c in others[:ELSEWHERE]} | set(asked)
    return [c for c in case.rubric if c.step == turn.step or c.id in kept]


def points(criteria: Sequence[Criterion]) -> str:
    """The criteria, a line each."""
    return "\n".join(f"- {c.id}: {_line(f'{c.topic}. {c.looks_for}')}" for c in criteria)


def notes(file: CaseFile, turn: Turn, criteria: Sequence[Criterion]) -> str:
    """The passages of the notes that are nearest to an answer, clipped: those the index finds, else those of the points it is about."""
    found = [ident.partition("/")[2] for ident in file.search(turn.text, turn.step)]
    about = turn.reading.about if turn.reading else {}
    near = [c.notes for c in sorted(criteria, key=lambda c: -about.get(c.id, 0.0))]
    sections = (file.entry.section(anchor) for anchor in dict.fromkeys([*found, *near]))
    kept = [s for s in sections if s][:MOST_NOTES]
    return "\n\n".join(f"{s.title}: {_line(opening(s.text, NOTE))}" for s in kept) or "none"


def _line(text: str) -> str:
    return neutralise(" ".join(text.split()))
