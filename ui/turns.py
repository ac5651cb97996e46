"""The hub: runs each reply on a thread of its own and lets any page follow it. Knows the front door; draws nothing."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import streamlit as st

from interviewer.errors import InterviewerError, StaleError
from interviewer.grading.scorecard import Scorecard
from interviewer.interview import Interview
from interviewer.office import CaseCard, Office
from interviewer.record.archive import Record
from interviewer.state import Terms

GATHER = 0.1  # seconds of words that go to the page at once
WORKERS = 32  # replies and debriefs that may run at once; they mostly wait for a model
IDLE = 3600.0  # seconds without a page after which an interview is let go of (the record keeps it)
log = logging.getLogger(__name__)


class Turn:
    """One reply under way. `speak` is run on a thread; every page may `follow` it from its first word."""

    def __init__(self, speak: Callable[[], Iterator[str]]):
        self._speak = speak
        self._pieces: list[str] = []
        self._news = threading.Condition()
        self.done = False
        self.trouble = ""

    def run(self) -> None:
        """Speak to the end; what goes wrong is kept as `trouble`, to be shown."""
        try:
            for piece in self._speak():
                self._tell(piece)
        except StaleError:
            log.info("a reply was dropped: the interview has moved on elsewhere")
        except InterviewerError as error:
            self.trouble = str(error)
        except Exception:  # the thread's edge: nobody above would show it
            log.exception("a reply failed")
            self.trouble = "Something broke on our side. Your answer is kept; the log of the app says more."
        finally:
            with self._news:
                self.done = True
                self._news.notify_all()

    @property
    def begun(self) -> bool:
        """Whether there is anything to see."""
        return self.done or bool(self._pieces)

    def wait(self, seconds: float) -> bool:
        """Wait for the first word; whether there is anything to see."""
        with self._news:
            return self._news.wait_for(lambda: self.begun, seconds)

    def follow(self) -> Iterator[str]:
        """All words from the first, gathered, until the turn is done."""
        seen = 0
        while True:
            with self._news:
                self._news.wait_for(lambda: self.done or len(self._pieces) > seen)  # noqa: B023
                fresh, done = self._pieces[seen:], self.done
            seen += len(fresh)
            if fresh:
                yield "".join(fresh)
            if done:
                return
            with self._news:
                self._news.wait_for(lambda: self.done, GATHER)

    def _tell(self, piece: str) -> None:
        with self._news:
            self._pieces.append(piece)
            self._news.notify_all()


class Hub:
    """All interviews that pages look at, each opened once, and at most one running turn for each."""

    def __init__(self, office: Office):
        self.office = office
        self._cards: list[CaseCard] = []
        self._open: dict[str, Interview] = {}
        self._seen: dict[str, float] = {}
        self._turns: dict[str, Turn] = {}
        self._debriefs: dict[str, Future[Scorecard]] = {}
        self._lock = threading.RLock()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="turn")

    # --- interviews -----------------------------------------------------------------------------------------------

    def cards(self) -> list[CaseCard]:
        """What may be known of the cases, read once."""
        with self._lock:
            self._cards = self._cards or self.office.cases()
            return self._cards

    def title(self, slug: str) -> str:
        """The title of a case, or its slug when the case is gone."""
        return next((c.title for c in self.cards() if c.slug == slug), slug)

    def record(self, ident: str) -> Record:
        """The row of an interview in the record, without opening it; InputError when there is none."""
        return self.office.archive.record(ident)

    def start(self, terms: Terms) -> Interview:
        """A new interview, its first words already on their way."""
        interview = self.office.start(terms)
        with self._lock:
            self._open[interview.id] = interview
        self.speak(interview.id)
        return interview

    def interview(self, ident: str) -> Interview:
        """The one object of this interview in this program; InputError when the record has none."""
        with self._lock:
            if ident not in self._open:
                self._let_go()
                self._open[ident] = self.office.resume(ident)
            return self._open[ident]

    def touch(self, ident: str) -> None:
        """A page is there. The clock stops by itself when none was for three minutes."""
        self._seen[ident] = time.monotonic()
        interview = self.interview(ident)
        if not interview.finished:
            interview.touch()

    # --- turns ----------------------------------------------------------------------------------------------------

    def send(self, ident: str, answer: str, version: int, pressed: str = "") -> None:
        """Take an answer or a button: it is on disk when this returns, the reply on its way. StaleError when it came late."""
        if self.running(ident):
            raise StaleError("the interviewer is still speaking")
        try:
            self.interview(ident).hear(answer, version, pressed)
        except StaleError:
            with self._lock:
                self._open.pop(ident, None)  # it may have moved on in another program: read the record anew
            raise
        self.speak(ident)

    def speak(self, ident: str) -> None:
        """Let the interviewer speak if it is its turn and it is not speaking already."""
        with self._lock:
            interview = self.interview(ident)
            if self.running(ident) or not interview.waiting:
                return
            turn = self._turns[ident] = Turn(interview.speak)
            self._pool.submit(turn.run)

    def go_embedded(self, ident: str) -> None:
        """From here on the embedded interviewer speaks."""
        self.interview(ident).go_embedded()
        self.speak(ident)

    def running(self, ident: str) -> Turn | None:
        """The turn under way, if there is one."""
        turn = self._turns.get(ident)
        return turn if turn and not turn.done else None

    def trouble(self, ident: str) -> str:
        """Why the last reply failed, when it did and nobody has tried again."""
        turn = self._turns.get(ident)
        return turn.trouble if turn and turn.done and self.interview(ident).waiting else ""

    # --- debriefs -------------------------------------------------------------------------------------------------

    def debrief(self, ident: str) -> Future[Scorecard]:
        """The scorecard, made on a thread, once for all pages."""
        with self._lock:
            if ident not in self._debriefs:
                self._debriefs[ident] = self._pool.submit(self._debrief, ident)
            return self._debriefs[ident]

    def _debrief(self, ident: str) -> Scorecard:
        self.interview(ident).settle()  # what a model is still noting belongs to it
        return self.office.debrief(ident)

    def forget_debrief(self, ident: str) -> None:
        """Make it anew when next asked for."""
        with self._lock:
            self._debriefs.pop(ident, None)

    def grade_again(self, ident: str) -> None:
        """Make a new scorecard; the old one stays in the record."""
        with self._lock:
            self._debriefs[ident] = self._pool.submit(self.office.debrief, ident, True)

    def _let_go(self) -> None:
        """Forget interviews that no page has looked at for an hour."""
        now = time.monotonic()
        for ident in [i for i in self._open if now - self._seen.get(i, now) > IDLE and not self.running(i)]:
            self._open.pop(ident).leave()
            self._debriefs.pop(ident, None)


@st.cache_resource(show_spinner=False)
def hub() -> Hub:
    """The one hub of this program. What is imported by now is taken out of the collector's sight: reruns stay fast."""
    made = Hub(Office())
    gc.collect()
    gc.freeze()
    return made
