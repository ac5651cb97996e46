"""A chat model judges one step: asked once, mended once, every quote checked here. Knows one sheet and a transcript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from interviewer.errors import ModelError
from interviewer.fence import fence
from interviewer.judging import Judged, JudgedError, Line, Sheet, StepJudgement
from interviewer.model_answer import Answer, Quote, UnreadableError, Verdict, WrongClaim, read
from interviewer.models import ChatModel, Message
from interviewer.quotes import locate
from interviewer.scorecard import Evidence
from interviewer.steps import STEP
from knowledge.case import Criterion, Pitfall
from prompts.library import Prompt, load

PARALLEL = 4
NEEDS_NO_QUOTE = ("absent", "unrated")
MISSING = "there is no verdict on it"


class ModelJudge:
    """Judges through a chat model, one call a step and at most one more to mend it. May be shared between threads."""

    def __init__(self, model: ChatModel, prompt: Prompt | None = None, parallel: int = PARALLEL):
        self.name, self.parallel = model.name, parallel
        self._model, self._prompt = model, prompt or load("grader")
        self.prompt = self._prompt.id

    def judge(self, sheet: Sheet, transcript: Sequence[Line]) -> StepJudgement:
        """The verdicts in the sheet's order. What failed is `unrated` and `trouble` says why; no verdict is made up."""
        said = Said([(index, text) for index, (role, text) in enumerate(transcript) if role == "candidate"], sheet)
        messages = self.messages(sheet, transcript)
        try:
            text = self._model.complete(messages)
        except ModelError as error:
            return said.judgement(trouble=str(error))
        problems = said.take(text)
        if not problems:
            return said.judgement()
        try:
            again = self._model.complete([*messages, ("assistant", text), ("user", _mend(problems))])
        except ModelError as error:
            return said.judgement(trouble=str(error))
        return said.judgement(trouble="; ".join(said.take(again)))

    def messages(self, sheet: Sheet, transcript: Sequence[Line]) -> list[Message]:
        """What the model is sent: the rules, then transcript and sheet, the transcript fenced line by line."""
        lines = (fence("turn", text, index=index, by=role) for index, (role, text) in enumerate(transcript))
        told = self._prompt.fill(
            question=sheet.question,
            target_level=sheet.target_level,
            transcript="\n".join(lines),
            step=sheet.step,
            criteria="\n\n".join(_criterion(c, sheet.passages.get(c.id, "")) for c in sheet.criteria),
            pitfalls="\n".join(map(_pitfall, sheet.pitfalls)) or "none",
        )
        return [("system", told.system), ("user", told.volatile)]


@dataclass
class Said:
    """What is judged so far and proved by what the candidate said: `lines` are the candidate's, with their indexes."""

    lines: list[tuple[int, str]]
    sheet: Sheet
    verdicts: dict[str, Judged] = field(default_factory=dict)
    errors: list[JudgedError] = field(default_factory=list)
    faulty: dict[str, str] = field(default_factory=dict)
    readable: bool = False

    def take(self, text: str) -> list[str]:
        """Adds what a reply proves, never changing what is already proved; what is wrong with the rest."""
        try:
            answer = read(text)
        except UnreadableError as error:
            return [f"the answer was not the JSON asked for: {error}"]
        self.readable = True
        return [*self._verdicts(answer), *self._errors(answer)]

    def _verdicts(self, answer: Answer) -> list[str]:
        for verdict in answer.verdicts:
            if verdict.criterion in self.verdicts:
                continue
            evidence = self._proof(verdict.evidence)
            if evidence or verdict.depth in NEEDS_NO_QUOTE:
                self.verdicts[verdict.criterion] = _judged(verdict, evidence)
            else:
                self.faulty[verdict.criterion] = _unproved(verdict)
        open_ones = [c.id for c in self.sheet.criteria if c.id not in self.verdicts]
        return [f"{criterion}: {self.faulty.get(criterion, MISSING)}" for criterion in open_ones]

    def _errors(self, answer: Answer) -> list[str]:
        wrong = []
        for claim in answer.errors:
            place = locate(claim.quote, self.lines, _claimed(claim.turn))
            if place is None:
                wrong.append(f'error "{claim.what}": its quote "{claim.quote}" is in none of the candidate\'s turns')
            elif place not in [(e.turn, e.quote) for e in self.errors]:
                self.errors.append(self._error(claim, *place))
        return wrong

    def _error(self, claim: WrongClaim, turn: int, quote: str) -> JudgedError:
        listed = claim.pitfall if claim.pitfall in {p.id for p in self.sheet.pitfalls} else None
        return JudgedError(
            pitfall=listed, turn=turn, quote=quote, what=claim.what, why=claim.why, correction=claim.correction,
            corrected=claim.corrected,
        )  # fmt: skip

    def _proof(self, quotes: Sequence[Quote]) -> tuple[Evidence, ...]:
        """The quotes that stand in the candidate's lines, as they stand there and where."""
        places = (locate(q.quote, self.lines, _claimed(q.turn)) for q in quotes)
        return tuple(dict.fromkeys(Evidence(turn=place[0], quote=place[1]) for place in places if place))

    def judgement(self, trouble: str = "") -> StepJudgement:
        """One verdict for each criterion of the sheet; those without a proved one are unrated, with the reason."""
        why = "" if self.readable else trouble
        verdicts = tuple(self.verdicts.get(c.id) or self._unrated(c.id, why) for c in self.sheet.criteria)
        named = f"{STEP[self.sheet.step].title}: {trouble}" if trouble else ""
        return StepJudgement(step=self.sheet.step, verdicts=verdicts, errors=tuple(self.errors), trouble=named)

    def _unrated(self, criterion: str, why: str) -> Judged:
        reason = why or self.faulty.get(criterion, MISSING)
        return Judged(criterion=criterion, reason=f"Not rated: {reason}", depth="unrated")


def _judged(verdict: Verdict, evidence: tuple[Evidence, ...]) -> Judged:
    return Judged(
        criterion=verdict.criterion, evidence=evidence, reason=verdict.reason, failure=verdict.failure,
        depth=verdict.depth,
    )  # fmt: skip


def _unproved(verdict: Verdict) -> str:
    if not verdict.evidence:
        return f'depth "{verdict.depth}" without a quote'
    quotes = ", ".join(f'"{q.quote}"' for q in verdict.evidence)
    return f'depth "{verdict.depth}", but no quote of the candidate reads {quotes}'


def _claimed(turn: int | None) -> int:
    return -1 if turn is None else turn


def _mend(problems: Sequence[str]) -> str:
    """The one repair turn: what is wrong, in the words of the check."""
    listed = "\n".join(f"- {problem}" for problem in problems)
    return (
        f"Your answer cannot be used as it is:\n{listed}\n\n"
        "Answer once more with the whole JSON object and nothing else. Quotes must be copied character by character "
        "from one turn of the candidate; where there is no such quote, the depth is absent."
    )


def _criterion(criterion: Criterion, passage: str) -> str:
    parts = {
        "topic": criterion.topic, "looks for": criterion.looks_for, "also accepted": "; ".join(criterion.accepts),
        "not enough": "; ".join(criterion.near_misses), "a strong answer": criterion.strong,
        "notes": passage or criterion.notes,
    }  # fmt: skip
    lines = (f"{name}: {' '.join(text.split())}" for name, text in parts.items() if text)
    return "\n".join([f"### {criterion.id}", *lines])


def _pitfall(pitfall: Pitfall) -> str:
    return f"- {pitfall.id}: {' '.join(f'{pitfall.says} Why it is wrong: {pitfall.why}'.split())}"
