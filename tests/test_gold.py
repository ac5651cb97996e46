"""The gold set is what it says it is, and its figures are right on grades made by hand."""

from statistics import fmean

import pytest

from evals import gold, style
from evals.runs import Row
from evals.suites import NAMES, Plan, grading, samples
from interviewer.steps import STEPS
from knowledge.library import Library

EVERY = gold.everything()


def test_the_set_has_the_size_and_the_spread_that_it_claims():
    words = [sum(len(line.text.split()) for line in g.turns) for g in EVERY if g.planted is not None]
    assert len(EVERY) >= 80 and len({g.case for g in EVERY}) >= 10 and len({g.profile for g in EVERY}) >= 8
    assert fmean(1_500 <= w <= 2_600 for w in words) >= 0.95
    assert [wrong for file in sorted(gold.FOLDER.glob("*.json")) for wrong in gold.errors_of(file)] == []
    assert all("no person has rated it" in g.made for g in EVERY)


def test_half_of_the_set_is_held_out_by_problem():
    tuning, held = {g.case for g in gold.half()}, {g.case for g in gold.half(True)}
    assert not tuning & held and held == gold.held_cases()
    assert len(gold.half(True)) >= 0.4 * len(EVERY)


def test_every_marked_point_is_one_of_the_case_and_none_is_left_out():
    library = Library()
    for one in EVERY:
        rubric = {c.id for c in library.case(one.case).rubric}
        assert all(not r.points or set(r.points) == rubric for r in one.raters), one.id


def test_length_does_not_tell_the_profile():
    def mean(name: str) -> float:
        return fmean(len(g.text.split()) for g in EVERY if g.profile.startswith(name))

    assert 0.7 < mean("exceptional") / mean("buzzword") < 1.4


def as_rows(grade) -> list[Row]:
    return [Row(id=g.id, suite="grading", case=g.case, unit=g.id, values=grade(g)) for g in gold.half()]


def figures(grade) -> dict[str, float | None]:
    return {f.name: f.value for f in grading.summed(as_rows(grade)).figures}


def as_rater(one: gold.Gold) -> dict:
    marks = {"m": "justified", "p": "named", "n": "absent"}
    first = one.raters[0]
    errors = [{"turn": e.turn, "what": e.what} for r in one.raters for e in r.errors]
    points = {p: marks[m] for p, m in first.points.items()}
    return {"steps": first.steps, "recommendation": first.recommendation, "points": points, "errors": errors}


def test_a_grader_that_gives_what_a_rater_gave_reaches_nearly_everything():
    found = figures(as_rater)
    assert found["recommendation"] > 0.97 and found["steps"] > 0.95 and found["points"] > 0.9
    assert found["errors_found"] == 1.0 and found["errors_right"] == 1.0 and found["order"] == 1.0


def test_a_grader_that_gives_everybody_the_same_reaches_nothing():
    def same(one: gold.Gold) -> dict:
        return as_rater(one) | {"steps": dict.fromkeys(STEPS, 2), "recommendation": "no_hire", "errors": [], "points": {}}

    found = figures(same)
    assert abs(found["recommendation"]) < 0.05 and abs(found["steps"]) < 0.05 and found["errors_found"] == 0.0


def test_a_grader_that_rates_nothing_is_not_covered_and_is_held_to_be_far_off():
    def none(one: gold.Gold) -> dict:
        return as_rater(one) | {"steps": dict.fromkeys(STEPS), "recommendation": None}

    found = figures(none)
    assert found["coverage"] == 0.0 and found["steps"] < 0


def test_the_held_out_half_is_never_shown_side_by_side():
    rows = [Row(id=g.id, suite="grading", case=g.case, unit=g.id, values=as_rater(g) | {"reasons": {}}) for g in gold.half(True)]
    assert grading.summed(rows).sides == ()
    assert grading.summed(as_rows(lambda g: as_rater(g) | {"reasons": {}})).sides != ()


def test_samples_are_of_the_half_that_is_asked_for():
    assert {s.case for s in grading.samples(Plan())} == {g.case for g in gold.half()}
    assert {s.case for s in grading.samples(Plan(held=True))} == gold.held_cases()
    assert len(grading.samples(Plan(quick=True))) == grading.QUICK


def test_style_is_guessed_from_the_other_problems_and_reads_no_content():
    told = style.guesses(EVERY)
    assert set(told) == {g.id for g in EVERY} and set(told.values()) <= {0, 1, 2, 3}
    text = "I would, because it is cheap, use maybe ten of them."
    assert style.features(text, 1) == style.features(text.replace("cheap", "brown"), 1)


@pytest.mark.parametrize("suite", NAMES)
def test_a_case_that_is_asked_for_is_the_only_one_that_is_measured_and_as_often_as_asked(suite):
    found = samples([suite], Plan(cases=("news_feed",), number=3))
    rounds = [s for s in found if s.spec.get("kind", "round") != "swap"]
    assert {s.case for s in rounds} == {"news_feed"} and len({s.unit for s in rounds}) == 3
