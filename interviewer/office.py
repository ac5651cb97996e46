"""The front door: settings in, interviews, scorecards and the record out. Outer rooms know this and `Interview`, nothing behind them."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from interviewer.casefile import CaseFile
from interviewer.clock import Clock
from interviewer.errors import InputError, SetupError
from interviewer.interview import Interview, Limit
from interviewer.record.archive import Archive, Record
from interviewer.settings import EMBEDDED, Job, Settings, load
from interviewer.speaking.voice import EmbeddedVoice, Voice
from interviewer.state import Terms, Turn, Value, Work
from knowledge.case import Head
from knowledge.library import CaseError, Library

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from interviewer.grading.judging import Judge, Observed
    from interviewer.grading.scorecard import Scorecard
    from interviewer.listening.assessor import Assessor
    from interviewer.providers.bill import Done
    from interviewer.providers.models import ChatModel
    from interviewer.record.shelf import Shelf
    from interviewer.record.transcript import Transcript
    from interviewer.whiteboard.eyes import Eyes
    from knowledge.index import Index
    from prompts.library import Prompt


_HEAVY = (
    threading.Lock()
)  # two threads that import the packages of models and of the index at once see each other's half-made modules


class CaseCard(Value):
    """What may be known of a case before a round. `trouble` says why one cannot be used; it has no question then."""

    slug: str
    title: str
    question: str = ""
    domains: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    asked: str = "sometimes"
    trouble: str = ""


class Office:
    """Holds the settings, the record and the library for as long as a program runs. Everything heavy is made when first needed."""

    def __init__(self, settings: Settings | None = None):
        self.settings = settings or load()
        self._files: dict[str, CaseFile] = {}
        self._lock = threading.RLock()

    @cached_property
    def archive(self) -> Archive:
        return Archive(self.settings.database)

    @cached_property
    def library(self) -> Library:
        try:
            return Library(self.settings.cases)
        except CaseError as error:
            raise SetupError(str(error)) from error

    @cached_property
    def shelf(self) -> Shelf:
        """What may be read of cases and concepts, and when."""
        from interviewer.record.shelf import Shelf

        return Shelf(self.archive, self.library, lambda: self.index)

    def cases(self) -> list[CaseCard]:
        """All cases, as much of them as may be known before a round; one that cannot be used carries why."""
        return [self._card_or_trouble(slug) for slug in self.library.folders()]

    def _card_or_trouble(self, slug: str) -> CaseCard:
        try:
            return _card(self.library.head(slug))
        except CaseError as error:
            return CaseCard(slug=slug, title=slug, trouble=str(error))

    def card(self, slug: str) -> CaseCard:
        """One case, as much of it as may be known before a round; InputError when there is none or it cannot be used."""
        try:
            return _card(self.library.case(slug))
        except CaseError as error:
            raise InputError(str(error)) from error

    # --- interviews -----------------------------------------------------------------------------------------------

    def start(self, terms: Terms, clock: Clock | None = None) -> Interview:
        """A new interview; its first turn is spoken by `interview.speak()`. What the terms leave open is as the settings say.

        SetupError when one of its models cannot be opened: better now than at the debrief.
        """
        self.card(terms.case)
        models = self.settings.agreed(terms.models)
        done = any(r.terms.case == terms.case and r.status == "finished" for r in self.archive.past())
        practised = done or terms.case in self.archive.openings()
        persona = terms.persona if "persona" in terms.model_fields_set else self.settings.persona
        _known(persona)
        terms = terms.model_copy(update={"models": models, "practised": practised, "persona": persona})
        for job, model in models.items():
            if model != EMBEDDED:
                self.model(job, model)  # type: ignore[arg-type]
        record = self.archive.begin(terms, self.library.entry(terms.case).version)
        return self._interview(record, clock or Clock())

    def resume(self, ident: str, clock: Clock | None = None) -> Interview:
        """An interview of the record, where it was left; InputError when there is none.

        Where its model can no longer be set up (a key is gone), the embedded interviewer goes on and `trouble` says why.
        """
        record = self.archive.record(ident)
        try:
            return self._interview(record, clock or Clock(record.clock))
        except SetupError as error:
            models = record.terms.models | {"interviewer": EMBEDDED, "assessor": EMBEDDED}
            held = record.model_copy(update={"terms": record.terms.model_copy(update={"models": models})})
            interview = self._interview(held, clock or Clock(record.clock))
            interview.trouble = f"{error} Until then the embedded interviewer goes on."
            return interview

    def past(self) -> list[Record]:
        """All interviews of the record, the newest first."""
        return self.archive.past()

    def _interview(self, record: Record, clock: Clock) -> Interview:
        terms = record.terms
        speaks, grades = terms.models.get("interviewer", EMBEDDED), terms.models.get("grader", EMBEDDED)
        assesses = terms.models.get("assessor", EMBEDDED) if speaks != EMBEDDED else EMBEDDED
        voice, assessor = self.voice(speaks, terms), self.assessor(assesses, terms.case)
        return Interview(record.id, self.archive, self.file(terms.case), voice, clock, grades, assessor, self.limit)

    def voice(self, model: str, terms: Terms) -> Voice:
        """The worker that speaks in a round: the embedded one, or a model; SetupError when the model cannot be set up."""
        if model == EMBEDDED:
            return EmbeddedVoice()
        from interviewer.speaking.model_voice import ModelVoice

        question = self.library.case(terms.case).question
        return ModelVoice(self.model("interviewer", model), question, terms.level, terms.persona, self.prompt("interviewer"))

    def assessor(self, model: str, slug: str) -> Assessor | None:
        """The model that reads answers while the candidate thinks; None when the reader alone does it."""
        if model == EMBEDDED:
            return None
        from interviewer.listening.assessor import ModelAssessor

        return ModelAssessor(self.model("assessor", model), self.file(slug), self.prompt("assessor"))

    def eyes(self, model: str) -> Eyes | None:
        """The model that reads a picture; None when there is none that could."""
        if model == EMBEDDED:
            return None
        from interviewer.whiteboard.eyes import Eyes

        return Eyes(self.model("eyes", model), self.prompt("whiteboard"))

    @property
    def limit(self) -> Limit:
        """What an interview may take."""
        return self.settings.limit, self.settings.limit_tokens

    def model(self, job: Job, model: str) -> ChatModel:
        """A model opened for a job, asked where the settings have it; SetupError when it cannot be opened."""
        from interviewer.providers.models import open_model

        with _HEAVY:
            return open_model(self.settings.using(job, model), job)

    # --- grading --------------------------------------------------------------------------------------------------

    def debrief(self, ident: str, again: bool = False, model: str | None = None) -> Scorecard:
        """The scorecard of an interview: the newest in the record, or a new one when there is none or `again`.

        `model` grades instead of the one agreed at the start: "embedded" when that one keeps failing. Earlier scorecards stay.
        """
        kept = [] if again else self.archive.scorecards(ident)
        if kept:
            return kept[0]
        from interviewer.listening.assessing import observed
        from interviewer.providers.bill import bill, over, works
        from interviewer.record.transcript import of_record

        record = self.archive.record(ident)
        turns = self.archive.turns(ident)
        if not any(t.role == "candidate" and t.text.strip() for t in turns):
            raise InputError("nothing was said in this interview yet: there is nothing to grade")
        spent = over(bill(works(turns)), *self.limit)
        notice = "" if model else spent
        turns = turns if spent or model == EMBEDDED else self._assessed(record, turns)
        grader = EMBEDDED if notice else model or record.terms.models.get("grader", EMBEDDED)
        card = self._graded(of_record(record, turns), grader, works(turns), observed(turns))
        if notice:
            card = card.model_copy(update={"cost": (*card.cost, notice)})
        self.archive.grade(ident, card)
        return card

    def _graded(self, transcript: Transcript, model: str, done: Iterable[Done] = (), noted: Sequence[Observed] = ()) -> Scorecard:
        """The scorecard, and on it what it took together with what was `done` before; `noted` are errors for the grader to check."""
        from interviewer.grading.grader import grade
        from interviewer.providers.bill import bill, lines

        chat = None if model == EMBEDDED else self.model("grader", model)
        card = grade(transcript, self.file(transcript.case), self.judge(chat, transcript.case), noted)
        took = [("grader", Work(worker=chat.name).spent(chat.spent), chat.calls)] if chat and chat.calls else []
        return card.model_copy(update={"cost": lines(bill([*done, *took]))})

    def _assessed(self, record: Record, turns: list[Turn]) -> list[Turn]:
        """The turns with the assessments that are missing made, where a model assessed this round."""
        from interviewer.listening.assessing import complete, to_assess

        model, speaks = (record.terms.models.get(job, EMBEDDED) for job in ("assessor", "interviewer"))
        if EMBEDDED in (model, speaks) or not to_assess(turns):
            return turns
        try:
            assessor = self.assessor(model, record.terms.case)
        except SetupError:  # its key is gone: what it would have noted is not needed for a grade
            return turns
        return complete(self.archive, record.id, assessor) if assessor else turns

    def grade(self, transcript: Transcript, model: str | None = None) -> Scorecard:
        """The scorecard of a recorded interview that was not held here. Nothing is kept."""
        self.card(transcript.case)
        return self._graded(transcript, model or self.settings.model_for("grader"))

    def judge(self, model: ChatModel | None, slug: str) -> Judge:
        """The worker that grades: a model, or the embedded one when there is none."""
        if model is None:
            from interviewer.grading.embedded_judge import EmbeddedJudge

            return EmbeddedJudge(self.file(slug).reader)
        from interviewer.grading.model_judge import ModelJudge

        told = {name: self.prompt(name) for name in ("grader", "across", "summary")}
        return ModelJudge(model, told["grader"], repeats=self.settings.repeats, across=told["across"], summary=told["summary"])

    def prompt(self, name: str) -> Prompt:
        """A prompt: the live version, or the one that the settings want."""
        from prompts.library import load as prompt

        return prompt(name, self.settings.version(name))

    # --- knowledge ------------------------------------------------------------------------------------------------

    def file(self, slug: str) -> CaseFile:
        """A case made ready, once for this program."""
        with self._lock:
            if slug not in self._files:
                self._files[slug] = CaseFile(self.library.entry(slug), lambda: self.index)
            return self._files[slug]

    @property
    def index(self) -> Index:
        """The index of all cases and concepts, opened (and when needed built) once."""
        with self._lock:
            if not hasattr(self, "_index"):
                self._index = self.open_index()
            return self._index

    def open_index(self, rebuild: bool = False) -> Index:
        """Open the index, or build it anew."""
        from knowledge.embedding import LatentSemantic, OpenAIEmbedding
        from knowledge.index import Index
        from knowledge.passages import passages, stamp

        name = self.settings.embedding
        if name == EMBEDDED:
            embedding = LatentSemantic()
        elif name.startswith("openai:"):
            embedding = OpenAIEmbedding(name.removeprefix("openai:"), self.settings.api_key, self.settings.base_url)  # type: ignore[assignment]
        else:
            raise SetupError(
                f"INTERVIEWER_EMBEDDING={name!r}: use `embedded` or openai:NAME, for example openai:text-embedding-3-small"
            )
        with _HEAVY:
            return Index(self.settings.index_folder, stamp(self.library), lambda: passages(self.library), embedding, rebuild)


def _known(persona: str) -> None:
    """InputError for a persona that there is not."""
    from prompts.library import personas

    if persona not in personas():
        raise InputError(f"there is no persona {persona!r}: use one of {', '.join(personas())}")


def _card(head: Head) -> CaseCard:
    return CaseCard(
        slug=head.slug, title=head.title, question=head.question, domains=tuple(head.domains), levels=tuple(head.levels),
        asked=head.asked,
    )  # fmt: skip
