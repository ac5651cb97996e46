"""A transcript and a case in, a scorecard out. Code checks every quote and computes every level; the judge only reads."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.casefile import CaseFile
from interviewer.grading import calibrated, levels
from interviewer.grading.crosscut import cross_cutting, of_instances
from interviewer.grading.feedback import plain
from interviewer.grading.judging import Judge, Judged, JudgedError, Line, Observed, Sheet, StepJudgement, Whole, WholeJudge
from interviewer.grading.panel import sit
from interviewer.grading.pivots import decided, study
from interviewer.grading.scorecard import ErrorFound, Evidence, MoveNote, Note, Scorecard, StepResult, Verdict
from interviewer.grading.tally import median, once, readable
from interviewer.record.transcript import Transcript
from interviewer.steps import STEP, STEPS, plan
from knowledge.case import Criterion

OUTSIDE_QUOTES = 4
PUT = ("ask", "probe", "challenge", "hint", "redirect", "twist")  # moves that a candidate can adapt to


def grade(transcript: Transcript, file: CaseFile, judge: Judge, observed: Sequence[Observed] = ()) -> Scorecard:
    """The scorecard of one transcript. What a judge cannot judge is `unrated` with the reason, never a made-up level.

    `observed` are errors noted while the round ran: a judge is shown them, to check.
    """
    card = _card(transcript, file, judge, observed)
    return card.model_copy(update={"feedback": judge.advise(card) if isinstance(judge, WholeJudge) else plain(card)})


def _card(transcript: Transcript, file: CaseFile, judge: Judge, observed: Sequence[Observed]) -> Scorecard:
    pairs, case = transcript.pairs(), file.case
    scale: levels.Scale = levels.FULLY_READ if isinstance(judge, WholeJudge) else calibrated.scale()
    runs, across = sit(judge, [_sheet(file, transcript, step, observed) for step in STEPS], _whole(file, transcript), pairs)
    judged = [median(each) for each in runs]
    judged = once(judged) if across else judged
    errors = tuple(_errors(file, judged, pairs))
    steps = tuple(_step(file, transcript, j, errors, pairs, each, scale) for j, each in zip(judged, runs, strict=True))
    cross = of_instances(across) if across else cross_cutting(transcript, steps, errors)
    verdict, reason = scale.recommendation(steps, errors, transcript.target_level)
    troubles = [*(j.trouble for j in judged), across.trouble if across else ""]
    return Scorecard(
        interview=transcript.id, case=case.slug, title=case.title, question=transcript.question or case.question,
        target_level=transcript.target_level, recommendation=verdict, recommendation_reason=reason, steps=steps, cross_cutting=cross,
        errors=errors, pivotal=decided(across, verdict, steps, errors), study=study(steps, errors, file), hints=transcript.hints,
        notes_on_moves=_moves(transcript), outside=tuple(_beyond(judged, pairs)), diagram=case.diagram.mermaid(),
        sources=tuple(f"{s.title}. {s.who}, {s.year}. {s.where}" for s in case.sources), transcript=tuple(transcript.shown()), grader=judge.name,
        rubric=f"{scale.name}/{file.entry.version}", trouble=tuple(filter(None, troubles)), practised=transcript.practised,
        opened=transcript.opened, prompts=judge.prompts if isinstance(judge, WholeJudge) else (),
    )  # fmt: skip


def _sheet(file: CaseFile, transcript: Transcript, step: str, observed: Sequence[Observed]) -> Sheet:
    criteria = tuple(file.case.criteria(step))
    sections = {c.id: file.entry.section(c.notes) for c in criteria}
    return Sheet(
        step=step, question=file.case.question, target_level=transcript.target_level, criteria=criteria,  # type: ignore[arg-type]
        pitfalls=tuple(p for p in file.case.pitfalls if p.step == step),
        passages={ident: section.text for ident, section in sections.items() if section},
        observed=tuple(o for o in observed if o.step in (step, None)),
    )  # fmt: skip


def _whole(file: CaseFile, transcript: Transcript) -> Whole:
    moves = tuple((place, line.move.kind) for place, line in enumerate(transcript.lines) if line.move and line.move.kind in PUT)
    return Whole(question=file.case.question, target_level=transcript.target_level, moves=moves)


def _step(
    file: CaseFile, transcript: Transcript, judged: StepJudgement, errors: Sequence[ErrorFound], pairs: Sequence[Line],
    runs: Sequence[StepJudgement], scale: levels.Scale,
) -> StepResult:  # fmt: skip
    step = judged.step
    mine = [e for e in errors if e.step == step]
    by_id = {j.criterion: j for j in judged.verdicts}
    verdicts = tuple(_verdict(file, c, by_id.get(c.id), pairs) for c in file.case.criteria(step))
    planned = plan(transcript.minutes, transcript.pace)[step] if transcript.spent is not None else 0.0
    base = {
        "step": step, "title": STEP[step].title, "planned": planned, "used": (transcript.spent or {}).get(step, 0.0),
    }  # fmt: skip
    unrated = [v for v in verdicts if v.depth == "unrated"]
    if len(unrated) * 2 > len(verdicts):
        return StepResult(level=None, status="unrated", reason=judged.trouble or unrated[0].reason, verdicts=verdicts, **base)  # type: ignore[arg-type]
    level, why = scale.step_level(verdicts, mine, transcript.target_level, _count_beyond(judged, pairs), judged.estimate)
    if level == 0 and transcript.entered is not None and step not in transcript.entered:
        lost = tuple(v.model_copy(update={"depth": "not_reached", "reason": "the round did not get here"}) for v in verdicts)
        return StepResult(level=None, status="not_reached", reason="the round ended before this step", verdicts=lost, **base)  # type: ignore[arg-type]
    evidence = tuple(
        e for v in sorted(verdicts, key=lambda v: -levels.RANK[v.depth]) for e in v.evidence[:1] if levels.RANK[v.depth]
    )[:4] or tuple(e for e in judged.touched if level and stands(e, pairs))
    return StepResult(
        level=level, status="rated", reason=why, shows=levels.shows(level, transcript.target_level), evidence=evidence, verdicts=verdicts,
        estimate=judged.estimate, **_spread(file, transcript, runs, pairs, level, scale), **base,  # type: ignore[arg-type]
    )  # fmt: skip


def _spread(
    file: CaseFile, transcript: Transcript, runs: Sequence[StepJudgement], pairs: Sequence[Line], level: int, scale: levels.Scale
) -> dict:
    """How many runs could be read, and from which to which level they would each have come; nothing for a single one."""
    read = [run for run in runs if readable(run)]
    if len(runs) == 1 or len(read) < 2:
        return {}
    each = [level]
    for run in read:
        by_id = {j.criterion: j for j in run.verdicts}
        verdicts = [_verdict(file, c, by_id.get(c.id), pairs) for c in file.case.criteria(run.step)]
        mine = [e for e in _errors(file, [run], pairs) if e.step == run.step]
        each.append(scale.step_level(verdicts, mine, transcript.target_level, _count_beyond(run, pairs), run.estimate)[0])
    return {"runs": len(read), "spread": (min(each), max(each))}


def _count_beyond(judged: StepJudgement, pairs: Sequence[Line]) -> int:
    return sum(stands(e, pairs) for e in judged.outside)


def _verdict(file: CaseFile, criterion: Criterion, judged: Judged | None, pairs: Sequence[Line]) -> Verdict:
    judged = judged or Judged(criterion=criterion.id, reason="the grader said nothing about it", depth="unrated")
    kept = tuple(e for e in judged.evidence if stands(e, pairs))
    depth, reason = judged.depth, judged.reason
    if levels.RANK[depth] and not kept:
        depth, reason = "unrated", "its quotes do not stand in the transcript"
    return Verdict(
        criterion=criterion.id, step=criterion.step, topic=criterion.topic, looks_for=criterion.looks_for, kind=criterion.kind,
        weight=criterion.weight, expected_from=criterion.level, depth=depth, reason=reason, failure=judged.failure, evidence=kept,
        strong=criterion.strong, note=note(file, criterion.notes), spread=judged.spread,
    )  # fmt: skip


def stands(evidence: Evidence, pairs: Sequence[Line]) -> bool:
    """Whether a quote stands verbatim, white space and case aside, in the candidate's turn that it names."""
    if not 0 <= evidence.turn < len(pairs) or pairs[evidence.turn][0] != "candidate":
        return False
    quote = _plain(evidence.quote)
    return bool(quote) and quote in _plain(pairs[evidence.turn][1])


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _errors(file: CaseFile, judged: Sequence[StepJudgement], pairs: Sequence[Line]) -> list[ErrorFound]:
    found = [_error(file, j.step, e) for j in judged for e in j.errors if stands(Evidence(turn=e.turn, quote=e.quote), pairs)]
    return sorted(found, key=lambda e: e.turn)


def _error(file: CaseFile, step: str, error: JudgedError) -> ErrorFound:
    known = next((p for p in file.case.pitfalls if p.id == error.pitfall), None)
    return ErrorFound(
        turn=error.turn, what=error.what, pitfall=error.pitfall, step=known.step if known else step, core=known.core if known else error.core,  # type: ignore[arg-type]
        quote=error.quote, why=error.why or (known.why if known else ""), correction=error.correction or (known.correction if known else ""),
        corrected=error.corrected, note=note(file, known.notes) if known else None,
    )  # fmt: skip


def note(file: CaseFile, anchor: str) -> Note | None:
    """The section of the notes that something rests on, with the sources it cites."""
    section = file.entry.section(anchor)
    if section is None:
        return None
    cited = tuple(f"{s.title}. {s.who}, {s.year}. {s.where}" for s in file.case.sources if f"[{s.id}]" in section.text)
    return Note(id=anchor, title=section.title, text=section.text, sources=cited)


def _beyond(judged: Sequence[StepJudgement], pairs: Sequence[Line]) -> list[Evidence]:
    """What was argued and is not in the notes, the fullest sentences first."""
    found = [e for j in judged for e in j.outside if stands(e, pairs)]
    return sorted(found, key=lambda e: -len(e.quote))[:OUTSIDE_QUOTES]


def _moves(transcript: Transcript) -> tuple[MoveNote, ...]:
    return tuple(
        MoveNote(turn=place, kind=line.move.kind, why=line.move.why, passages=line.move.passages)
        for place, line in enumerate(transcript.lines)
        if line.move
    )
