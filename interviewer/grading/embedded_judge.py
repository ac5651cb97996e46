"""Grading without a model: claims read from the transcript become verdicts with quotes. Knows no level and no recommendation."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.grading.judging import Judged, JudgedDepth, JudgedError, Line, Sheet, StepJudgement
from interviewer.grading.scorecard import Evidence
from interviewer.listening.reading import Reader
from interviewer.state import Claim, Reading, outweighed, rank
from knowledge.case import Criterion, Pitfall

MOST_QUOTES = 3
FIRM = 0.85  # chance of a mistake, or of its taking back, from which it goes on the scorecard
ASKED = "clarify."  # a requirement that is asked for or fixed is settled by that, without a reason
FIRM_WITHOUT = 0.75  # the same for a mistake that has no cues
SURELY = 0.6  # chance from which it is said that a point was turned down
CLEAR = 0.3  # of the surest claim's chance, from which another may say how deep a point was treated
CARRIED = 2  # rank from which saying the right thing later mends a mistake
SOON = 4  # turns within which "I take that back" is about the mistake
_SUM = "The product or rate of the numbers given is more than a factor of five away from the result given."
_AGAIN = "Do it again with units beside every number, and check the order of magnitude against something known."
_WHY = {
    "named": "named, but not carried by a reason, a comparison or a number",
    "justified": "given with a reason",
    "weighed": "weighed against an alternative or a cost",
    "quantified": "carried by numbers that are used",
}


class EmbeddedJudge:
    """Judges by the reader's claims: what was asserted last counts, and how it was supported where it was said."""

    name = "embedded"
    parallel = 1

    def __init__(self, reader: Reader):
        self._reader = reader
        self._revised: frozenset[int] = frozenset()
        self._slips: dict[str, list[JudgedError]] = {}
        self._beyond: list[tuple[int, str, str]] = []
        self._read: tuple[tuple[Line, ...], list[tuple[int, Claim]]] | None = None

    def judge(self, sheet: Sheet, transcript: Sequence[Line]) -> StepJudgement:
        claims = self._claims(transcript)
        return StepJudgement(
            step=sheet.step,
            verdicts=tuple(_verdict(criterion, claims) for criterion in sheet.criteria),
            errors=(
                *(error for p in sheet.pitfalls if (error := _error(p, claims, self._revised))),
                *self._slips.get(sheet.step, ()),
            ),
            outside=tuple(Evidence(turn=t, quote=q) for t, s, q in self._beyond if s == sheet.step),
        )

    def _claims(self, transcript: Sequence[Line]) -> list[tuple[int, Claim]]:
        key = tuple(transcript)
        if self._read is None or self._read[0] != key:
            readings = {
                turn: self._reader.read(text, asked=key[turn - 1][1] if turn and key[turn - 1][0] == "interviewer" else "")
                for turn, (role, text) in enumerate(key)
                if role == "candidate"
            }
            claims = [(turn, claim) for turn, reading in readings.items() for claim in reading.claims]
            self._revised = frozenset(turn for turn, reading in readings.items() if {"revises", "objects"} & set(reading.intents))
            self._read = (key, claims)
            self._slips = self._sums(readings, key)
            self._beyond = [
                (turn, step, sentence)
                for turn, (role, text) in enumerate(key)
                if role == "candidate"
                for step, sentence in self._reader.arguments(text)
            ]
        return self._read[1]

    def _sums(self, readings: dict[int, Reading], transcript: Sequence[Line]) -> dict[str, list[JudgedError]]:
        """Sums done aloud that do not come out, by the step they belong to; the same sum counts once."""
        found: dict[str, list[JudgedError]] = {}
        seen: set[str] = set()
        for turn, reading in readings.items():
            if reading.slip and reading.slip not in seen:
                seen.add(reading.slip)
                step = self._reader.topic(transcript[turn][1])
                error = JudgedError(
                    turn=turn, quote=reading.slip, what="a sum that does not come out", why=_SUM, correction=_AGAIN, core=False
                )
                found.setdefault(step, []).append(error)
        return found


def _verdict(criterion: Criterion, claims: Sequence[tuple[int, Claim]]) -> Judged:
    mine = [(turn, c) for turn, c in claims if c.kind == "criterion" and c.target == criterion.id]
    standing = _standing(mine)
    if not standing:
        taken = [Evidence(turn=t, quote=c.quote) for t, c in mine if c.polarity == "rejected" and c.score >= SURELY][:1]
        reason = "turned down by the candidate" if taken else "nothing that was said shows it"
        return Judged(criterion=criterion.id, evidence=tuple(taken), reason=reason, depth="absent")
    surest = max(c.score for _, c in standing)
    best = sorted(standing, key=lambda pair: (pair[1].score < CLEAR * surest, -rank(pair[1]), -pair[1].score))
    depth = _depth(best)
    return Judged(
        criterion=criterion.id, evidence=tuple(Evidence(turn=t, quote=c.quote) for t, c in best[:MOST_QUOTES]), reason=_WHY[depth],
        failure=any(c.failure for _, c in standing), depth=depth,
    )  # fmt: skip


def _standing(mine: Sequence[tuple[int, Claim]]) -> list[tuple[int, Claim]]:
    """What is still asserted: a later rejection in another turn takes back what came before it."""
    kept: list[tuple[int, Claim]] = []
    for turn, claim in mine:
        if claim.polarity == "rejected" and kept and kept[-1][0] < turn and claim.score >= FIRM:
            kept = []
        elif rank(claim) > 0:
            kept.append((turn, claim))
    return kept


def _depth(best: Sequence[tuple[int, Claim]]) -> JudgedDepth:
    top = best[0][1]
    if top.polarity == "hedged":
        return "named"
    return "justified" if top.depth == "named" and top.target.startswith(ASKED) else top.depth


def _error(pitfall: Pitfall, claims: Sequence[tuple[int, Claim]], revised: frozenset[int]) -> JudgedError | None:
    """A pitfall that was asserted; corrected when it was rejected afterwards, or taken back with the right thing said in its place."""
    mine = [(turn, c) for turn, c in claims if c.kind == "pitfall" and c.target == pitfall.id]
    firm = FIRM if pitfall.cues else FIRM_WITHOUT
    asserted = [
        (turn, c) for turn, c in mine
        if c.polarity == "asserted" and c.score >= firm and not outweighed(c, (o for t, o in claims if t == turn), pitfall.notes)
    ]  # fmt: skip
    if not asserted:
        return None
    turn, claim = max(asserted, key=lambda pair: pair[1].score)
    last = asserted[-1][0]
    taken_back = any(last < t <= last + SOON for t in revised)
    corrected = (
        taken_back
        or any(t > last and c.polarity == "rejected" and (c.score >= FIRM or t in revised) for t, c in mine)
        or any(t < asserted[0][0] and c.polarity == "rejected" and c.score >= FIRM for t, c in mine)
        or any(
            t > last and c.target == pitfall.notes and c.polarity == "asserted" and (t in revised or rank(c) >= CARRIED)
            for t, c in claims
        )
    )
    return JudgedError(
        pitfall=pitfall.id, turn=turn, quote=claim.quote, what=pitfall.says, why=pitfall.why, correction=pitfall.correction, corrected=corrected,
    )  # fmt: skip
