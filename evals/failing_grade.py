"""A fault while a round is graded: of one step's grader, and of the calls about the round as a whole. Knows no talk."""

from __future__ import annotations

import json
import re

from evals.failing import ANSWER, SECOND, Body, Cell, Failing, House, odd, unlike
from evals.fake_server import FakeServer, Reply
from evals.faults import FINE, MODEL, REFUSED, UNREADABLE, Row
from interviewer.grading.scorecard import CROSS, Feedback, Scorecard
from interviewer.interview import Interview
from interviewer.settings import EMBEDDED
from interviewer.steps import STEPS

HIT = "model"  # the step whose grader fails; the other six are answered well


class Graded:
    """A finished interview in the record of a house, and its scorecard when nothing fails."""

    def __init__(self, house: House):
        self._house = house
        self._interview = self._held()
        with FakeServer(self.answer) as server:
            house.at(base_url=server.url)
            self.sound = self.card()

    def _held(self) -> Interview:
        interview = self._house.start(grader=MODEL)
        "".join(interview.speak())
        for said in (ANSWER, SECOND):
            "".join(interview.reply(said))
        "".join(interview.press("finish"))
        return interview

    def card(self, model: str | None = None) -> Scorecard:
        """A new scorecard; the others stay in the record."""
        return self._house.office.debrief(self._interview.id, again=True, model=model)

    def answer(self, body: Body) -> Reply:
        """A sound answer to any of a grader's calls."""
        if step := step_of(body):
            return Reply(self._verdicts(step))
        if "<transcript>" in _text(body):
            shown = {"turn": self._place, "quote": ANSWER, "reason": "They say why.", "grade": "shown"}
            return Reply(json.dumps({trait: [shown] for trait in CROSS}))
        return Reply(json.dumps({"strengths": [], "gaps": [], "next": []}))

    def _verdicts(self, step: str) -> str:
        """Every criterion justified by words that were said."""
        parts = {"evidence": [{"turn": self._place, "quote": ANSWER}], "reason": "They say why.", "depth": "justified"}
        criteria = self._house.office.file(self._house.case).case.criteria(step)
        return json.dumps({"verdicts": [{"criterion": c.id} | parts for c in criteria], "errors": []})

    @property
    def _place(self) -> int:
        return next(turn.index for turn in self._interview.turns if turn.text == ANSWER)


def grade(house: House, graded: Graded, row: Row) -> Cell:
    """A debrief of which one step fails or does not; then it is graded again, and by the embedded grader."""
    with Failing(row, graded.answer, lambda body: graded.answer(body).text, lambda body: step_of(body) == HIT) as failing:
        house.at(base_url=failing.server.url)
        failing.fail()
        card, hits = graded.card(), failing.hits
        failing.mend()
        problems = unlike("graded again", graded.card().steps, graded.sound.steps)
    if row.read == FINE:
        problems += unlike("the steps", card.steps, graded.sound.steps) + unlike("the trouble", _trouble(card), "")
        return Cell("", (*problems, *unlike("the calls", hits, 2 if row.once else 1)))
    problems += _embedded(graded) + (unlike("the calls", hits, 2) if row.read == UNREADABLE else [])
    return Cell(card.trouble[0] if card.trouble else "", (*problems, *_unrated(row, card, graded.sound)))


def _unrated(row: Row, card: Scorecard, sound: Scorecard) -> list[str]:
    """Whether nothing was made up where the grader failed, and all the rest is as it would have been."""
    failed = set(STEPS) if row.name == REFUSED else {HIT}
    lost = [s for s in card.steps if s.step in failed]
    others = [s for s in sound.steps if s.step not in failed]
    problems = unlike("the other steps", [s for s in card.steps if s not in lost], others)
    problems += [f"{s.step} is {s.status} at {s.level}" for s in lost if (s.status, s.level) != ("unrated", None)]
    problems += [f"{v.criterion} is {v.depth}" for s in lost for v in s.verdicts if v.depth != "unrated" or v.evidence]
    problems += [f"{e.step}: an error that nobody found" for e in card.errors if e.step in failed]
    problems += unlike("the recommendation", card.recommendation, None) if row.name == REFUSED else []
    return problems + [wrong for text in (*(s.reason for s in lost), *card.trouble) for wrong in odd(text, row.read)]


def whole(house: House, graded: Graded, row: Row) -> Cell:
    """A debrief whose calls about the round as a whole fail: the steps stand, the traits are unrated, the feedback is made in code."""
    with Failing(row, graded.answer, lambda body: graded.answer(body).text, lambda body: not step_of(body)) as failing:
        house.at(base_url=failing.server.url)
        failing.fail()
        card = graded.card()
        failing.mend()
        problems = unlike("graded again", graded.card().cross_cutting, graded.sound.cross_cutting)
    if row.read == FINE:
        return Cell("", (*problems, *unlike("the traits", card.cross_cutting, graded.sound.cross_cutting)))
    rated = [c.title for c in card.cross_cutting if c.level is not None]
    problems += unlike("the traits that are rated", rated, []) + [w for c in card.cross_cutting for w in odd(c.reason, row.read)]
    if row.name != REFUSED:  # where nothing is rated there is nothing to write about
        problems += unlike("the steps", card.steps, graded.sound.steps)
        problems += _written(card.feedback or Feedback(), row)
    return Cell(card.trouble[-1] if card.trouble else "", tuple(problems))


def _written(advice: Feedback, row: Row) -> list[str]:
    """Whether the feedback is there although the model did not write it, and says so."""
    problems = [] if advice.strengths and advice.next else ["there is no feedback"]
    return problems + odd(advice.trouble, row.read)


def _embedded(graded: Graded) -> list[str]:
    """The way on that needs no model."""
    left = [s.step for s in graded.card(EMBEDDED).steps if s.status == "unrated"]
    return [f"the embedded grader left {', '.join(left)} unrated"] if left else []


def step_of(body: Body) -> str:
    """The step that a request of the grader is about, or ""."""
    sheet = re.search(r'<sheet step="(\w+)"', _text(body))
    return sheet[1] if sheet else ""


def _text(body: Body) -> str:
    return "\n".join(str(message["content"]) for message in body["messages"] if message["role"] == "user")


def _trouble(card: Scorecard) -> str:
    return "  ".join(card.trouble)
