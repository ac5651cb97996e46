"""The embedded grader's numbers: what is seen of a talk, what the fitted weights make of it, and the scale from there to levels."""

import numpy as np
import pytest

from interviewer.grading import calibrated, weighing
from interviewer.grading.scorecard import ErrorFound, StepResult
from interviewer.grading.weighing import ERROR_FEATURES, LEVEL_FEATURES, POINT_FEATURES
from interviewer.listening.doubting import defends, doubt, talk_of
from interviewer.listening.reading import Reader
from interviewer.listening.tracing import trace
from interviewer.steps import STEPS
from knowledge.library import Library
from knowledge.mistakes import common

CASE = Library().case("news_feed")
READER = Reader(CASE)
GOOD = (
    "One row per post that was really on the screen for a second, because what was never seen is no dislike. "
    "A comment that nobody answered within a day becomes a zero, so those rows close a day late."
)
VAGUE = "We have lots of data and we would use it in a good way."
WRONG = "Ninety-nine percent of the posts are classified right, so with that accuracy I would ship the model for harmful posts."


def traces(*answers: str):
    return [found for n, text in enumerate(answers) if (found := trace(READER, 2 * n + 1, text))]


def test_an_answer_leaves_a_trace_of_its_points_and_of_where_they_stand():
    found = traces(GOOD)[0]
    place = [c.id for c in CASE.rubric].index("data.labels")
    assert found.chance.argmax() == place
    start, end = found.spans[place]
    assert GOOD[start:end] in GOOD and "row" in GOOD[start:end].lower()
    assert trace(READER, 1, "  ") is None


def test_what_is_argued_counts_and_what_is_said_about_the_talk_does_not():
    plain, padded = (
        traces(GOOD),
        traces(GOOD + " Bear with me for a second, I lost my thread. That was a nice question of yours, by the way."),
    )
    counts = [weighing.point_features(CASE, t)[0, POINT_FEATURES.index("talk_argues")] for t in (plain, padded)]
    assert counts[0] == counts[1] > 0
    assert (
        talk_of(["Sorry, let me think for a second.", "We retrain the ranker each night on fresh logs."]).over_mistakes[0] > 0.2
    )


def test_a_good_answer_makes_its_point_likelier_than_a_vague_one():
    fitted, place = weighing.weights(), [c.id for c in CASE.rubric].index("data.labels")
    met = [weighing.chances(weighing.point_features(CASE, traces(a)), fitted).met[place] for a in (GOOD, VAGUE)]
    assert met[0] > 2 * met[1]


def test_chances_and_estimates_stay_on_their_scales():
    fitted, told = weighing.weights(), traces(GOOD, VAGUE, WRONG)
    chances = weighing.chances(weighing.point_features(CASE, told), fitted)
    errors = weighing.errors(weighing.error_features(told, chances), fitted)
    levels = weighing.estimates(weighing.level_features(CASE, told, chances, errors, "senior"), fitted)
    assert chances.met.shape == chances.partly.shape == (len(CASE.rubric),)
    assert ((chances.met >= 0) & (chances.met <= chances.partly) & (chances.partly <= 1)).all()
    assert errors.shape == (3,) and levels.shape == (7,) and levels.min() >= 0 and levels.max() <= 4


def test_what_is_near_to_a_common_mistake_is_doubted_more_than_what_puts_it_right():
    wrong, right = (
        traces(text)[0].doubt for text in (WRONG, "Accuracy says nothing here, a model that flags no post reaches it as well.")
    )
    assert wrong.mistake.id == "accuracy_or_auc_on_rare" and wrong.score > right.score
    assert doubt([]) is None
    assert defends("No, that's noise and averages out.") and not defends("It would, so I'd change it.")


def test_every_common_mistake_can_be_told_apart_from_its_near_misses():
    assert len({m.id for m in common()}) == len(common()) >= 30
    assert {m.step for m in common()} >= {"frame", "data", "model", "evaluate", "serve", "monitor"}
    assert all(not set(m.signals) & set(m.near_misses) for m in common())


@pytest.mark.parametrize(
    ("name", "features"),
    [("met", POINT_FEATURES), ("partly", POINT_FEATURES), ("error", ERROR_FEATURES), ("level", LEVEL_FEATURES)],
)
def test_the_weights_that_are_shipped_are_those_of_the_features(name, features):
    assert set(weighing.weights()[name]) == {*features, "bias"}


def test_the_weights_say_how_they_were_made_and_that_the_held_out_half_was_not_used():
    from evals import gold

    made = weighing.weights()["made"]
    assert made["interviews"] == len(gold.half()) and set(made["problems"]) == {g.case for g in gold.half()}
    assert not set(made["problems"]) & gold.held_cases()


# --- the scale ------------------------------------------------------------------------------------------------------

SCALE = calibrated.Fitted(
    "f", cuts=(0.5, 1.5, 2.5, 3.5), bars=(1.0, 2.0, 3.0), offsets={"mid": 0.5, "senior": 0.0, "staff": -0.5}
)


def error(core: bool = True, corrected: bool = False) -> ErrorFound:
    return ErrorFound(
        turn=1, what="w", pitfall=None, step="data", core=core, quote="q", why="", correction="", corrected=corrected
    )


def steps(estimate: float, level: int | None = None) -> list[StepResult]:
    return [
        StepResult(
            step=s, title=s, level=round(estimate) if level is None else level, status="rated", reason="", estimate=estimate
        )
        for s in STEPS
    ]


def test_an_estimate_is_cut_to_a_level_and_an_error_that_stands_caps_it():
    assert [SCALE.step_level([], [], "senior", estimate=e)[0] for e in (0.1, 1.6, 2.4, 2.6, 3.9)] == [1, 2, 2, 3, 4]
    assert SCALE.step_level([], [], "senior")[0] == 0
    assert SCALE.step_level([], [error()], "senior", estimate=3.9)[0] == 1
    assert SCALE.step_level([], [error(corrected=True)], "senior", estimate=3.9)[0] == 4
    assert SCALE.step_level([], [error(core=False)], "senior", estimate=3.9)[0] == 4


def test_the_recommendation_follows_the_estimates_and_the_bar_of_the_level():
    given = [SCALE.recommendation(steps(e), [], "senior")[0] for e in (0.5, 1.5, 2.5, 3.5)]
    assert given == ["strong_no_hire", "no_hire", "hire", "strong_hire"]
    assert SCALE.recommendation(steps(2.6), [], "mid")[0] == "strong_hire"
    assert SCALE.recommendation(steps(2.4), [], "staff")[0] == "no_hire"
    assert SCALE.recommendation(steps(3.5, level=1), [], "senior")[0] == "no_hire", "a capped step counts as it was capped"
    assert SCALE.recommendation(steps(3.5)[:4], [], "senior")[0] is None


@pytest.mark.parametrize("answers", [("We sort the posts.",), (GOOD,) * 40])
def test_numbers_are_finite_for_a_word_and_for_a_very_long_talk(answers):
    told = traces(*answers)
    assert len(told) == len(answers) and np.isfinite(weighing.point_features(CASE, told)).all()
