"""A transcript and a case in, a scorecard out. Code checks every quote and computes every level; the judge only reads."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from interviewer import levels
from interviewer.casefile import CaseFile
from interviewer.crosscut import cross_cutting
from interviewer.errors import ModelError
from interviewer.judging import Judge, Judged, JudgedError, Line, Sheet, StepJudgement
from interviewer.pivots import pivotal, study
from interviewer.scorecard import ErrorFound, Evidence, MoveNote, Note, Scorecard, StepResult, Verdict
from interviewer.steps import STEP, STEPS, plan
from interviewer.transcript import Transcript
from knowledge.case import Criterion

RUBRIC = levels.RUBRIC
OUTSIDE_QUOTES = 4


def grade(transcript: Transcript, file: CaseFile, judge: Judge) -> Scorecard:
    """The scorecard of one transcript. What a judge cannot judge is `unrated` with the reason, never a made-up level."""
    pairs = transcript.pairs()
    judged = _judge_all(judge, [_sheet(file, transcript, step) for step in STEPS], pairs)
    errors = tuple(_errors(file, judged, pairs))
    steps = tuple(_step(file, transcript, j, errors, pairs) for j in judged)
    cross = cross_cutting(transcript, steps, errors)
    verdict, reason = levels.recommendation(steps, cross, errors, transcript.target_level)
    case = file.case
    return Scorecard(
        interview=transcript.id, case=case.slug, title=case.title, question=transcript.question or case.question,
        target_level=transcript.target_level, recommendation=verdict, recommendation_reason=reason, steps=steps, cross_cutting=cross,
        errors=errors, pivotal=pivotal(steps, errors), study=study(steps, errors, file), hints=transcript.hints,
        notes_on_moves=_moves(transcript), outside=tuple(_beyond(judged, pairs)), diagram=case.diagram.mermaid(),
        sources=tuple(f"{s.title}. {s.who}, {s.year}. {s.where}" for s in case.sources), transcript=tuple(transcript.shown()), grader=judge.name,
        rubric=f"{RUBRIC}/{file.entry.version}", trouble=tuple(j.trouble for j in judged if j.trouble), practised=transcript.practised,
        opened=transcript.opened,
    )  # fmt: skip


def _sheet(file: CaseFile, transcript: Transcript, step: str) -> Sheet:
    criteria = tuple(file.case.criteria(step))
    sections = {c.id: file.entry.section(c.notes) for c in criteria}
    return Sheet(
        step=step, question=file.case.question, target_level=transcript.target_level, criteria=criteria,  # type: ignore[arg-type]
        pitfalls=tuple(p for p in file.case.pitfalls if p.step == step),
        passages={ident: section.text for ident, section in sections.items() if section},
    )  # fmt: skip


def _judge_all(judge: Judge, sheets: Sequence[Sheet], pairs: Sequence[Line]) -> list[StepJudgement]:
    if judge.parallel <= 1:
        return [_judge(judge, sheet, pairs) for sheet in sheets]
    with ThreadPoolExecutor(max_workers=judge.parallel) as pool:
        return list(pool.map(lambda sheet: _judge(judge, sheet, pairs), sheets))


def _judge(judge: Judge, sheet: Sheet, pairs: Sequence[Line]) -> StepJudgement:
    """One step's judgement; a failed model leaves the step unrated and says why."""
    try:
        return judge.judge(sheet, pairs)
    except ModelError as error:
        verdicts = tuple(Judged(criterion=c.id, reason=str(error), depth="unrated") for c in sheet.criteria)
        return StepJudgement(step=sheet.step, verdicts=verdicts, trouble=f"{STEP[sheet.step].title}: {error}")


def _step(
    file: CaseFile, transcript: Transcript, judged: StepJudgement, errors: Sequence[ErrorFound], pairs: Sequence[Line]
) -> StepResult:
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
    level, why = levels.step_level(
        verdicts, mine, transcript.target_level, beyond=len([e for e in judged.outside if stands(e, pairs)])
    )
    if level == 0 and transcript.entered is not None and step not in transcript.entered:
        lost = tuple(v.model_copy(update={"depth": "not_reached", "reason": "the round did not get here"}) for v in verdicts)
        return StepResult(level=None, status="not_reached", reason="the round ended before this step", verdicts=lost, **base)  # type: ignore[arg-type]
    evidence = tuple(
        e for v in sorted(verdicts, key=lambda v: -levels.RANK[v.depth]) for e in v.evidence[:1] if levels.RANK[v.depth]
    )[:4]
    return StepResult(
        level=level, status="rated", reason=why, shows=levels.shows(level, transcript.target_level), evidence=evidence, verdicts=verdicts, **base,  # type: ignore[arg-type]
    )  # fmt: skip


def _verdict(file: CaseFile, criterion: Criterion, judged: Judged | None, pairs: Sequence[Line]) -> Verdict:
    judged = judged or Judged(criterion=criterion.id, reason="the grader said nothing about it", depth="unrated")
    kept = tuple(e for e in judged.evidence if stands(e, pairs))
    depth, reason = judged.depth, judged.reason
    if levels.RANK[depth] and not kept:
        depth, reason = "unrated", "its quotes do not stand in the transcript"
    return Verdict(
        criterion=criterion.id, step=criterion.step, topic=criterion.topic, looks_for=criterion.looks_for, kind=criterion.kind,
        weight=criterion.weight, expected_from=criterion.level, depth=depth, reason=reason, failure=judged.failure, evidence=kept,
        strong=criterion.strong, note=note(file, criterion.notes),
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
