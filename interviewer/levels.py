"""The one table from evidence to levels and from levels to a recommendation. Arithmetic only: no text is read here."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.scorecard import CrossResult, ErrorFound, Recommendation, StepResult, Verdict

RUBRIC = "levels-1"
RANK = {"absent": 0, "wrong": 0, "unrated": 0, "not_reached": 0, "named": 1, "justified": 2, "weighed": 3, "quantified": 3}
ORDER = ("mid", "senior", "staff")
OPERATIONS = ("evaluate", "serve", "monitor")

# Shares of a step's expected weight: `carried` is justified or more, `opened` is named or more.
SOME = 0.18  # carried share for a 2
MOST = 0.50  # carried share of the core for a 3
DEEP = 0.70  # carried share of everything for a 4


def step_level(verdicts: Sequence[Verdict], errors: Sequence[ErrorFound], target: str) -> tuple[int, str]:
    """A step's level, 0 to 4, and what carried it. `errors` are those of the step."""
    expected = [v for v in verdicts if ORDER.index(v.expected_from) <= ORDER.index(target)] or list(verdicts)
    opened = [v for v in verdicts if RANK[v.depth] >= 1]
    carried = [v for v in verdicts if RANK[v.depth] >= 2]
    if not opened:
        return 0, "nothing that was said belongs to it"
    uncorrected = [e for e in errors if e.core and not e.corrected]
    level, why = _by_evidence(expected, carried, verdicts)
    if uncorrected and level > 1:
        return 1, f"an error that was not corrected caps it: {uncorrected[0].what}"
    return level, why


def _by_evidence(expected: Sequence[Verdict], carried: Sequence[Verdict], verdicts: Sequence[Verdict]) -> tuple[int, str]:
    core = [v for v in expected if v.kind in ("core", "bottleneck")] or list(expected)
    carried_core = _weight([v for v in core if RANK[v.depth] >= 2]) / _weight(core)
    carried_all = min(1.0, _weight(carried) / _weight(expected))
    weighed = [v for v in carried if RANK[v.depth] >= 3]
    if not carried or carried_all < SOME:
        return 1, "points are named without reasons" if not carried else "one point is carried, most are not"
    if carried_core < MOST or not weighed:
        return 2, "some core points are carried, important ones are not" if carried_core < MOST else "core points are carried, no trade-off is handled"
    quantified = [v for v in verdicts if v.depth == "quantified"]
    foreseen = [v for v in carried if v.failure]
    if carried_all >= DEEP and len(weighed) >= 3 and quantified and foreseen:
        return 4, "nearly all is carried, with numbers and failure modes"
    return 3, "most core points are carried and a trade-off is handled"


def _weight(verdicts: Sequence[Verdict]) -> float:
    return float(sum(v.weight for v in verdicts)) or 1.0


def shows(level: int | None, target: str) -> str:
    """The level of engineer that a step shows, read against the target level's bar."""
    if level is None:
        return ""
    place = ORDER.index(target) + {0: -2, 1: -2, 2: -1, 3: 0, 4: 1}[level]
    return "below mid" if place < 0 else ORDER[min(place, 2)]


def recommendation(steps: Sequence[StepResult], cross: Sequence[CrossResult], errors: Sequence[ErrorFound], target: str) -> tuple[Recommendation | None, str]:
    """The recommendation for the target level and its reason; None when fewer than five steps could be rated."""
    rated = [s for s in steps if s.level is not None]
    if len(rated) < 5:
        return None, f"only {len(rated)} of 7 steps could be rated: too few for a recommendation"
    levels = [s.level or 0 for s in rated]
    mean = sum(levels) / len(levels)
    weak = [s for s in rated if (s.level or 0) <= 1]
    return _table(mean, levels, weak, [e for e in errors if e.core and not e.corrected], target)


def _table(mean: float, levels: Sequence[int], weak: Sequence[StepResult], wrong: Sequence[ErrorFound], target: str) -> tuple[Recommendation, str]:
    bar = {"mid": 2.0, "senior": 2.5, "staff": 2.9}[target]
    names = ", ".join(s.title for s in weak)
    if mean < bar - 0.95 or len(wrong) >= 4:
        reason = f"{len(wrong)} core errors stood uncorrected" if len(wrong) >= 4 else f"the steps average {mean:.1f} of 4"
        return "strong_no_hire", reason
    if mean < bar or len(weak) >= 2 or len(wrong) >= 3:
        reason = f"thin in {names}" if len(weak) >= 2 else f"the steps average {mean:.1f} of 4, below the bar of {bar}"
        return "no_hire", reason
    if mean >= bar + 0.95 and min(levels) >= 3 and not wrong:
        return "strong_hire", f"every step is solid or better, and they average {mean:.1f} of 4"
    return "hire", f"the steps average {mean:.1f} of 4" + (f"; the weakest is {names}" if weak else "")
