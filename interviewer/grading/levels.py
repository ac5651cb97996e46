"""The tables from evidence to levels and from levels to a recommendation. Arithmetic only: no text is read here.

The shares were set by hand and adjusted on constructed and held interviews with two raters each, all of them language models.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from interviewer.grading.scorecard import ErrorFound, Recommendation, StepResult, Verdict

RANK = {"absent": 0, "wrong": 0, "unrated": 0, "not_reached": 0, "named": 1, "justified": 2, "weighed": 3, "quantified": 3}
ORDER = ("mid", "senior", "staff")
BEYOND = 0.5  # weight of one thing argued soundly that the rubric does not know
CAP = 1  # the level that a step keeps while a core error stands in it
NOTHING = "nothing that was said belongs to it"
MOST_BEYOND = 0.3  # and the share of a step's weight that such things may make up at most


BAR = {"mid": 1.9, "senior": 2.4, "staff": 2.8}  # mean level of the steps for a hire
FAR_BELOW = 0.5  # below the bar: strong no hire
FEWEST_RATED = 5


class Scale(Protocol):
    """How a judge's findings become levels. `estimate` is the judge's own of a step, where it has one."""

    @property
    def name(self) -> str: ...

    def step_level(
        self,
        verdicts: Sequence[Verdict],
        errors: Sequence[ErrorFound],
        target: str,
        beyond: int = 0,
        estimate: float | None = None,
    ) -> tuple[int, str]:
        """A step's level, 0 to 4, and what carried it. `errors` are the step's; `beyond` counts sound arguments outside the rubric."""

    def recommendation(
        self, steps: Sequence[StepResult], errors: Sequence[ErrorFound], target: str
    ) -> tuple[Recommendation | None, str]:
        """The recommendation for the target level and its reason; None when fewer than five steps could be rated."""


class Table(NamedTuple):
    """A scale by shares. What a step needs, as shares of the weight expected at the target level; `carried` is justified or more.

    `some` and `some_core` are the carried shares of all and of the core for a 2; `most` of the core and `most_all` of all for a 3,
    or `broad` of all, and `nearly_all` of the core where no trade-off is handled; a 4 needs `deep` of all, `half` of the core, `weighed` of all weighed or
    measured, and `rich` times that something is weighed, measured or tried against a failure. `far_above` the bar is a strong hire.
    """

    name: str
    some: float
    some_core: float
    most: float
    most_all: float
    broad: float
    nearly_all: float
    deep: float
    half: float
    weighed: float
    rich: int
    far_above: float

    def step_level(
        self,
        verdicts: Sequence[Verdict],
        errors: Sequence[ErrorFound],
        target: str,
        beyond: int = 0,
        estimate: float | None = None,
    ) -> tuple[int, str]:
        """As in `Scale`; the estimate is not looked at."""
        opened = [v for v in verdicts if RANK[v.depth] >= 1]
        if not opened and not beyond:
            return 0, NOTHING
        return capped(*_by_evidence(verdicts, target, beyond, self), errors)

    def recommendation(
        self, steps: Sequence[StepResult], errors: Sequence[ErrorFound], target: str
    ) -> tuple[Recommendation | None, str]:
        """As in `Scale`."""
        rated = [s for s in steps if s.level is not None]
        if len(rated) < FEWEST_RATED:
            return None, too_few(len(rated))
        mean = sum(s.level or 0 for s in rated) / len(rated)
        thin = [s for s in rated if (s.level or 0) <= 1]
        standing = [e for e in errors if e.core and not e.corrected]
        return _verdict(mean, min(s.level or 0 for s in rated), thin, standing, target, self)


# Adjusted on three of the held interviews that two language models rated (evals/rated).
FULLY_READ = Table(
    "levels-4", some=0.35, some_core=0.25, most=0.45, most_all=0.45, broad=0.55, nearly_all=0.80, deep=0.80, half=0.8, weighed=0.40, rich=3, far_above=1.1,
)  # fmt: skip


def capped(level: int, why: str, errors: Sequence[ErrorFound]) -> tuple[int, str]:
    """A level, or what is left of it while a core error of the step stands."""
    standing = [e for e in errors if e.core and not e.corrected]
    if standing and level > CAP:
        return CAP, f"an error that was not corrected caps it: {standing[0].what}"
    return level, why


def too_few(rated: int) -> str:
    """Why there is no recommendation."""
    return f"only {rated} of 7 steps could be rated, which is too few for a recommendation"


def explained(verdicts: Sequence[Verdict], target: str, beyond: int) -> str:
    """One sentence on what carries a step: how much of its core, what is open, what was argued beyond our notes."""
    core = [v for v in expected_of(verdicts, target) if v.kind in ("core", "bottleneck")] or expected_of(verdicts, target)
    return _why(core, [v for v in verdicts if RANK[v.depth] >= 2], beyond)


def expected_of(verdicts: Sequence[Verdict], target: str) -> list[Verdict]:
    """The points that are expected at the target level; all, when none is."""
    return [v for v in verdicts if ORDER.index(v.expected_from) <= ORDER.index(target)] or list(verdicts)


def _by_evidence(verdicts: Sequence[Verdict], target: str, beyond: int, table: Table) -> tuple[int, str]:
    expected = expected_of(verdicts, target)
    core = [v for v in expected if v.kind in ("core", "bottleneck")] or expected
    carried = [v for v in verdicts if RANK[v.depth] >= 2]
    extra = min(beyond * BEYOND, MOST_BEYOND * _weight(expected))
    of_core = (_weight([v for v in core if v in carried]) + extra) / _weight(core)
    of_all = (_weight(carried) + extra) / _weight(expected)
    weighed = [v for v in carried if RANK[v.depth] >= 3]
    why = _why(core, carried, beyond)
    if of_all < table.some or of_core < table.some_core:
        return 1, why
    solid = (of_core >= table.most and of_all >= table.most_all) or of_all >= table.broad
    if not solid or (not weighed and of_core < table.nearly_all):
        return 2, why if weighed else f"{why}; no trade-off is handled"
    deep = of_all >= table.deep and _weight([v for v in core if v in carried]) >= table.half * _weight(core)
    if deep and _weight(weighed) >= table.weighed * _weight(expected) and _rich(carried) >= table.rich:
        return 4, f"{why}, with numbers or failure modes"
    return 3, why


def _rich(carried: Sequence[Verdict]) -> int:
    """How often something is weighed, measured (which counts twice) or tried against a failure."""
    return sum((v.depth == "quantified") + v.failure + (RANK[v.depth] >= 3) for v in carried)


def _why(core: Sequence[Verdict], carried: Sequence[Verdict], beyond: int) -> str:
    """One sentence: how much of the core is carried, what is open, what was argued beyond it."""
    held = [v for v in core if v in carried]
    missing = [v.topic for v in sorted(core, key=lambda v: -v.weight) if v not in carried][:2]
    others = sum(v not in core for v in carried)
    parts = [
        f"{len(held)} of {len(core)} core points are carried" + (f" and {others} other{'s' * (others != 1)}" if others else "")
    ]
    parts += [f"open: {' and '.join(missing)}"] if missing else []
    parts += [f"argued beyond our notes: {beyond}"] if beyond else []
    return "; ".join(parts)


def _weight(verdicts: Sequence[Verdict]) -> float:
    return float(sum(v.weight for v in verdicts))


def shows(level: int | None, target: str) -> str:
    """The level of engineer that a step shows, read against the target level's bar."""
    if level is None:
        return ""
    place = ORDER.index(target) + {0: -2, 1: -2, 2: -1, 3: 0, 4: 1}[level]
    return "below mid" if place < 0 else ORDER[min(place, 2)]


# --- the recommendation ---------------------------------------------------------------------------------------------


def _verdict(
    mean: float, lowest: int, thin: Sequence[StepResult], standing: Sequence[ErrorFound], target: str, table: Table
) -> tuple[Recommendation, str]:
    bar, average = BAR[target], f"the steps average {mean:.1f} of 4"
    names = ", ".join(s.title[:1].lower() + s.title[1:] for s in thin)
    if mean < bar - FAR_BELOW or len(standing) >= 4:
        return (
            "strong_no_hire",
            f"{average}, far below the bar of {bar}" if mean < bar - FAR_BELOW else f"{len(standing)} core errors stood",
        )
    if mean < bar or len(thin) >= 2 or len(standing) >= 3:
        why = (
            f"thin in {names}"
            if len(thin) >= 2
            else f"{len(standing)} core errors stood"
            if len(standing) >= 3
            else f"below the bar of {bar}"
        )
        return "no_hire", f"{average}; {why}"
    if mean >= bar + table.far_above and lowest >= 2 and not standing:
        return "strong_hire", f"{average}, far above the bar of {bar}"
    return "hire", f"{average}, at or above the bar of {bar}" + (f"; the thin one is {names}" if thin else "")
