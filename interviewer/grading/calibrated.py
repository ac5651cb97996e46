"""From fitted estimates to levels and the recommendation: the embedded grader's scale. Arithmetic only.

Cuts and bars come from `calibration.yaml`; what an error does to a step is the same rule as for every grader.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from statistics import fmean
from typing import Any, NamedTuple

from interviewer.grading.levels import CAP, FEWEST_RATED, NOTHING, capped, explained, too_few
from interviewer.grading.scorecard import ErrorFound, Recommendation, StepResult, Verdict
from interviewer.grading.weighing import weights

RANKS: tuple[Recommendation, ...] = ("strong_no_hire", "no_hire", "hire", "strong_hire")
SAID = {
    "strong_no_hire": "far below the bar", "no_hire": "below the bar", "hire": "at or above the bar", "strong_hire": "far above the bar",
}  # fmt: skip


class Fitted(NamedTuple):
    """A scale by estimates: `cuts` are those from which a level above 0 is given, `bars` the means of the steps from which a
    recommendation above the lowest is, for a senior; `offsets` are what the bar of another target level is lower."""

    name: str
    cuts: Sequence[float]
    bars: Sequence[float]
    offsets: dict[str, float]

    def step_level(
        self,
        verdicts: Sequence[Verdict],
        errors: Sequence[ErrorFound],
        target: str,
        beyond: int = 0,
        estimate: float | None = None,
    ) -> tuple[int, str]:
        """As in `Scale`: at least 1 where something was said, 0 where there is no estimate."""
        if estimate is None:
            return 0, NOTHING
        why = f"{explained(verdicts, target, beyond)}; with how it is argued and what looks wrong it comes to {estimate:.1f}"
        return capped(max(1, bisect_right(self.cuts, estimate)), why, errors)

    def recommendation(
        self, steps: Sequence[StepResult], errors: Sequence[ErrorFound], target: str
    ) -> tuple[Recommendation | None, str]:
        """As in `Scale`."""
        rated = [s for s in steps if s.level is not None]
        if len(rated) < FEWEST_RATED:
            return None, too_few(len(rated))
        given = RANKS[bisect_right(self.bars, fmean(map(_worth, rated)) + self.offsets[target])]
        standing = sum(e.core and not e.corrected for e in errors)
        stood = f"; {standing} core error{'s' * (standing > 1)} stood" if standing else ""
        mean = fmean(s.level or 0 for s in rated)
        return given, f"the steps average {mean:.1f} of 4, {SAID[given]} for {target}{stood}"


def scale(fitted: dict[str, Any] | None = None) -> Fitted:
    """The scale of the fitted weights."""
    told = fitted or weights()
    return Fitted(told["name"], told["cuts"], told["recommendation"], told["offsets"])


def _worth(step: StepResult) -> float:
    """What a step counts: its estimate, or its level where a rule has set that."""
    level = float(step.level or 0)
    return level if step.estimate is None or level < step.estimate - CAP else step.estimate
