"""A case made ready for a round: the case study, its reader, and the search over its notes, opened in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from interviewer.listening.reading import Reader
from knowledge.case import CaseStudy
from knowledge.leaks import Ear
from knowledge.library import Entry

if TYPE_CHECKING:
    from knowledge.index import Index

MOST_PASSAGES = 3
PATIENCE = 1.0  # seconds that a reply waits for the index


class CaseFile:
    """What an interview and a grader need of a case. `open_index` gives the index; it is called once, on a thread."""

    def __init__(self, entry: Entry, open_index: Callable[[], Index] | None = None):
        self.entry = entry
        self._reader: Reader | None = None
        self._ear: Ear | None = None
        self._index: Index | None = None
        self._trouble: Exception | None = None
        self._lock = threading.Lock()
        self._open = open_index
        self._thread = threading.Thread(target=self._prepare, daemon=True)
        self._thread.start()

    @property
    def case(self) -> CaseStudy:
        return self.entry.case

    @property
    def reader(self) -> Reader:
        """The reader, compiled once; waits for it when it is still being made."""
        with self._lock:
            if self._reader is None:
                self._reader = Reader(self.entry.case)
            return self._reader

    @property
    def ear(self) -> Ear:
        """Hears what would give an answer away; made once (0.15 s), when a model speaks or drafts."""
        with self._lock:
            if self._ear is None:
                self._ear = Ear(self.entry.case)
            return self._ear

    def search(self, text: str, step: str) -> tuple[str, ...]:
        """Ids of the passages of this step that are nearest to `text`, best first.

        Empty while the index is still being built for the first time: a candidate is not kept waiting for longer than `PATIENCE`.
        """
        if self._open is None:
            return ()
        self._thread.join(PATIENCE)
        if self._thread.is_alive():
            return ()
        if self._index is None:
            raise self._trouble or RuntimeError("the index was not opened")
        return tuple(f.passage.id for f in self._index.search(text, MOST_PASSAGES, self.case.slug, step))

    def _prepare(self) -> None:
        _ = self.reader
        if self._open is None:
            return
        try:
            self._index = self._open()
        except Exception as error:  # shown where it matters: at the first search
            self._trouble = error
