"""The library as a candidate may read it: what is open, and what stays closed until its round is over. Knows no screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from interviewer.errors import InputError
from interviewer.record.archive import Archive, Record
from interviewer.state import Value
from knowledge.case import Head
from knowledge.library import CaseError, Concept, Entry, Library

if TYPE_CHECKING:
    from knowledge.index import Index

MOST = 8  # findings on a page
DEEP = 60  # passages looked through for them: closed ones are left out
ALIKE = 0.3  # cosine from which a question is about what was looked for


class Round(Value):
    """A finished round on a case, as its debrief judged it; `recommendation` is empty when it has none yet."""

    id: str
    when: str
    level: str
    recommendation: str


class Finding(Value):
    """One thing that a search found: a case by its question, a section of notes, or a section of a concept page."""

    kind: str
    slug: str
    title: str
    text: str


class Findings(Value):
    """What a search found, best first, and how many passages of closed notes were left out."""

    found: tuple[Finding, ...]
    closed: int


class Shelf:
    """Cases and concepts with the state of the record: the notes of a case open when a round on it is finished, or by `open_case`."""

    def __init__(self, archive: Archive, library: Library, index: Callable[[], Index]):
        self._archive = archive
        self._library = library
        self._index = index

    # --- what is open ---------------------------------------------------------------------------------------------

    def why_closed(self, slug: str) -> str:
        """Why the notes of a case are closed, as a sentence; empty when they are open. InputError when there is no such case."""
        self._head(slug)
        if self._running(slug):
            return "A round on this case is under way."
        return "" if slug in self._read() else "You have not been interviewed on this case yet."

    def why_concepts_closed(self) -> str:
        """Why the concept pages are closed, as a sentence; empty when they are open."""
        return "A round is under way." if self._running() else ""

    def open_case(self, slug: str) -> None:
        """Open the notes of a case before its round is over. The next score on it, and that of a running round, is marked."""
        self._head(slug)
        self._archive.open_notes(slug, [r.id for r in self._running(slug)])

    def open_concepts(self) -> None:
        """Open the concept pages while a round is under way, whose score is marked."""
        self._archive.open_notes("", [r.id for r in self._running()])

    def _read(self) -> set[str]:
        """The cases whose notes may be known: a round on them is finished, or they were opened."""
        return self._archive.openings() | {r.terms.case for r in self._archive.past() if r.status == "finished"}

    def _running(self, slug: str = "") -> list[Record]:
        """Rounds under way (on this case) during which the notes were not opened yet."""
        return [
            r for r in self._archive.past()
            if r.status != "finished" and not r.terms.opened and (not slug or r.terms.case == slug)
        ]  # fmt: skip

    # --- what there is --------------------------------------------------------------------------------------------

    def rounds(self) -> dict[str, list[Round]]:
        """The finished rounds of every case that has one, the newest first."""
        found: dict[str, list[Round]] = {}
        for record in self._archive.past():
            if record.status == "finished":
                cards = self._archive.scorecards(record.id)
                verdict = (cards[0].recommendation or "") if cards else ""
                done = Round(id=record.id, when=record.created, level=record.terms.level, recommendation=verdict)
                found.setdefault(record.terms.case, []).append(done)
        return found

    def case(self, slug: str) -> Entry:
        """A case with its notes; InputError while it is closed."""
        if why := self.why_closed(slug):
            raise InputError(f"{why} Its notes stay closed until then")
        try:
            return self._library.entry(slug)
        except CaseError as error:
            raise InputError(str(error)) from error

    def concepts(self) -> list[Concept]:
        """All concept pages by title; InputError while they are closed."""
        if why := self.why_concepts_closed():
            raise InputError(f"{why} The concept pages stay closed until it is over")
        return sorted(self._library.concepts.values(), key=lambda c: c.title)

    def concept(self, slug: str) -> Concept:
        """One concept page; InputError when it is closed or not there."""
        found = next((c for c in self.concepts() if c.slug == slug), None)
        if found is None:
            raise InputError(f"there is no concept page {slug!r}")
        return found

    # --- search ---------------------------------------------------------------------------------------------------

    def search(self, query: str) -> Findings:
        """What is about `query`: cases by their question, then passages of open notes and concepts."""
        index = self._index()
        heads = [self._library.head(slug) for slug in self._library.folders()]
        running = {r.terms.case for r in self._running()}
        open_cases, concepts = self._read() - running, not running
        hits = [hit.passage for hit in index.search(query, DEEP)]
        readable = [p for p in hits if (concepts if p.kind == "concept" else p.case in open_cases)]
        titles = {h.slug: h.title for h in heads}
        passages = [
            Finding(kind="concept", slug=p.id.split("/")[1], title=p.title, text=p.text)
            if p.kind == "concept"
            else Finding(kind="note", slug=p.case, title=f"{titles[p.case]}: {p.title}", text=p.text)
            for p in readable[:MOST]
        ]
        return Findings(
            found=(*_alike(index, query, heads), *passages),
            closed=sum(p not in readable for p in hits[:MOST]),
        )

    def _head(self, slug: str) -> Head:
        try:
            return self._library.head(slug)
        except CaseError as error:
            raise InputError(str(error)) from error


def _alike(index: Index, query: str, heads: list[Head]) -> list[Finding]:
    """The cases whose question is about the query, the nearest first."""
    if not heads or not query.strip():
        return []
    texts = [f"{h.title}\n{h.question}\n{' '.join(h.domains)}" for h in heads]
    likeness = index.embedding.embed(texts) @ index.embedding.embed([query])[0]
    order = [int(n) for n in np.argsort(-likeness) if likeness[n] >= ALIKE][:3]
    return [Finding(kind="case", slug=heads[n].slug, title=heads[n].title, text=heads[n].question) for n in order]
