"""The listening of the shipped case on the development set, as a gate: it may get better, not worse."""

import pytest

from evals.listening import challenges, claims, facts, swap
from evals.marked import answers
from interviewer.listening.reading import Reader
from knowledge.library import Library

CASE = Library().case("video_recommendation")
READER = Reader(CASE)


def test_four_of_five_marked_claims_are_found_with_the_right_polarity():
    rows = claims(READER, "development")["rows"].values()
    assert sum(row[1] for row in rows) / sum(row[0] for row in rows) >= 0.8


def test_challenges_are_right_nine_times_of_ten():
    fired = challenges(CASE, READER, "development")
    assert fired["right"] >= 90
    assert fired["right"] / (fired["right"] + fired["false"]) >= 0.9


def test_wrong_facts_stay_under_two_in_a_hundred():
    told = facts(READER, "development")
    assert len(told["wrong"]) / told["questions"] <= 0.02 and told["told"] / told["needed"] >= 0.7


def test_another_candidates_answer_changes_the_next_question():
    counts = swap(CASE, READER, "development")
    assert counts["point"] / counts["pairs"] >= 0.6 and counts["fixed"] == 0


@pytest.mark.parametrize("which", ["development", "held_out"])
def test_every_marked_quote_stands_in_its_answer(which):
    for answer in answers(which):
        assert all(mark["quote"] in answer.text for mark in [*answer.marks, *(answer.second or [])])
