"""Grading without a model: what is read in the transcript becomes verdicts with quotes and an estimate a step. Knows no recommendation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from interviewer.grading import weighing
from interviewer.grading.judging import Judged, JudgedDepth, JudgedError, Line, Sheet, StepJudgement
from interviewer.grading.scorecard import PERHAPS, Evidence
from interviewer.grading.weighing import Chances
from interviewer.listening.doubting import Doubt
from interviewer.listening.reading import Reader
from interviewer.listening.tracing import Trace, trace
from interviewer.state import Claim, Reading, outweighed, rank
from interviewer.steps import STEPS
from knowledge.case import CaseStudy, Criterion, Pitfall
from knowledge.words import terms

MOST_QUOTES = 3
FIRM = 0.85  # chance of a mistake, or of its taking back, from which it goes on the scorecard
ASKED = "clarify."  # a requirement that is asked for or fixed is settled by that, without a reason
FIRM_WITHOUT = 0.75  # the same for a mistake that has no cues
SURELY = 0.6  # chance from which it is said that a point was turned down
CLEAR = 0.3  # of the surest claim's chance, from which another may say how deep a point was treated
CARRIED = 2  # rank from which saying the right thing later mends a mistake
DOUBTED = 0.15  # chance of an error in a turn from which a mistake of the case that was heard there by likeness alone stands
# chance and nearness from which a turn is said to come near to a common mistake: of ten such turns a rater faults six or seven
LIKELY_WRONG, NEAR_ENOUGH = 0.35, 1.0
AS_LIKELY = 0.5  # of the likeliest place, from which another is quoted as well
TOUCHED = 6  # different words known to the case, in answers about a step, from which it was spoken of
SOON = 4  # turns within which "I take that back" is about the mistake
_SUM = "The product or rate of the numbers given is more than a factor of five away from the result given."
_AGAIN = "Do it again with units beside every number, and check the order of magnitude against something known."
_WHY = {
    "named": "named, but not carried by a reason, a comparison or a number",
    "justified": "given with a reason or in its substance",
    "weighed": "weighed against an alternative or a cost",
    "quantified": "carried by numbers that are used",
}


@dataclass(frozen=True)
class Talk:
    """A whole talk as it was read: the claims with their turns, the traces of its answers, the chances of its points."""

    claims: list[tuple[int, Claim]]
    traces: list[Trace]
    chances: Chances
    wrong: np.ndarray  # the chance of an error by answer
    place: dict[str, int]  # of each criterion in the arrays

    def touched(self, sheet: Sheet) -> tuple[Evidence, ...]:
        """Where the step was most likely spoken of."""
        if not self.traces or not sheet.criteria:
            return ()
        likeliest = max(sheet.criteria, key=lambda c: max(t.chance[self.place[c.id]] for t in self.traces))
        return tuple(self.around(likeliest.id)[:1])

    def doubted(self, turn: int) -> float:
        """The chance of an error in a turn."""
        return next((float(w) for t, w in zip(self.traces, self.wrong, strict=True) if t.turn == turn), 0.0)

    def around(self, criterion: str) -> list[Evidence]:
        """The places where a point was most likely made, the likeliest first."""
        n = self.place[criterion]
        order = sorted(self.traces, key=lambda t: -t.chance[n])
        likely = [t for t in order if t.chance[n] >= AS_LIKELY * order[0].chance[n]]
        return [Evidence(turn=t.turn, quote=t.text[slice(*t.spans[n])]) for t in likely[:MOST_QUOTES]]


class EmbeddedJudge:
    """Judges by how likely each point was made, by weights fitted on raters, and by the reader's claims: what was asserted last
    counts, and how it was supported where it was said."""

    name = "embedded"
    parallel = 1

    def __init__(self, reader: Reader, fitted: dict[str, Any] | None = None):
        self._reader = reader
        self._fitted = fitted or weighing.weights()
        self._revised: frozenset[int] = frozenset()
        self._slips: dict[str, list[JudgedError]] = {}
        self._beyond: list[tuple[int, str, str]] = []
        self._read: tuple[tuple[Line, ...], list[tuple[int, Claim]]] | None = None
        self._talk: tuple[tuple[Line, ...], Talk] | None = None

    def judge(self, sheet: Sheet, transcript: Sequence[Line]) -> StepJudgement:
        talk = self._talk_of(transcript)
        errors = tuple(self._errors(sheet, talk))
        wrong = {(e.turn, e.quote): e.what for e in errors if e.pitfall and not e.corrected}
        verdicts = (_verdict(criterion, talk, self._fitted["least"]) for criterion in sheet.criteria)
        return StepJudgement(
            step=sheet.step,
            verdicts=tuple(_unless_wrong(verdict, wrong) for verdict in verdicts),
            errors=errors,
            outside=tuple(Evidence(turn=t, quote=q) for t, s, q in self._beyond if s == sheet.step),
            touched=talk.touched(sheet),
            estimate=self._estimate(sheet, talk),
        )

    def _errors(self, sheet: Sheet, talk: Talk) -> Iterator[JudgedError]:
        """The case's own mistakes that were asserted, sums that do not come out, and what is near to a common mistake elsewhere."""
        heard = ((p, _error(p, talk.claims, self._revised)) for p in sheet.pitfalls)
        known = [e for p, e in heard if e and (p.cues or talk.doubted(e.turn) >= DOUBTED)]
        yield from (*known, *self._slips.get(sheet.step, ()))
        taken = {c.turn for c in known}
        for answer, chance in zip(talk.traces, talk.wrong, strict=True):
            doubt = answer.doubt
            if (
                doubt
                and doubt.mistake.step == sheet.step
                and chance >= LIKELY_WRONG
                and doubt.score >= NEAR_ENOUGH
                and answer.turn not in taken
            ):
                yield self._perhaps(answer, doubt)

    def _perhaps(self, answer: Trace, doubt: Doubt) -> JudgedError:
        """What an answer comes near to, with the words that do; taken back when they revised something soon after."""
        mended = any(answer.turn < turn <= answer.turn + SOON for turn in self._revised)
        return JudgedError(
            turn=answer.turn, quote=answer.text[doubt.start : doubt.end], what=f"{PERHAPS}{doubt.mistake.says}", why=doubt.mistake.why,
            correction=doubt.mistake.correction, core=False, corrected=mended,
        )  # fmt: skip

    def _estimate(self, sheet: Sheet, talk: Talk) -> float | None:
        """The level of a step, 0 to 4 and between; None when nothing that was said belongs to it."""
        here = STEPS.index(sheet.step)
        known = {
            w
            for t in talk.traces
            if int(t.steps.argmax()) == here
            for w in terms(t.text)
            if self._reader.wordings.overlap.knows(w)
        }
        opened = any(talk.chances.partly[talk.place[c.id]] >= self._fitted["least"]["partly"] for c in sheet.criteria)
        if len(known) < TOUCHED and not opened:
            return None
        seen = weighing.level_features(self._reader.case, talk.traces, talk.chances, talk.wrong, sheet.target_level)
        return float(weighing.estimates(seen, self._fitted)[here])

    def _talk_of(self, transcript: Sequence[Line]) -> Talk:
        claims, key = self._claims(transcript), tuple(transcript)
        if self._talk is None or self._talk[0] != key:
            traces = [
                found
                for turn, (role, text) in enumerate(key)
                if role == "candidate" and (found := trace(self._reader, turn, text, _asked(key, turn)))
            ]
            self._talk = key, _talk(self._reader.case, claims, traces, self._fitted)
        return self._talk[1]

    def _claims(self, transcript: Sequence[Line]) -> list[tuple[int, Claim]]:
        key = tuple(transcript)
        if self._read is None or self._read[0] != key:
            readings = {
                turn: self._reader.read(text, asked=_asked(key, turn))
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


def _asked(lines: Sequence[Line], turn: int) -> str:
    """The question that a turn answers."""
    return lines[turn - 1][1] if turn and lines[turn - 1][0] == "interviewer" else ""


def _talk(case: CaseStudy, claims: list[tuple[int, Claim]], traces: list[Trace], fitted: dict[str, Any]) -> Talk:
    none = np.zeros(len(case.rubric))
    chances = weighing.chances(weighing.point_features(case, traces), fitted) if traces else Chances(none, none)
    wrong = weighing.errors(weighing.error_features(traces, chances), fitted) if traces else none[:0]
    return Talk(claims, traces, chances, wrong, {c.id: n for n, c in enumerate(case.rubric)})


def _verdict(criterion: Criterion, talk: Talk, least: dict[str, float]) -> Judged:
    mine = [(turn, c) for turn, c in talk.claims if c.kind == "criterion" and c.target == criterion.id]
    standing, n = _standing(mine), talk.place[criterion.id]
    taken = (
        []
        if standing
        else [Evidence(turn=t, quote=c.quote) for t, c in mine if c.polarity == "rejected" and c.score >= SURELY][:1]
    )
    met, touched = talk.chances.met[n] >= least["met"], talk.chances.partly[n] >= least["partly"]
    if taken or not (met or touched):
        reason = "turned down by the candidate" if taken else "nothing that was said shows it"
        return Judged(criterion=criterion.id, evidence=tuple(taken), reason=reason, depth="absent")
    surest = max((c.score for _, c in standing), default=0.0)
    best = sorted(standing, key=lambda pair: (pair[1].score < CLEAR * surest, -rank(pair[1]), -pair[1].score))
    said = _depth(best) if best else "named"
    depth: JudgedDepth = "justified" if met and said == "named" else said
    evidence = [Evidence(turn=t, quote=c.quote) for t, c in best[:MOST_QUOTES]] or talk.around(criterion.id)
    return Judged(
        criterion=criterion.id, evidence=tuple(evidence), reason=_WHY[depth], failure=any(c.failure for _, c in standing), depth=depth,
    )  # fmt: skip


def _unless_wrong(verdict: Judged, wrong: dict[tuple[int, str], str]) -> Judged:
    """A verdict, or that it is wrong where what it rests on first is a mistake that stands."""
    first = verdict.evidence[0] if verdict.evidence else None
    said = next(
        (
            what
            for (turn, quote), what in wrong.items()
            if first and turn == first.turn and (quote in first.quote or first.quote in quote)
        ),
        "",
    )
    return verdict.model_copy(update={"depth": "wrong", "reason": said}) if said else verdict


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
