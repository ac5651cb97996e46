"""A chat model as the grader: each call asked once, mended once, every quote checked here. Knows one sheet and a transcript at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from interviewer.grading.crosscut import answers
from interviewer.grading.judging import Across, Judged, JudgedError, Line, Sheet, StepJudgement, Whole
from interviewer.grading.model_across import Overview
from interviewer.grading.model_answer import Answer, Quote, Verdict, WrongClaim
from interviewer.grading.model_asking import ask
from interviewer.grading.model_feedback import write
from interviewer.grading.model_sheet import sheet_slots
from interviewer.grading.scorecard import Evidence, Feedback, Scorecard
from interviewer.grading.testimony import Testimony, same
from interviewer.providers.fence import fence, neutralise
from interviewer.providers.models import ChatModel, Message, Usage
from interviewer.providers.structured import UnreadableError, read
from interviewer.steps import STEP
from interviewer.whiteboard.diagram import prompt_text
from prompts.library import Prompt, load

PARALLEL = 4
NEEDS_NO_QUOTE = ("absent", "unrated")
MISSING = "there is no verdict on it"
MOST_OUTSIDE = 3  # arguments beyond the sheet that one step may have
RULE = "Quotes must be copied character by character from one turn of the candidate; where there is no such quote, the depth is absent."
INSTANCES = "Quotes must be copied character by character from one turn of the candidate; leave out what has no such quote."


class ModelJudge:
    """Judges through a chat model, one call a step, one for the round and one for the feedback, and for each at most one more to mend it.

    `repeats` is how often each step is judged (1, 3 or 5). May be shared between threads.
    """

    def __init__(
        self, model: ChatModel, prompt: Prompt | None = None, parallel: int = PARALLEL, repeats: int = 1,
        across: Prompt | None = None, summary: Prompt | None = None,
    ):  # fmt: skip
        self.name, self.parallel, self.repeats = model.name, parallel, repeats
        self._model, self._prompt = model, prompt or load("grader")
        self._across, self._summary = across or load("across"), summary or load("summary")
        self.prompt = self._prompt.id
        self.prompts = (self._prompt.id, self._across.id, self._summary.id)

    @property
    def spent(self) -> Usage:
        """What all calls of the model took so far."""
        return self._model.spent

    def judge(self, sheet: Sheet, transcript: Sequence[Line]) -> StepJudgement:
        """The verdicts in the sheet's order. What failed is `unrated` and `trouble` says why; no verdict is made up."""
        said = Said(Testimony(transcript), sheet)
        return said.judgement(ask(self._model, self.messages(sheet, transcript), said.take, RULE))

    def across(self, whole: Whole, transcript: Sequence[Line]) -> Across:
        """The round as a whole: instances of each trait and what decided it; a trait without a proved one says why."""
        overview = Overview(Testimony(transcript), occasion=bool(answers(transcript)))
        return overview.result(ask(self._model, self.whole_messages(whole, transcript), overview.take, INSTANCES))

    def advise(self, card: Scorecard) -> Feedback:
        """What came of the round, in words to the candidate that rest on the card's verdicts."""
        return write(self._model, self._summary, card)

    def messages(self, sheet: Sheet, transcript: Sequence[Line]) -> list[Message]:
        """What the model is sent for a step: the rules, then transcript and sheet, the transcript fenced line by line."""
        slots = sheet_slots(sheet) | {
            "question": neutralise(sheet.question), "target_level": sheet.target_level, "transcript": _fenced(transcript), "step": sheet.step,
        }  # fmt: skip
        told = self._prompt.fill(**{name: value for name, value in slots.items() if name in self._prompt.slots})
        return [("system", told.system), ("user", told.volatile)]

    def whole_messages(self, whole: Whole, transcript: Sequence[Line]) -> list[Message]:
        """What the model is sent for the round as a whole."""
        moves = "\n".join(f"turn {turn}: {kind}" for turn, kind in whole.moves)
        told = self._across.fill(
            question=neutralise(whole.question), target_level=whole.target_level, transcript=_fenced(transcript),
            moves=moves or "not known: go by what the interviewer says",
        )  # fmt: skip
        return [("system", told.system), ("user", told.volatile)]


def _fenced(transcript: Sequence[Line]) -> str:
    return "\n".join(
        fence("turn", prompt_text(text) if role == "candidate" else text, index=index, by=role)
        for index, (role, text) in enumerate(transcript)
    )


@dataclass
class Said:
    """What is judged so far of one sheet and proved by what the candidate said."""

    testimony: Testimony
    sheet: Sheet
    verdicts: dict[str, Judged] = field(default_factory=dict)
    errors: list[JudgedError] = field(default_factory=list)
    outside: list[Evidence] = field(default_factory=list)
    faulty: dict[str, str] = field(default_factory=dict)
    readable: bool = False

    def take(self, text: str) -> list[str]:
        """Adds what a reply proves, never changing what is already proved; what is wrong with the rest."""
        try:
            answer = read(text, Answer)
        except UnreadableError as error:
            return [f"the answer was not the JSON asked for: {error}"]
        self.readable = True
        self._outside(answer)
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
            place = self.testimony.find(claim.quote, claim.turn)
            if place is None:
                wrong.append(f'error "{claim.what}": its quote "{claim.quote}" is in none of the candidate\'s turns')
            elif place not in [Evidence(turn=e.turn, quote=e.quote) for e in self.errors]:
                self.errors.append(self._error(claim, place))
        return wrong

    def _error(self, claim: WrongClaim, place: Evidence) -> JudgedError:
        listed = claim.pitfall if claim.pitfall in {p.id for p in self.sheet.pitfalls} else None
        return JudgedError(
            pitfall=listed, turn=place.turn, quote=place.quote, what=claim.what, why=claim.why, correction=claim.correction,
            core=claim.core, corrected=claim.corrected,
        )  # fmt: skip

    def _outside(self, answer: Answer) -> None:
        """What is argued beyond the sheet counts only by its quote; one that stands nowhere is dropped without a word."""
        for place in self._proof(answer.outside):
            if len(self.outside) < MOST_OUTSIDE and not any(same(place, other) for other in self.outside):
                self.outside.append(place)

    def _proof(self, quotes: Sequence[Quote]) -> tuple[Evidence, ...]:
        """The quotes that stand in the candidate's lines, as they stand there and where."""
        places = (self.testimony.find(q.quote, q.turn) for q in quotes)
        return tuple(dict.fromkeys(place for place in places if place))

    def judgement(self, trouble: str = "") -> StepJudgement:
        """One verdict for each criterion of the sheet; those without a proved one are unrated, with the reason."""
        why = "" if self.readable else trouble
        verdicts = tuple(self.verdicts.get(c.id) or self._unrated(c.id, why) for c in self.sheet.criteria)
        named = f"{STEP[self.sheet.step].title}: {trouble}" if trouble else ""
        return StepJudgement(
            step=self.sheet.step, verdicts=verdicts, errors=tuple(self.errors), outside=tuple(self.outside), trouble=named
        )

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
