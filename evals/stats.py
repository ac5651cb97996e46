"""The arithmetic of evals: agreement, rank correlation, intervals by resampling, paired comparison. Knows no file and no grade."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple, TypeVar

RESAMPLES, SEED = 5_000, 11
FLIPS = 10_000  # sign flips drawn where there are too many to try all
ALL_FLIPS = 14  # differences up to which all sign flips are tried
Item = TypeVar("Item")


class Interval(NamedTuple):
    """A figure with its 95 % interval; nan where there was nothing to measure."""

    value: float
    low: float
    high: float


def kappa(pairs: Sequence[tuple[int, int]], size: int) -> float:
    """Quadratic weighted kappa of pairs of grades 0 to size - 1; 1 when both sides are the same throughout, nan of nothing."""
    if not pairs:
        return math.nan
    seen = sum((a - b) ** 2 for a, b in pairs) / len(pairs)
    left, right = [a for a, _ in pairs], [b for _, b in pairs]
    chance = _spread(left, right, size)
    return 1.0 if chance == 0 else 1 - seen / chance


def _spread(left: Sequence[int], right: Sequence[int], size: int) -> float:
    """The mean squared distance of the two sides if they were drawn independently of each other."""
    mine, theirs = ([side.count(grade) / len(side) for grade in range(size)] for side in (left, right))
    return sum(mine[a] * theirs[b] * (a - b) ** 2 for a in range(size) for b in range(size))


def farthest(level: int | None, from_level: int, size: int) -> int:
    """A level, or for an unrated one the grade that is farthest from the rater's."""
    return level if level is not None else (0 if from_level >= size / 2 else size - 1)


def spearman(left: Sequence[float], right: Sequence[float]) -> float:
    """Rank correlation, -1 to 1; ties share their rank. 0 when one side does not vary."""
    a, b = _ranks(left), _ranks(right)
    if len(set(a)) < 2 or len(set(b)) < 2:
        return 0.0
    return statistics.correlation(a, b)


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(values)
    place = {value: order.index(value) + (order.count(value) - 1) / 2 for value in set(values)}
    return [place[value] for value in values]


def interval(
    units: Sequence[Item], figure: Callable[[Sequence[Item]], float], resamples: int = RESAMPLES, seed: int = SEED
) -> Interval:
    """A figure over units and its 95 % interval by resampling whole units (interviews, never rows), seeded."""
    if not units:
        return Interval(math.nan, math.nan, math.nan)
    pick = random.Random(seed)
    found = [figure(pick.choices(units, k=len(units))) for _ in range(resamples)]
    kept = sorted(value for value in found if not math.isnan(value))
    if not kept:
        return Interval(figure(units), math.nan, math.nan)
    return Interval(figure(units), kept[int(0.025 * len(kept))], kept[min(len(kept) - 1, int(0.975 * len(kept)))])


def grouped(rows: Sequence[Item], unit: Callable[[Item], Hashable]) -> list[list[Item]]:
    """Rows by the unit that they belong to, in the order in which the units first appear."""
    groups: dict[Hashable, list[Item]] = {}
    for row in rows:
        groups.setdefault(unit(row), []).append(row)
    return list(groups.values())


# --- two sides compared ---------------------------------------------------------------------------------------------


class Difference(NamedTuple):
    """Second minus first over `n` units: the mean, its 95 % interval, p of the sign-flip test, and the smallest difference that
    so many units would show in four of five tries (of the same spread, at a level of 5 %)."""

    n: int
    mean: float
    low: float
    high: float
    p: float
    detectable: float


def paired(differences: Sequence[float], seed: int = SEED) -> Difference:
    """What a list of differences, one a unit, comes to; all nan when there is none."""
    n = len(differences)
    if not n:
        return Difference(0, *[math.nan] * 5)
    found = interval(differences, statistics.fmean, seed=seed)
    spread = statistics.stdev(differences) if n > 1 else math.nan
    return Difference(n, found.value, found.low, found.high, sign_flip(differences, seed), 2.8 * spread / math.sqrt(n))


def sign_flip(differences: Sequence[float], seed: int = SEED) -> float:
    """p, two-sided, of a mean this far from zero if the sign of each difference were a coin's; exact for few differences."""
    moved = [abs(d) for d in differences if d]
    if not moved:
        return 1.0
    seen = abs(sum(differences)) - 1e-12
    if len(moved) <= ALL_FLIPS:
        sums = [0.0]
        for size in moved:
            sums = [total + sign for total in sums for sign in (size, -size)]
        return sum(abs(total) >= seen for total in sums) / len(sums)
    pick = random.Random(seed)
    hits = sum(abs(sum(size if pick.random() < 0.5 else -size for size in moved)) >= seen for _ in range(FLIPS))
    return (hits + 1) / (FLIPS + 1)


def holm(found: Mapping[str, float]) -> dict[str, float]:
    """p values corrected by Holm for how many there are, under the same names."""
    worst, corrected = 0.0, {}
    for place, (name, p) in enumerate(sorted(found.items(), key=lambda item: item[1])):
        worst = max(worst, min(1.0, p * (len(found) - place)))
        corrected[name] = worst
    return {name: corrected[name] for name in found}


def f1(right: int, given: int, wanted: int) -> float:
    """The harmonic mean of precision (right of given) and recall (right of wanted); 0 when nothing is right, nan of nothing."""
    if not given and not wanted:
        return math.nan
    return 2 * right / (given + wanted)
