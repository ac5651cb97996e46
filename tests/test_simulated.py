"""Scripted candidates and twins: repeatable, varied, and true to what they claim."""

import pytest

from evals import gold, scripted, twins
from evals.suites import robustness
from interviewer.steps import STEP, STEPS
from knowledge.library import Library

CASE = Library().case("news_feed")
ONE = next(g for g in gold.half() if g.case == "news_feed")


def candidate(skill: int, seed: int = 1) -> scripted.Scripted:
    return scripted.Scripted(CASE, dict.fromkeys(STEPS, skill), seed)


def opened(step: str) -> list[tuple[str, str]]:
    return [("interviewer", CASE.question), ("candidate", "Let me begin."), ("interviewer", STEP[step].opening)]


def test_the_same_seed_says_the_same_and_another_says_it_otherwise():
    talk = opened("data")
    assert candidate(3).answer("", talk) == candidate(3).answer("", talk)
    assert candidate(3).answer("", talk) != candidate(3, seed=2).answer("", talk)


def test_the_more_skill_the_more_of_the_case_is_said():
    def said(skill: int, seed: int) -> int:
        text = candidate(skill, seed).answer("", opened("model"))
        return sum(signal in text for c in CASE.criteria("model") for signal in c.signals) + sum(
            s in text for c in CASE.criteria("model") for s in c.strong.split(". ")
        )

    counts = [sum(said(skill, seed) for seed in range(6)) for skill in range(5)]
    assert counts[0] == 0 and counts == sorted(counts) and counts[2] < counts[3] < counts[4]


def test_a_weak_one_says_what_only_sounds_right():
    text = candidate(1).answer("", opened("data"))
    assert any(miss in text for c in CASE.criteria("data") for miss in c.near_misses)


def test_a_written_question_is_answered_on_its_point():
    point = CASE.criterion("data.labels")
    talk = [*opened("data")[:2], ("interviewer", f"You said you log it all. {point.probes[0].ask}")]
    told = candidate(4).answer("", talk)
    assert any(signal in told for signal in point.signals) or any(miss in told for miss in point.near_misses)


def test_nothing_is_said_twice_in_the_same_words():
    talk = opened("serve")
    first = candidate(2).answer("", talk)
    again = candidate(2).answer("", [*talk, ("candidate", first), ("interviewer", STEP["serve"].opening)])
    used = [s for c in CASE.rubric for s in c.signals if s in first]
    assert used and not any(s in again for s in used)


def test_hidden_skills_are_seeded_and_uneven():
    drawn = [scripted.skills(n) for n in range(60)]
    assert drawn == [scripted.skills(n) for n in range(60)]
    assert {level for one in drawn for level in one.values()} == {0, 1, 2, 3, 4}
    assert any(max(one.values()) - min(one.values()) >= 2 for one in drawn)


@pytest.mark.parametrize("kind", robustness.KINDS)
def test_a_twin_changes_only_the_candidates_words_and_keeps_them(kind):
    twin = robustness.KINDS[kind](ONE, CASE, 3)
    assert twin == robustness.KINDS[kind](ONE, CASE, 3)
    mine = [(a.text, b.text) for a, b in zip(ONE.turns, twin.lines, strict=True)]
    assert all(a == b for (a, b), line in zip(mine, ONE.turns, strict=True) if line.role == "interviewer")
    assert any(a != b for a, b in mine)
    if kind != "gibberish":
        for before, after in mine:
            words = iter(after.split())
            assert all(word in words for word in before.split()), "the words stand in their order"


def test_padding_makes_it_as_long_as_it_says():
    words = len(ONE.text.split())
    for times in (2, 4):
        twin = twins.padded(times)(ONE, CASE, 1)
        long = sum(len(line.text.split()) for line in twin.lines if line.role == "candidate")
        assert times * words <= long <= 1.15 * times * words
