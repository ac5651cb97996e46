"""The front door: settings in, interviews, scorecards and the record out. Outer rooms know this and `Interview`, nothing behind them."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from interviewer.archive import Archive, Record
from interviewer.casefile import CaseFile
from interviewer.clock import Clock
from interviewer.errors import InputError, SetupError
from interviewer.interview import Interview
from interviewer.settings import EMBEDDED, JOBS, Settings, load
from interviewer.state import Terms, Value
from interviewer.voice import EmbeddedVoice, Voice
from knowledge.case import Head
from knowledge.library import CaseError, Library

if TYPE_CHECKING:
    from interviewer.judging import Judge
    from interviewer.scorecard import Scorecard
    from interviewer.shelf import Shelf
    from interviewer.transcript import Transcript
    from knowledge.index import Index


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
        from interviewer.shelf import Shelf

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
        """A new interview; its first turn is spoken by `interview.speak()`."""
        self.card(terms.case)
        models = {job: self.settings.model_for(job) for job in JOBS} | terms.models
        done = any(r.terms.case == terms.case and r.status == "finished" for r in self.archive.past())
        practised = done or terms.case in self.archive.openings()
        terms = terms.model_copy(update={"models": models, "practised": practised})
        self.voice(models["interviewer"])
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
            models = record.terms.models | {"interviewer": EMBEDDED}
            held = record.model_copy(update={"terms": record.terms.model_copy(update={"models": models})})
            interview = self._interview(held, clock or Clock(record.clock))
            interview.trouble = f"{error} Until then the embedded interviewer goes on."
            return interview

    def past(self) -> list[Record]:
        """All interviews of the record, the newest first."""
        return self.archive.past()

    def _interview(self, record: Record, clock: Clock) -> Interview:
        models = record.terms.models
        voice = self.voice(models.get("interviewer", EMBEDDED))
        return Interview(record.id, self.archive, self.file(record.terms.case), voice, clock, models.get("grader", EMBEDDED))

    def voice(self, model: str) -> Voice:
        """The worker that speaks: the embedded one, or a model; SetupError when the model cannot be set up."""
        if model == EMBEDDED:
            return EmbeddedVoice()
        from interviewer.model_voice import ModelVoice
        from interviewer.models import open_model

        return ModelVoice(open_model(self.settings.model_copy(update={"model_interviewer": model}), "interviewer"))

    # --- grading --------------------------------------------------------------------------------------------------

    def debrief(self, ident: str, again: bool = False, model: str | None = None) -> Scorecard:
        """The scorecard of an interview: the newest in the record, or a new one when there is none or `again`.

        `model` grades instead of the one agreed at the start: "embedded" when that one keeps failing. Earlier scorecards stay.
        """
        kept = [] if again else self.archive.scorecards(ident)
        if kept:
            return kept[0]
        from interviewer.grader import grade
        from interviewer.transcript import of_record

        record = self.archive.record(ident)
        turns = self.archive.turns(ident)
        if not any(t.role == "candidate" and t.text.strip() for t in turns):
            raise InputError("nothing was said in this interview yet: there is nothing to grade")
        judge = self.judge(model or record.terms.models.get("grader", EMBEDDED), record.terms.case)
        card = grade(of_record(record, turns), self.file(record.terms.case), judge)
        self.archive.grade(ident, card)
        return card

    def grade(self, transcript: Transcript, model: str | None = None) -> Scorecard:
        """The scorecard of a recorded interview that was not held here. Nothing is kept."""
        from interviewer.grader import grade

        self.card(transcript.case)
        return grade(
            transcript, self.file(transcript.case), self.judge(model or self.settings.model_for("grader"), transcript.case)
        )

    def judge(self, model: str, slug: str) -> Judge:
        """The worker that grades."""
        if model == EMBEDDED:
            from interviewer.embedded_judge import EmbeddedJudge

            return EmbeddedJudge(self.file(slug).reader)
        from interviewer.model_judge import ModelJudge
        from interviewer.models import open_model

        return ModelJudge(open_model(self.settings.model_copy(update={"model_grader": model}), "grader"))

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
        return Index(self.settings.index_folder, stamp(self.library), lambda: passages(self.library), embedding, rebuild)


def _card(head: Head) -> CaseCard:
    return CaseCard(
        slug=head.slug, title=head.title, question=head.question, domains=tuple(head.domains), levels=tuple(head.levels),
        asked=head.asked,
    )  # fmt: skip
