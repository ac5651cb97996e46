"""The suites of a run: each says what to measure, measures one sample, and sums rows up. Adding one is a file and a line here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from evals import stats
from evals.runs import Better, Figure, Row, Sample, Side, Table, of_suite
from interviewer.errors import InputError

if TYPE_CHECKING:
    from evals.stage import Stage

Item = TypeVar("Item")
RESAMPLES = 1_000  # for a figure's interval
NAMES = ("conduct", "grading", "retrieval", "robustness", "cost")


class Plan(NamedTuple):
    """How much of a suite is run: `quick` is the gate's part, `held` the held-out half of the gold set, `cases` only these,
    `number` at most so many samples of a kind (0: as many as the suite has), `repeats` of each."""

    quick: bool = False
    held: bool = False
    cases: tuple[str, ...] = ()
    number: int = 0
    repeats: int = 1
    seed: int = 11


class Summed(NamedTuple):
    """What the rows of a suite show."""

    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    sides: Sequence[Side] = ()


Measured = tuple[dict[str, Any], dict[str, float]]


class Suite(Protocol):
    """A module of this folder."""

    def samples(self, plan: Plan) -> list[Sample]: ...

    def measure(self, sample: Sample, stage: Stage) -> Measured: ...

    def summed(self, rows: Sequence[Row]) -> Summed: ...


def suite(name: str) -> Suite:
    """The suite of this name; InputError names those that there are."""
    if name not in NAMES:
        raise InputError(f"there is no suite {name!r}: use {', '.join(NAMES)}")
    return import_module(f"evals.suites.{name}")


def samples(names: Sequence[str], plan: Plan) -> list[Sample]:
    """All samples of the suites, each with a name of its own, repeats side by side."""
    found = []
    for name in names:
        for one in suite(name).samples(plan):
            if plan.cases and one.case not in plan.cases:
                continue
            repeats = range(plan.repeats)
            found += [one.model_copy(update={"id": f"{one.id}#{n}" if n else one.id, "repeat": n}) for n in repeats]
    return found


def spread(found: Sequence[Item], number: int) -> list[Item]:
    """So many of a list, evenly spread; all of it when `number` is 0 or more than there are."""
    if not number or number >= len(found):
        return list(found)
    return [found[n * len(found) // number] for n in range(number)]


def figure(
    suite: str, name: str, title: str, units: Sequence[Item], value: Callable[[Sequence[Item]], float], aim: float | None = None,
    better: Better = "more", beside: str = "",
) -> Figure:  # fmt: skip
    """A headline figure: `value` over the units (interviews, queries, pairs), with its interval by resampling them; nan is not measured."""
    found = stats.interval(units, value, resamples=RESAMPLES)
    middle, low, high = (None if math.isnan(x) else round(x, 4) for x in found)
    return Figure(
        suite=suite, name=name, title=title, value=middle, low=low, high=high, n=len(units), aim=aim, better=better, beside=beside
    )


def measure(sample: Sample, stage: Stage) -> Measured:
    """The values and the scores of one sample."""
    return suite(sample.suite).measure(sample, stage)


def summed(name: str, rows: Iterable[Row]) -> Summed:
    """What the rows of one suite show; nothing when none was measured."""
    mine = of_suite(rows, name)
    return suite(name).summed(mine) if mine else Summed()
