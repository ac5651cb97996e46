"""A round read as a whole: instances proved by quotes, levels counted in code."""

from __future__ import annotations

import json

import pytest

from evals.fake_server import FAULTS, FakeServer
from interviewer.grading.crosscut import level_of, of_instances
from interviewer.grading.judging import Across, Instance, Whole
from interviewer.grading.model_judge import ModelJudge
from interviewer.grading.pivots import decided
from interviewer.grading.scorecard import CROSS, Moment
from interviewer.providers.models import RETRIES, open_model
from interviewer.settings import load

ROUND = [
    ("interviewer", "Design it."),
    ("candidate", "First the goal, then the data; I will leave ten minutes for serving."),
    ("interviewer", "What if the feature store takes 80 ms?"),
    ("candidate", "Then I drop the cross features, which costs me some precision but keeps the 150 ms."),
]
WHOLE = Whole(question="Design it.", target_level="senior", moves=((2, "challenge"),))
LEADS, DROPS, KEEPS = "First the goal, then the data", "I drop the cross features", "costs me some precision but keeps the 150 ms"


def seen(quote: str, grade: str = "strong", turn: int = 3) -> dict:
    return {"turn": turn, "quote": quote, "reason": f"because {grade}", "grade": grade}


def answer(pivotal=(), **traits) -> str:
    given = {
        "tradeoffs": [seen(KEEPS)],
        "quantitative": [],
        "communication": [seen(LEADS, "shown", 1)],
        "adaptation": [seen(DROPS)],
    }
    return json.dumps(given | traits | {"pivotal": list(pivotal)})


def read(*replies, talk=None):
    """What came of it, and the requests that it took."""
    with FakeServer(*replies) as server:
        settings = load(model="openai:fake", base_url=server.url, api_key="k", timeout=0.3)
        across = ModelJudge(open_model(settings, "grader")).across(WHOLE, talk or ROUND)
    return across, server.requests


def levels(across) -> dict[str, int | None]:
    return {c.id: c.level for c in of_instances(across)}


def test_instances_with_sound_quotes_take_one_call():
    across, requests = read(answer([{"turn": 3, "quote": DROPS, "what": "It settles serving.", "good": True}]))
    assert [(i.turn, i.quote, i.grade) for i in across.instances["adaptation"]] == [(3, DROPS, "strong")]
    assert across.pivotal == (Moment(turn=3, quote=DROPS, what="It settles serving.", good=True),)
    assert (across.unrated, across.trouble, len(requests)) == ({}, "", 1)


def test_it_is_told_what_was_put_to_the_candidate_and_when():
    _, requests = read(answer())
    system, user = (m["content"] for m in requests[0]["messages"])
    assert "turn 2: challenge" in user and user.index("</transcript>") < user.index("turn 2: challenge")
    assert all(f"- {trait}:" in system for trait in CROSS)


def test_an_invented_quote_is_asked_about_once_and_what_was_proved_stays():
    across, requests = read(answer(tradeoffs=[seen("I never said this")]), answer(communication=[seen(LEADS, "failed", 1)]))
    assert "I never said this" in requests[1]["messages"][-1]["content"]
    assert [i.quote for i in across.instances["tradeoffs"]] == [KEEPS]
    assert [i.grade for i in across.instances["communication"]] == ["shown"]


def test_a_trait_that_stays_without_a_proved_quote_is_unrated_with_the_reason():
    across, requests = read(answer(tradeoffs=[seen("I never said this")]))
    found = next(c for c in of_instances(across) if c.id == "tradeoffs")
    assert (found.level, found.status) == (None, "unrated") and "words that were said" in found.reason
    assert levels(across)["adaptation"] is not None and "tradeoffs" in across.trouble and len(requests) == 2


def test_no_number_is_a_finding_and_no_instance_of_how_the_talk_was_led_is_not():
    across, requests = read(answer(communication=[]))
    assert levels(across)["quantitative"] == 0
    assert levels(across)["communication"] is None and len(requests) == 2


def test_without_a_question_after_the_opening_there_is_nothing_to_adapt_to():
    across, requests = read(answer(tradeoffs=[], adaptation=[]), talk=ROUND[:2])
    assert next(c for c in of_instances(across) if c.id == "adaptation").reason == "no question was put after the opening"
    assert len(requests) == 1


def test_a_moment_whose_quote_was_never_said_is_dropped():
    across, _ = read(answer([{"turn": 3, "quote": "never that", "what": "x", "good": True}]))
    assert across.pivotal == ()


@pytest.mark.parametrize("fault", ["401", "500", "silent", "broken_json", "empty", "refusal", "length", "context"])
def test_a_failing_model_leaves_all_four_unrated_and_says_why(fault, monkeypatch):
    monkeypatch.setitem(RETRIES, "grader", 0)
    across, _ = read(FAULTS[fault])
    assert levels(across) == dict.fromkeys(CROSS)
    assert all(c.reason.startswith("Not rated: ") for c in of_instances(across))
    assert across.trouble.startswith("Across the steps: ")


@pytest.mark.parametrize(
    ("counts", "level"),
    [
        ((0, 0, 0, 0), 0),
        ((0, 0, 0, 3), 0),
        ((0, 0, 2, 1), 1),
        ((0, 0, 1, 2), 0),
        ((0, 1, 2, 0), 1),
        ((0, 6, 0, 0), 2),
        ((1, 1, 1, 0), 2),
        ((1, 2, 1, 0), 3),
        ((2, 0, 0, 0), 3),
        ((2, 0, 2, 0), 2),
        ((3, 0, 0, 1), 3),
        ((3, 1, 1, 0), 4),
        ((5, 1, 2, 0), 4),
        ((3, 3, 0, 0), 3),
        ((5, 0, 0, 1), 3),
    ],
)
def test_a_level_follows_the_share_of_good_places_and_a_four_has_no_failure(counts, level):
    assert level_of(*counts) == level


def test_more_of_the_strong_never_lowers_a_level_and_more_of_the_bad_never_lifts_one_above_one():
    for strong in range(4):
        for shown in range(4):
            for weak in range(4):
                for failed in range(4):
                    here = level_of(strong, shown, weak, failed)
                    assert level_of(strong + 1, shown, weak, failed) >= here
                    assert level_of(strong, shown + 1, weak, failed) >= min(here, 3)
                    assert level_of(strong, shown, weak, failed + 1) <= here
                    assert level_of(strong, shown, weak + 1, failed) <= max(here, 1)


def test_the_reason_counts_and_shows_both_sides():
    good = Instance(turn=3, quote=DROPS, reason="it revises the design.", grade="strong")
    bad = Instance(turn=1, quote=LEADS, reason="nothing changes", grade="weak")
    found = next(c for c in of_instances(Across(instances={"adaptation": (bad, good)})) if c.id == "adaptation")
    assert found.reason == "1 strong, 1 weak: it revises the design; nothing changes"
    assert [e.quote for e in found.evidence] == [DROPS, LEADS]


def test_the_judges_moments_decide_only_when_one_is_on_the_side_that_the_round_came_down_on():
    across = Across(pivotal=(Moment(turn=3, quote=DROPS, what="x", good=True),))
    assert decided(across, "hire", (), ()) == across.pivotal
    assert decided(across, None, (), ()) == across.pivotal
    assert decided(across, "no_hire", (), ()) == ()
    assert decided(None, "hire", (), ()) == ()
