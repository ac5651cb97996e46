"""A model's own reading of an answer, made while the candidate thinks: quotes, sums and drafted questions checked here. Knows no policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, Protocol

from interviewer.casefile import CaseFile
from interviewer.errors import ModelError
from interviewer.listening.aside import without_asides
from interviewer.listening.sheets import notes, points, shortlist
from interviewer.providers.fence import fence, neutralise
from interviewer.providers.models import ChatModel, Message
from interviewer.providers.opening import opening
from interviewer.providers.structured import Loose, UnreadableError, read
from interviewer.quotes import find
from interviewer.speaking.guard import fallen
from interviewer.state import Assessment, Claim, Depth, Draft, Slip, Turn, Work, figures
from interviewer.whiteboard.diagram import prompt_text
from knowledge.arithmetic import FormulaError, evaluate
from knowledge.words import terms
from prompts.library import Prompt, load

BEFORE = 90  # tokens of the answer before
NOTED = 16  # words of a note
OWN = 2 / 3  # share of its words that must be of the answer
MOST_DRAFTS, MOST_NOTED = 3, 4
ASKED = 2  # points that a question may be about
LONGEST = 40  # words of a drafted question
OFF = 2.0  # factor from which a sum is wrong


class Point(Loose):
    quote: str
    id: str
    depth: Literal["named", "justified", "weighed", "quantified", "rejected"]


class Mistake(Loose):
    quote: str
    what: str
    why: str = ""
    id: str | None = None


class Sum(Loose):
    quote: str
    formula: str
    result: float


class Question(Loose):
    about: str | None = None
    words: str = ""
    kind: Literal["probe", "challenge"] = "probe"
    question: str


class Notes(Loose):
    """What the model answers."""

    answered: Literal["fully", "partly", "not", "no question"]
    points: list[Point] = []
    mistakes: list[Mistake] = []
    sums: list[Sum] = []
    noted: list[str] = []
    ask: list[Question] = []


class Assessor(Protocol):
    """Reads the last of some turns, which is the candidate's. Never raises: what failed is said in the assessment's `trouble`."""

    name: str

    def assess(self, turns: Sequence[Turn]) -> Assessment: ...


class ModelAssessor:
    """Assesses through a chat model: one call an answer, nothing repaired (a failed one is made again before the debrief)."""

    def __init__(self, model: ChatModel, file: CaseFile, prompt: Prompt | None = None):
        self.name = model.name
        self._model, self._file, self._prompt = model, file, prompt or load("assessor")

    def assess(self, turns: Sequence[Turn]) -> Assessment:
        """The observations of the last turn."""
        work = Work(worker=self.name, prompt=self._prompt.id)
        try:
            text, used = self._model.ask(self.messages(turns))
        except ModelError as error:
            return Assessment(work=work, trouble=str(error))
        work = work.spent(used)
        try:
            return self._checked(read(text, Notes), turns).model_copy(update={"work": work})
        except UnreadableError as error:
            return Assessment(work=work, trouble=f"the assessor's answer was not the JSON asked for: {error}")

    def messages(self, turns: Sequence[Turn]) -> list[Message]:
        """What the model is sent: the rules, then the sheet for this answer and the answer, fenced."""
        case, turn = self._file.case, turns[-1]
        asked = next((t.text for t in reversed(turns) if t.role == "interviewer"), "")
        before = next((t.text for t in reversed(turns[:-1]) if t.role == "candidate"), "")
        listed = shortlist(case, turn, self._asked_about(turns))
        told = self._prompt.fill(
            question=neutralise(case.question), points=points(listed), mistakes=_mistakes(self._file, listed), notes=notes(self._file, turn, listed),
            asked=neutralise(asked), before=neutralise(opening(before, BEFORE)) or "none", answer=fence("answer", prompt_text(turn.text)),
        )  # fmt: skip
        return [("system", told.system), ("user", told.volatile)]

    def _asked_about(self, turns: Sequence[Turn]) -> list[str]:
        """The points that the last question was about: the one that the move names, and those that its words are nearest to."""
        last = next((t for t in reversed(turns) if t.role == "interviewer"), None)
        if last is None or last.move is None or last.move.kind == "open":
            return []
        about = self._file.reader.read(last.text).about
        near = sorted((t for t in about if "." in t), key=lambda t: -about[t])[:ASKED]
        return [*([last.move.about] if last.move.about else []), *near]

    def _checked(self, told: Notes, turns: Sequence[Turn]) -> Assessment:
        """What of the model's notes is proved by the answer; `dropped` counts the rest."""
        turn = turns[-1].model_copy(update={"text": without_asides(turns[-1].text)})  # as long as before: offsets stay valid
        turns = [*turns[:-1], turn]
        claims = [c for p in told.points if (c := self._claim(p, turn.text))]
        slips = [s for m in told.mistakes if (s := self._slip(m, turn.text))]
        drafts = list(self._drafts(told.ask, turns))
        made = len(claims) + len(slips) + len(drafts)
        return Assessment(
            answered=told.answered, claims=tuple(claims), slips=(*slips, *_sums(told.sums, turn.text)),
            noted=tuple(self._kept(told.noted, turns)), drafts=tuple(drafts),
            dropped=len(told.points) + len(told.mistakes) + len(told.ask) - made,
        )  # fmt: skip

    def _kept(self, noted: Iterable[str], turns: Sequence[Turn]) -> list[str]:
        """Notes that are of the answer: a voice is handed them in its place, so they may hold nothing that only the notes of the case say."""
        said, answer = fallen([self._file.case.question, *(t.text for t in turns)]), set(terms(turns[-1].text))
        short = (" ".join(note.split()[:NOTED]) for note in noted if note.strip())
        own = (note for note in short if len(set(terms(note)) & answer) >= OWN * len(set(terms(note))))
        return [note for note in own if not self._file.ear.gives_away(note, said)][:MOST_NOTED]

    def _claim(self, point: Point, text: str) -> Claim | None:
        quote = find(point.quote, text)
        if quote is None or not any(c.id == point.id for c in self._file.case.rubric):
            return None
        start = text.find(quote)
        depth: Depth | None = None if point.depth == "rejected" else point.depth
        return Claim(
            kind="criterion", target=point.id, polarity="rejected" if depth is None else "asserted", judged=depth, quote=quote,
            start=start, end=start + len(quote),
        )  # fmt: skip

    def _slip(self, mistake: Mistake, text: str) -> Slip | None:
        quote = find(mistake.quote, text)
        known = next((p for p in self._file.case.pitfalls if p.id == mistake.id), None)
        if quote is None:
            return None
        passage = f"{self._file.case.slug}/{known.notes}" if known else ""
        return Slip(quote=quote, what=mistake.what, why=mistake.why, pitfall=known.id if known else None, passage=passage)

    def _drafts(self, asks: Iterable[Question], turns: Sequence[Turn]) -> Iterator[Draft]:
        """Drafted questions that may be spoken: one question each, hanging on words that were said, with nothing of an answer in it."""
        said = fallen([self._file.case.question, *(t.text for t in turns)])
        named = figures(f"{self._file.case.question} {' '.join(t.text for t in turns)}")
        for ask in list(asks)[:MOST_DRAFTS]:
            question = " ".join(ask.question.split())
            words = find(ask.words, turns[-1].text) if ask.words else None
            one = question.endswith("?") and question.count("?") == 1 and len(question.split()) <= LONGEST
            known = ask.about if ask.about in {c.id for c in self._file.case.rubric} else None
            if one and words and figures(question) <= named and not self._file.ear.gives_away(question, said):
                yield Draft(kind=ask.kind, about=known, says=words, question=question)


def _sums(sums: Iterable[Sum], text: str) -> Iterator[Slip]:
    """Sums done aloud that do not come out when code does them."""
    for one in sums:
        quote = find(one.quote, text)
        try:
            right = evaluate(one.formula.replace(",", ""), {})
        except FormulaError:
            continue
        if quote and right > 0 and one.result > 0 and not 1 / OFF <= one.result / right <= OFF:
            yield Slip(
                quote=quote,
                what="a sum that does not come out",
                why=f"{one.formula} is about {right:,.3g}, not {one.result:,.3g}",
            )


def _mistakes(file: CaseFile, listed) -> str:
    steps = {c.step for c in listed}
    return "\n".join(f"- {p.id}: {neutralise(' '.join(p.says.split()))}" for p in file.case.pitfalls if p.step in steps) or "none"
