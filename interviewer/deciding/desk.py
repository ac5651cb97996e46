"""What the policy looks at, and the small questions it asks of it: what is open, settled, expected, next. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from interviewer.state import Anchor, Claim, InterviewState, Move, Reading, Turn, rank
from interviewer.steps import STEPS, plan, total
from knowledge.case import CaseStudy, Criterion, Probe, Step
from knowledge.words import terms

POINT_LIMIT = 3  # follow-ups on one point
SETTLED = 2  # rank from which a point is settled ("justified")
LEVELS = ("mid", "senior", "staff")
KIND_WEIGHT = {"core": 1.0, "bottleneck": 0.9, "tradeoff": 0.7, "quantitative": 0.6, "depth": 0.5}
SUBSTANCE = 8  # different words that the case knows, from which an answer is about something
MOST_PASSAGES = 4
OFFERED = 2  # times that a question is offered to a model that chooses


@dataclass(frozen=True)
class Desk:
    """The case, where the round stands, the last answer's turn, the ids of the passages found for it, and the facts that
    its unmatched questions are near to."""

    case: CaseStudy
    state: InterviewState
    turn: Turn
    passages: tuple[str, ...] = ()
    near_facts: tuple[str, ...] = ()

    @property
    def reading(self) -> Reading:
        return self.turn.reading or Reading()

    @cached_property
    def standing(self) -> dict[str, tuple[int, Claim]]:
        """The latest strongest word on each criterion."""
        return self.state.standing()

    @property
    def step(self) -> Step:
        return self.state.step

    @property
    def whole(self) -> float:
        """Seconds of the whole round."""
        return total(self.state.terms.minutes, self.state.terms.pace)

    @property
    def left(self) -> float:
        """Seconds left of it."""
        return self.whole - self.state.clock

    @property
    def pause(self) -> float:
        """Seconds that this candidate takes from one question to the next, on average."""
        return self.state.clock / max(1, len(self.state.moves))

    def used(self, step: str) -> float:
        """The share of its planned time that a step has used; 1 is all of it."""
        return self.state.spent.get(step, 0.0) / plan(self.state.terms.minutes, self.state.terms.pace)[step]

    def move(self, kind, why: str, **parts) -> Move:
        """A move with the passages it rests on: the point's own section first."""
        parts.setdefault("step", self.step)
        about = parts.get("about") or ""
        own = (f"{self.case.slug}/{about}",) if about.split(".")[0] in STEPS else ()
        return Move(kind=kind, why=why, passages=tuple(dict.fromkeys((*own, *self.passages)))[:MOST_PASSAGES], **parts)

    # --- points ---------------------------------------------------------------------------------------------------

    def criterion(self, ident: str | None) -> Criterion | None:
        """The criterion with this id, if it is one."""
        return next((c for c in self.case.rubric if c.id == ident), None)

    def expected(self, criterion: Criterion) -> bool:
        """Whether the target level is expected to show it."""
        return LEVELS.index(criterion.level) <= LEVELS.index(self.state.terms.level)

    def settled(self, criterion: Criterion) -> bool:
        """A point is settled once it is carried: justified, or for a quantitative one with a number."""
        held = self.standing.get(criterion.id)
        if held is None:
            return False
        claim = held[1]
        return bool(claim.numbers) and rank(claim) > 0 if criterion.kind == "quantitative" else rank(claim) >= SETTLED

    def open(self, criterion: Criterion) -> bool:
        """Whether it may still be asked about."""
        return (
            not self.settled(criterion)
            and criterion.id not in self.state.answered
            and self.state.asked(criterion.id) < POINT_LIMIT
        )

    def worth(self, criterion: Criterion, step: Step) -> float:
        """How much a follow-up is worth: weight and kind, the step at hand, the bar of the level, what was asked before."""
        worth = criterion.weight * KIND_WEIGHT[criterion.kind]
        worth *= 1.0 if criterion.step == step else 0.4
        worth *= 1.0 if self.expected(criterion) else 0.4
        return worth * 0.4 ** self.state.asked(criterion.id)

    def open_points(self, step: Step) -> list[Criterion]:
        """The open points of a step, the worthiest first."""
        return sorted((c for c in self.case.criteria(step) if self.open(c)), key=lambda c: -self.worth(c, step))

    def open_core(self, step: Step, untouched: bool = False) -> list[Criterion]:
        """Its core points and bottlenecks among them; only those that nobody has mentioned when `untouched`."""
        standing = self.standing if untouched else {}
        points = [c for c in self.open_points(step) if c.kind in ("core", "bottleneck") and self.expected(c)]
        return [c for c in points if c.id not in standing]

    def begun(self, step: Step) -> bool:
        """Whether the candidate has already said at least two things that belong to a step."""
        return sum(target.startswith(f"{step}.") and rank(claim) > 0 for target, (_, claim) in self.standing.items()) >= 2

    # --- what was just said ---------------------------------------------------------------------------------------

    def said(self) -> tuple[str, ...]:
        """Ids of all that this answer claims."""
        return tuple(c.target for c in self.reading.claims if c.polarity in ("asserted", "hedged"))

    def steps_said(self) -> list[Step]:
        """The steps that this answer's claims belong to, one entry a point."""
        targets = {c.target for c in self.reading.of("criterion", "asserted", "hedged")}
        return [t.split(".")[0] for t in sorted(targets)]  # type: ignore[misc]

    def topic(self) -> tuple[Step | None, float]:
        """The step that this answer is mostly about, and its share of it; (None, 0) when it is about nothing."""
        shares: dict[str, float] = {}
        for target, share in self.reading.about.items():
            if "." in target:
                step = target.split(".")[0]
                shares[step] = shares.get(step, 0.0) + share
        if not shares or self.reading.substance < SUBSTANCE:
            return None, 0.0
        best = max(shares, key=lambda step: shares[step])
        return best, shares[best]  # type: ignore[return-value]

    @cached_property
    def asked(self) -> set[str]:
        """The questions that need not be put again: those that were asked, and those that were offered twice and not taken."""
        offered = Counter(question for m in self.state.moves for question in m.offered)
        return {m.question for m in self.state.moves} | {question for question, times in offered.items() if times >= OFFERED}

    def fresh_probes(self, criterion: Criterion) -> list[Probe]:
        """Probes of a point that have not been asked in this round."""
        return [p for p in criterion.probes if p.ask not in self.asked]

    def probe(self, criterion: Criterion, near: str = "") -> str:
        """The point's question that fits best and stands by itself; "" when all are used.

        `near` is what it will be said about: of several questions the one that shares most words with it. A question that
        needs an occasion is taken only when the occasion is the point itself.
        """
        words = set(terms(near or self.turn.text))
        fitting = [p for p in self.fresh_probes(criterion) if not p.when or criterion.id in p.when]
        return max(fitting, key=lambda p: len(words & set(terms(p.ask)))).ask if fitting else ""

    def anchor(self, target: str) -> Anchor | None:
        """How to name what this answer said about a target: the authored phrase of a choice, else the words verbatim."""
        claim = next((c for c in self.reading.claims if c.target == target and c.polarity in ("asserted", "hedged")), None)
        if claim is None:
            return None
        if claim.kind == "choice":
            return Anchor(text=self.case.choice(target).phrase, verbatim=False, turn=self.turn.index, choice=target)
        return quote(self.turn.index, claim)


def quote(turn: int, claim: Claim) -> Anchor | None:
    """The candidate's words verbatim, when a stretch of them is short enough to be said."""
    words = short(claim.quote)
    return Anchor(text=words, verbatim=True, turn=turn) if words else None


_LEADS_OFF = re.compile(
    r"^(?:(?:so|and|but|then|well|okay|ok|also|um+|uh+|first|now|yeah|right|plus|or|hmm+|oh|no|yes|actually|like|second|third)\b[ ,]*)+",
    re.IGNORECASE,
)
_PIECES = re.compile(r"[;:]\s+|,\s+|\s+(?=(?:because|since|so|which|but|while|and then|and i|and we)\b)|\s+[-–—]+\s+")


def short(text: str, most: int = 14) -> str:
    """A verbatim stretch of `text` of at most `most` words that says something by itself: all of it, else its fullest clause; else ""."""
    for pieces in ([text], _PIECES.split(text)):
        told = [_bare(p) for p in pieces]
        fit = [p for p in told if 4 <= len(p.split()) <= most and not set(p) & set('"\n?“”') and len(set(terms(p))) >= 3]
        if fit:
            return max(fit, key=lambda p: len(set(terms(p))))
    return ""


def _bare(piece: str) -> str:
    return _LEADS_OFF.sub("", piece.strip(" .,;:!?-*•()")).strip(" ,")
