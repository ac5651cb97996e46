"""The tiny case of the tests, and a round on it that needs no disk but a temporary folder."""

from pathlib import Path

from interviewer.casefile import CaseFile
from interviewer.clock import VirtualClock
from interviewer.deciding.desk import Desk
from interviewer.deciding.policy import decide, opening
from interviewer.interview import Interview
from interviewer.listening.reading import Reader
from interviewer.record.archive import Archive
from interviewer.speaking.voice import EmbeddedVoice
from interviewer.state import InterviewState, Move, Terms, Turn
from interviewer.steps import STEPS
from knowledge.library import load

FOLDER = Path(__file__).parent / "cases"
ENTRY = load(FOLDER / "tiny")
CASE = ENTRY.case
READER = Reader(CASE)


def start(archive: Archive, voice=None, clock=None, **terms) -> Interview:
    """A new interview on the tiny case."""
    record = archive.begin(Terms(case="tiny", pace="spoken", **terms), ENTRY.version)
    return Interview(record.id, archive, CaseFile(ENTRY), voice or EmbeddedVoice(), clock or VirtualClock())


def again(archive: Archive, ident: str, voice=None, clock=None) -> Interview:
    """The same interview taken up anew, as another process would."""
    return Interview(ident, archive, CaseFile(ENTRY), voice or EmbeddedVoice(), clock or VirtualClock())


class Round:
    """A round without a record: say something, look at the move."""

    def __init__(self, step: str = "clarify", clock: float = 60.0, **terms):
        self.state = InterviewState(terms=Terms(case="tiny", pace="spoken", **terms))
        self._add("interviewer", "Where would you like to start?", clock, opening(CASE, self.state))
        for place in STEPS[1 : STEPS.index(step) + 1]:
            self._add("interviewer", "Go on.", clock, Move(kind="advance", step=place, question="Go on?", why="test"))

    def say(self, text: str, seconds: float = 30.0, pressed: str = "") -> Move:
        """The move that follows an answer."""
        reading = READER.read(text, self.state.step, self.state.twists)
        turn = Turn(
            index=self.state.turns, role="candidate", text=text, clock=self.state.clock + seconds, step=self.state.step,
            reading=reading, pressed=pressed,
        )  # fmt: skip
        self.state = self.state.after(turn)
        move = decide(Desk(CASE, self.state, turn))
        self._add("interviewer", move.question or " ".join(move.say), self.state.clock, move)
        return move

    def _add(self, role: str, text: str, clock: float, move: Move) -> None:
        turn = Turn(index=self.state.turns, role=role, text=text, clock=clock, step=move.step, move=move)
        self.state = self.state.after(turn)
