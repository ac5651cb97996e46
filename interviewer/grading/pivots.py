"""What decided a round and what to study next. Chosen from verdicts by fixed rules."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.casefile import CaseFile
from interviewer.grading.judging import Across
from interviewer.grading.levels import RANK
from interviewer.grading.scorecard import ErrorFound, Moment, Recommendation, StepResult, StudyItem, Verdict

STUDY_ITEMS = 5
THIN = 2  # level up to which a step speaks against


def decided(
    across: Across | None, verdict: Recommendation | None, steps: Sequence[StepResult], errors: Sequence[ErrorFound]
) -> tuple[Moment, ...]:
    """The judge's moments when they are proved and hold one on the side that the round came down on; else those chosen here."""
    moments = across.pivotal if across else ()
    sides = {m.good for m in moments}
    fits = verdict is None or (verdict in ("hire", "strong_hire")) in sides
    return moments if moments and fits else pivotal(steps, errors)


def pivotal(steps: Sequence[StepResult], errors: Sequence[ErrorFound]) -> tuple[Moment, ...]:
    """What spoke for and what against: the best-carried weighty point, and the worst error that stood, or else the thinnest step.

    Where nothing speaks against, the best point of another step is shown beside the first.
    """
    carried = [v for s in steps for v in s.verdicts if RANK[v.depth] >= 2 and v.evidence]
    best = sorted(carried, key=lambda v: (RANK[v.depth], v.depth == "quantified", v.failure, v.weight), reverse=True)
    against = _against(steps, errors)
    second = [v for v in best if v.step != best[0].step][:1] if not against else []
    return (*(_for(v) for v in [*best[:1], *second]), *against)


def _for(verdict: Verdict) -> Moment:
    first = verdict.evidence[0]
    return Moment(turn=first.turn, quote=first.quote, what=f"{verdict.topic}: {verdict.reason}", good=True)


def _against(steps: Sequence[StepResult], errors: Sequence[ErrorFound]) -> tuple[Moment, ...]:
    standing = [e for e in errors if not e.corrected]
    if standing:
        worst = max(standing, key=lambda e: e.core)
        return (Moment(turn=worst.turn, quote=worst.quote, what=worst.what, good=False),)
    thin = [s for s in steps if s.level is not None and s.level <= THIN]
    if not thin:
        return ()
    thinnest = min(thin, key=lambda s: s.level or 0)
    return (Moment(what=f"{thinnest.title}: {thinnest.reason}", good=False),)


def study(steps: Sequence[StepResult], errors: Sequence[ErrorFound], file: CaseFile) -> tuple[StudyItem, ...]:
    """What to learn next: the notes behind errors that stood, then behind the weightiest points that are not carried."""
    items: dict[str, StudyItem] = {}
    for error in errors:
        if error.note and not error.corrected:
            items.setdefault(
                error.note.id,
                StudyItem(
                    id=error.note.id, title=error.note.title, why=error.what, text=error.note.text, sources=error.note.sources
                ),
            )
    for verdict in sorted(_gaps(steps), key=lambda v: (v.kind != "core", -v.weight, RANK[v.depth])):
        if verdict.note:
            why = f"{verdict.topic}: {'named, not carried' if verdict.depth == 'named' else 'not shown'}"
            sources = (*verdict.note.sources, *_concepts(verdict, file))
            items.setdefault(
                verdict.note.id,
                StudyItem(id=verdict.note.id, title=verdict.note.title, why=why, text=verdict.note.text, sources=sources),
            )
    return tuple(items.values())[:STUDY_ITEMS]


def _gaps(steps: Sequence[StepResult]) -> list[Verdict]:
    return [v for s in steps for v in s.verdicts if v.depth in ("absent", "named", "wrong", "not_reached")]


def _concepts(verdict: Verdict, file: CaseFile) -> tuple[str, ...]:
    return tuple(f"Concept page: {slug.replace('_', ' ')}" for slug in file.case.criterion(verdict.criterion).concepts)
