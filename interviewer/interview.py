"""One interview: hear an answer, decide, speak, keep. The only object that outer rooms hold while a round runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from functools import reduce

from interviewer.casefile import CaseFile
from interviewer.clock import Clock
from interviewer.deciding.agenda import with_options
from interviewer.deciding.desk import Desk
from interviewer.deciding.policy import decide, opening
from interviewer.deciding.taken import settled
from interviewer.errors import ModelError, StaleError
from interviewer.listening.aside import without_asides
from interviewer.listening.assessing import Assessing
from interviewer.listening.assessor import Assessor
from interviewer.providers.bill import Bill, bill, line, over, works
from interviewer.record.archive import Archive
from interviewer.settings import EMBEDDED
from interviewer.speaking.guard import guarded
from interviewer.speaking.memory import PRESSED, lines, verbatim
from interviewer.speaking.voice import Brief, EmbeddedVoice, Speech, Voice
from interviewer.state import Assessment, InterviewState, Move, RoomView, Status, StepView, Terms, Turn, Work
from interviewer.steps import STEP, STEPS, plan, total

Limit = tuple[float, int]  # US dollars and tokens that an interview may take; 0 is no limit
NO_LIMIT: Limit = (0.0, 0)


class Interview:
    """A round that runs or can be resumed. All of it is in the archive; `state` is folded from the turns there.

    A turn: `hear` writes the answer down before anything else, `speak` decides and says the reply, `reply` is both.
    """

    def __init__(
        self, ident: str, archive: Archive, file: CaseFile, voice: Voice, clock: Clock, grader: str = "embedded",
        assessor: Assessor | None = None, limit: Limit = NO_LIMIT,
    ):  # fmt: skip
        self.id, self._archive, self._file, self.voice, self.clock = ident, archive, file, voice, clock
        self._grader, self._limit = grader, limit
        self._assessing = Assessing(assessor, self._assessed) if assessor else None
        self._lock = threading.RLock()
        self.notice = ""
        self._beside: list[tuple[str, Work]] = []
        self._record = archive.record(ident)
        self._status = self._record.status
        self.trouble = ""
        self.turns = archive.turns(ident)
        self.state = self._folded(self.turns)
        self._read_unread()
        if self.status == "open" and self.turns and not self.waiting:
            self.clock.start()

    # --- the turn -------------------------------------------------------------------------------------------------

    def reply(self, answer: str, version: int | None = None, pressed: str = "") -> Iterator[str]:
        """Hear `answer` and speak the next turn, word by word."""
        self.hear(answer, version, pressed)
        yield from self.speak()

    def hear(self, answer: str, version: int | None = None, pressed: str = "") -> None:
        """Write the answer down, then read it. StaleError when the interview has moved on since `version`."""
        with self._lock:
            if self.finished:
                raise StaleError("this interview is finished: its debrief is ready")
            if self.waiting or (version is not None and version != len(self.turns)):
                raise StaleError("this answer was already taken: the page shows where the interview is")
            self.status = "open"
            turn = Turn(
                index=len(self.turns), role="candidate", text=answer, clock=self.clock.heard(answer), step=self.state.step, pressed=pressed  # type: ignore[arg-type]
            )  # fmt: skip
            self._archive.append(self.id, turn)
            self._take_in(turn)

    def speak(self, voice: Voice | None = None) -> Iterator[str]:
        """The interviewer's next turn, word by word; nothing when it is not the interviewer's turn.

        ModelError when the model behind the voice fails: nothing is kept of the reply, `speak()` tries again and
        `speak(EmbeddedVoice())` goes on without the model.
        """
        with self._lock:
            if not self.waiting:
                return
            begun = time.perf_counter()
            self._keep_to_limit()
            voice = voice or self.voice
            move = self._decide(voice.chooses)
            decided = (time.perf_counter() - begun) * 1000
            speech = self._speech(voice, move)
            first = 0.0
            try:
                for piece in speech:
                    first = first or (time.perf_counter() - begun) * 1000
                    yield piece
            except ModelError as error:
                self.trouble = str(error)
                self.took("interviewer", speech.work)
                raise
            whole = (time.perf_counter() - begun) * 1000
            if voice.chooses:
                move = settled(move, speech.text, self._file.reader, self.state.step)
            self._said(move, speech, speech.work.model_copy(update={"first": first, "whole": whole, "decide": decided}))

    def press(self, button: str, version: int | None = None) -> Iterator[str]:
        """A button instead of an answer: "hint", "next" or "finish"."""
        yield from self.reply("", version, button)

    def go_embedded(self) -> None:
        """From here on the embedded workers speak and read; what a model has noted so far stays."""
        self.voice, self._assessing = EmbeddedVoice(), None
        self._archive.agree(self.id, {"interviewer": EMBEDDED, "assessor": EMBEDDED})

    def pause(self) -> None:
        """Stop the clock until `go_on`."""
        self._archive.keep(self.id, clock=self.clock.stop(), status="paused")
        self.status = "paused"

    def go_on(self) -> None:
        """The candidate is back: the clock runs again when it is their turn."""
        if not self.finished:
            self._archive.keep(self.id, status="open")
            self.status = "open"
        if not self.waiting and not self.finished:
            self.clock.start()

    def touch(self) -> None:
        """A sign of life of the page; three minutes without one pause the round."""
        self.clock.touch()
        if self.clock.away and self.status == "open":
            self.pause()
        elif self.clock.running:
            self._archive.keep(self.id, clock=self.clock.read())

    def leave(self) -> None:
        """The page or the program is going: keep the clock as it stands."""
        if not self.finished:
            self._archive.keep(self.id, clock=self.clock.stop())

    def settle(self, seconds: float = 60.0) -> bool:
        """Wait for what works in the background; whether it is done. Rounds that nobody sits in wait after each turn."""
        return self._assessing is None or self._assessing.settle(seconds)

    # --- what can be seen of it -----------------------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        return self.state.finished

    @property
    def waiting(self) -> bool:
        """Whether it is the interviewer's turn to speak."""
        return not self.finished and (not self.turns or self.turns[-1].role == "candidate")

    @property
    def status(self) -> Status:
        return "finished" if self.finished else self._status

    @status.setter
    def status(self, value: Status) -> None:
        self._status = value

    @property
    def terms(self) -> Terms:
        return self.state.terms

    @property
    def version(self) -> int:
        """The number of turns so far: hand it back with an answer, so that no answer is taken twice."""
        return len(self.turns)

    def spent(self) -> Bill:
        """What the models of this round took so far, by job."""
        return bill([*works(self.turns), *self._beside])

    def took(self, job: str, work: Work) -> None:
        """Add what was paid for and became no turn: a reply that broke off, a picture that was read."""
        self._beside.append((job, work))

    def over_limit(self) -> str:
        """What to say when this round has taken all that it may, else nothing."""
        return over(self.spent(), *self._limit)

    def view(self) -> RoomView:
        """All that a screen may know."""
        terms, planned = self.terms, plan(self.terms.minutes, self.terms.pace)
        clock = self.clock.read()
        spent = dict(self.state.spent)
        if not self.finished:
            spent[self.state.step] = spent.get(self.state.step, 0.0) + max(0.0, clock - self.state.clock)
        steps = tuple(
            StepView(
                id=s, title=STEP[s].title, short=STEP[s].short, purpose=STEP[s].purpose, planned=planned[s], spent=spent.get(s, 0.0),
                here=s == self.state.step, entered=s in self.state.entered,
            )
            for s in STEPS
        )  # fmt: skip
        return RoomView(
            id=self.id, title=self._file.case.title, question=self._file.case.question, terms=terms, status=self.status,
            turns=tuple((t.role, t.text or PRESSED.get(t.pressed, "(no answer)")) for t in self.turns), steps=steps, clock=clock,
            total=total(terms.minutes, terms.pace), voice=self.voice.name, grader=self._grader, version=self.version,
            waiting=self.waiting, trouble=self.trouble, spent=line(self.spent()), notice=self.notice,
        )  # fmt: skip

    # --- inside ---------------------------------------------------------------------------------------------------

    def _decide(self, chooses: bool) -> Move:
        """The next move; with what else is legal when the voice chooses."""
        if not self.turns:
            return opening(self._file.case, self.state)
        turn = self.turns[-1].model_copy(update={"text": without_asides(self.turns[-1].text)})
        found = self._file.search(turn.text, self.state.step)
        desk = Desk(self._file.case, self.state, turn, found, self._file.reader.near_facts(turn) if chooses else ())
        before = next((t for t in reversed(self.turns[:-1]) if t.role == "candidate"), None)
        return with_options(desk, decide(desk), before) if chooses else decide(desk)

    def _speech(self, voice: Voice, move: Move) -> Speech:
        """The words for a move, those of a model checked as they come."""
        case = self._file.case
        brief = Brief.of(move, STEP[move.step].spoken, self.state.frames, [case.fact(f).says for f in move.near])
        talk = verbatim(self.turns)
        if not voice.chooses:
            return voice.speak(brief, talk)
        return guarded(voice.speak(brief, lines(self.turns, case)), brief, talk, case.question, self._file.ear)

    def _assessed(self, index: int, assessment: Assessment) -> None:
        """A model's reading has come: it is kept, and what the round knows is made again with it."""
        turn = self._archive.observe(self.id, index, assessment)
        with self._lock:
            turns = [*self.turns[:index], turn, *self.turns[index + 1 :]]
            self.turns, self.state = turns, self._folded(turns)  # at once: a page may look while they are made

    def _keep_to_limit(self) -> None:
        """Past the limit of cost the embedded interviewer goes on, and says why."""
        if self.voice.chooses and (notice := self.over_limit()):
            self.go_embedded()
            self.notice = notice

    def _said(self, move: Move, speech: Speech, work: Work) -> None:
        turn = Turn(
            index=len(self.turns), role="interviewer", text=speech.text, clock=self.clock.read(), step=move.step, move=move,
            frames=speech.frames, work=work,
        )  # fmt: skip
        self._archive.append(self.id, turn, "finished" if move.kind == "close" else None)
        self._fold(turn)
        self.trouble = ""
        if self.finished:
            self.clock.stop()
        elif self.status != "paused":
            self.clock.start()
        heard = self.turns[:-1]
        if self._assessing and heard and heard[-1].text.strip() and not heard[-1].assessed and not self.finished:
            self._assessing.begin(heard)

    def _take_in(self, turn: Turn) -> None:
        """Read a candidate's turn and put the reading beside it."""
        asked = next((t.move.question for t in reversed(self.turns) if t.move), "")
        reading = self._file.reader.read(turn.text, turn.step, self.state.twists, asked)
        turn = turn.model_copy(update={"reading": reading})
        self._archive.annotate(self.id, turn, "embedded", reading.claims)
        self._fold(turn)

    def _read_unread(self) -> None:
        """After a kill between writing and reading an answer: read it now."""
        if self.turns and self.turns[-1].role == "candidate" and self.turns[-1].reading is None:
            turn = self.turns.pop()
            self.state = self._folded(self.turns)
            self._take_in(turn)

    def _fold(self, turn: Turn) -> None:
        self.turns.append(turn)
        self.state = self.state.after(turn)

    def _folded(self, turns: Sequence[Turn]) -> InterviewState:
        return reduce(InterviewState.after, turns, InterviewState(terms=self._record.terms))


__all__ = ["EmbeddedVoice", "Interview"]
