"""Agreement with raters: the arithmetic, and that what was rated can be computed again."""

import math

import pytest

from evals.agreement import Held, Marks, farthest, interval, kappa, on_recommendation, on_steps, pairs, rated
from interviewer.steps import STEPS


def marks(level: int | None, recommendation: str | None = "hire") -> Marks:
    return Marks(dict.fromkeys(STEPS, level), recommendation)


def test_kappa_is_one_for_the_same_grades_and_nothing_by_chance():
    assert kappa([(0, 0), (1, 1), (4, 4)], 5) == 1
    assert kappa([(0, 0), (0, 4), (4, 0), (4, 4)], 5) == pytest.approx(0)
    assert kappa([(0, 4), (4, 0)], 5) == pytest.approx(-1)
    assert math.isnan(kappa([], 5))


def test_kappa_is_that_of_the_textbook():
    """Quadratic weights on three grades: 1 - sum(w o) / sum(w e), worked by hand."""
    assert kappa([(0, 0), (1, 1), (2, 2), (0, 1), (2, 1)], 3) == pytest.approx(1 - (2 / 5) / (30 / 25))


def test_what_is_unrated_counts_as_the_farthest():
    assert [farthest(None, level, 5) for level in (0, 1, 4)] == [4, 4, 0]
    held = pairs(marks(None, None), [marks(3)])
    assert set(held.steps) == {(0, 3)}
    assert held.recommendation == [(0, 2)]


def test_each_rater_is_compared_with():
    held = pairs(marks(3), [marks(3), marks(2, "no_hire")])
    assert len(held.steps) == 2 * len(STEPS)
    assert held.recommendation == [(2, 2), (2, 1)]


def test_an_interval_holds_its_figure_and_repeats():
    held = [Held([(n % 5, n % 5), (n % 5, (n + 1) % 5)], [(n % 4, n % 4)]) for n in range(12)]
    _, low, high = interval(held, on_steps)
    assert low <= on_steps(held) <= high
    assert interval(held, on_steps) == interval(held, on_steps)


def test_every_rated_interview_loads_and_says_who_made_it_by_two_raters():
    found = rated()
    assert len(found) >= 12
    assert all(len(one.raters) == 2 and set(one.raters[0].steps) == set(STEPS) for one in found)
    assert len({one.case for one in found}) >= 10


def test_the_verdicts_that_a_model_gave_still_come_to_what_the_raters_gave():
    graded = [one for one in rated() if one.model]
    held = [pairs(one.model, one.raters) for one in graded if one.model]
    assert on_recommendation(held) >= 0.9
    assert on_steps(held) >= 0.85
    assert sum(one.model.recommendation in {r.recommendation for r in one.raters} for one in graded if one.model) >= 7 / 8 * len(
        graded
    )
