"""A fault while a round runs: of the model that speaks, and of the one that assesses in the background. Knows no grade."""

from __future__ import annotations

import json
import time

from evals.failing import ANSWER, SECOND, WORDS, Body, Cell, Failing, House, odd, unlike
from evals.fake_server import FakeServer, Reply
from evals.faults import FINE, MODEL, UNREADABLE, Row
from interviewer.errors import ModelError
from interviewer.interview import EmbeddedVoice, Interview
from interviewer.settings import EMBEDDED
from interviewer.state import Assessment, Turn

HELD_UP = 0.9  # seconds that no reply may take while an assessment is late


# --- speaking ---------------------------------------------------------------------------------------------------------


def speak(house: House, row: Row) -> Cell:
    """A reply that fails or does not; then the retry, and in another round the embedded interviewer."""
    with Failing(row, words, lambda body: json.dumps({"say": WORDS})) as failing:
        house.at(base_url=failing.server.url)
        interview = _round(house, failing)
        read, problems = _reply(house, row, interview)
        if row.speak != FINE:
            failing.mend()
            problems += unlike("the retry", "".join(interview.speak()), WORDS)
            problems += _goes_on(house, _round(house, failing))
        problems += house.kept(interview.id, [WORDS, ANSWER, WORDS])
    return Cell(read, tuple(problems))


def words(body: Body) -> Reply:
    """What an interviewer says."""
    return Reply(WORDS)


def _round(house: House, failing: Failing) -> Interview:
    """A round that has begun, its first answer heard; from here on the server fails."""
    interview = house.start(interviewer=MODEL)
    failing.server.play(words)
    "".join(interview.speak())
    interview.hear(ANSWER)
    failing.fail()
    return interview


def _reply(house: House, row: Row, interview: Interview) -> tuple[str, list[str]]:
    """What the candidate reads of the failure, and what is wrong then."""
    began = time.perf_counter()
    try:
        said = "".join(interview.speak())
    except ModelError as error:
        problems = unlike("the trouble", interview.view().trouble, str(error)) + house.kept(interview.id, [WORDS, ANSWER])
        problems += [] if interview.waiting else ["it is not the interviewer's turn any more"]
        return str(error), problems + odd(str(error), row.speak)
    waited = time.perf_counter() - began
    problems = [] if waited >= row.waits else [f"did not wait as it was told: {waited:.1f} s"]
    problems += unlike("the outcome", FINE, row.speak) + unlike("the reply", said, WORDS)
    return "", problems + unlike("the trouble", interview.view().trouble, "")


def _goes_on(house: House, interview: Interview) -> list[str]:
    """Whether the round can go on without the model once a reply has failed."""
    try:
        "".join(interview.speak())
        return ["the second round did not fail"]
    except ModelError:
        interview.voice = EmbeddedVoice()
    said = ["".join(interview.speak()), "".join(interview.reply(SECOND))]
    problems = house.kept(interview.id, [WORDS, ANSWER, said[0], SECOND, said[1]])
    problems += unlike("the worker", [t.work.worker for t in interview.turns[2::2]], [EMBEDDED] * 2)
    return problems + ([] if all(said) else ["the embedded interviewer said nothing"])


# --- assessing --------------------------------------------------------------------------------------------------------


def assess(house: House, row: Row) -> Cell:
    """An assessment that fails or does not: nobody waits for it, nothing of it is made up, and it is made again for the debrief."""
    with FakeServer(words) as speaking, Failing(row, _noted, lambda body: _noted(body).text) as failing:
        house.at(base_url=speaking.url, base_url_assessor=failing.server.url)
        interview = house.start(interviewer=MODEL, assessor=MODEL)
        "".join(interview.speak())
        failing.fail()
        problems = _not_held_up(interview)
        problems += [] if interview.settle(30.0) else ["the assessment does not end"]
        answers = [t for t in interview.turns if t.role == "candidate"]
        problems += [wrong for turn in answers for wrong in _assessed(row, turn)]
        failing.mend()
        problems += house.kept(interview.id, [WORDS, ANSWER, WORDS, SECOND, WORDS]) + _made_again(house, interview)
    return Cell("", tuple(problems))


def _not_held_up(interview: Interview) -> list[str]:
    """Two turns while the assessor fails: said at once, and nobody is told of it."""
    began = time.perf_counter()
    said = ["".join(interview.reply(answer)) for answer in (ANSWER, SECOND)]
    took = time.perf_counter() - began
    problems = unlike("the replies", said, [WORDS] * 2) + unlike("the trouble", interview.view().trouble, "")
    return problems + ([f"the replies were held up: {took:.1f} s"] if took > 2 * HELD_UP else [])


def _assessed(row: Row, turn: Turn) -> list[str]:
    """Whether an answer's assessment is the sound one, or none at all and says why."""
    made = turn.assessment or Assessment()
    if row.read == FINE:
        return unlike("the claims", [c.quote for c in made.claims], [turn.text]) + unlike("its trouble", made.trouble, "")
    problems = unlike("what was observed", (made.claims, made.slips, made.noted, made.drafts), ((),) * 4)
    problems += ["the answer counts as assessed"] if turn.assessed else []
    problems += [] if turn.reading else ["the reading is gone"]
    if row.read == UNREADABLE:  # kept for the record only: nobody is told
        return problems + ([] if "not the JSON" in made.trouble else [f"its trouble: {made.trouble!r}"])
    return problems + odd(made.trouble, row.read)


def _made_again(house: House, interview: Interview) -> list[str]:
    """Whether the debrief makes the missing assessments first."""
    "".join(interview.press("finish"))
    interview.settle(30.0)
    house.office.debrief(interview.id)
    missing = [t.index for t in house.office.archive.turns(interview.id) if t.role == "candidate" and t.text and not t.assessed]
    return unlike("the answers without an assessment", missing, [])


def _noted(body: Body) -> Reply:
    """A sound assessment of whichever answer is asked about."""
    text = str(body["messages"][-1]["content"])
    answer = next(said for said in (ANSWER, SECOND) if f"<answer>\n{said}" in text)
    point = {"quote": answer, "id": "model.ranker", "depth": "justified"}
    return Reply(json.dumps({"answered": "fully", "points": [point], "mistakes": [], "sums": [], "noted": [], "ask": []}))
