"""The arithmetic of evals, against values worked out by hand."""

import math
import random

import pytest

from evals import stats


def test_kappa_is_one_for_the_same_grades_and_nought_for_chance():
    assert stats.kappa([(0, 0), (1, 1), (4, 4)], 5) == 1.0
    assert stats.kappa([(a, b) for a in range(4) for b in range(4)], 4) == pytest.approx(0.0)


def test_kappa_weighs_a_far_miss_by_its_square():
    near = [(0, 1), (1, 1), (2, 2), (3, 3)]
    far = [(3, 0), (1, 1), (2, 2), (3, 3)]
    assert stats.kappa(near, 4) == pytest.approx(1 - (1 / 4) / _chance(near))
    assert stats.kappa(far, 4) < stats.kappa(near, 4)


def _chance(pairs):
    return sum((a - b) ** 2 for a, _ in pairs for _, b in pairs) / len(pairs) ** 2


def test_an_unrated_step_counts_as_the_farthest_level():
    assert [stats.farthest(None, wanted, 5) for wanted in range(5)] == [4, 4, 4, 0, 0]
    assert stats.farthest(2, 4, 5) == 2


def test_rank_correlation_shares_the_ranks_of_ties():
    assert stats.spearman([1, 2, 3], [10, 20, 30]) == pytest.approx(1.0)
    assert stats.spearman([1, 2, 3], [3, 2, 1]) == pytest.approx(-1.0)
    assert stats.spearman([1, 1, 2], [1, 1, 2]) == pytest.approx(1.0)
    assert stats.spearman([1, 1, 1], [1, 2, 3]) == 0.0


def test_an_interval_resamples_units_and_holds_their_figure():
    units = [[0.0] * 10, [1.0] * 10]  # twenty rows, but only two units
    found = stats.interval(units, lambda picked: sum(map(sum, picked)) / sum(map(len, picked)))
    assert (found.value, found.low, found.high) == (0.5, 0.0, 1.0)
    assert stats.interval([], len).value != stats.interval([], len).value  # nan of nothing


def test_intervals_repeat_themselves():
    values = [random.Random(3).random() for _ in range(30)]
    mean = lambda picked: sum(picked) / len(picked)  # noqa: E731
    assert stats.interval(values, mean) == stats.interval(values, mean)


def test_sign_flips_are_exact_for_few_differences():
    assert stats.sign_flip([1.0, 1.0, 1.0]) == pytest.approx(2 / 8)
    assert stats.sign_flip([1.0, -1.0]) == 1.0
    assert stats.sign_flip([0.0, 0.0]) == 1.0
    assert stats.sign_flip([0.1] * 30) < 0.001


def test_a_paired_difference_says_what_so_few_units_could_show():
    found = stats.paired([0.1, 0.2, 0.3, 0.2])
    assert found.mean == pytest.approx(0.2) and found.n == 4
    assert found.low <= 0.2 <= found.high
    assert found.detectable == pytest.approx(2.8 * 0.0816496 / 2, rel=1e-4)
    assert math.isnan(stats.paired([]).mean)


def test_holm_corrects_for_how_many_there_are_and_keeps_the_order():
    assert stats.holm({"a": 0.01, "b": 0.04, "c": 0.03}) == {"a": 0.03, "b": 0.06, "c": 0.06}
    assert stats.holm({"a": 0.9, "b": 0.9}) == {"a": 1.0, "b": 1.0}


def test_f1_is_the_harmonic_mean():
    precision, recall = 2 / 4, 2 / 8
    assert stats.f1(2, 4, 8) == pytest.approx(2 * precision * recall / (precision + recall))
    assert math.isnan(stats.f1(0, 0, 0))
