"""The front door with models: who is opened for a round, what it may cost, and what the debrief says that it did."""

from __future__ import annotations

import json

import pytest

from evals.fake_server import FakeServer, Reply
from interviewer.clock import VirtualClock
from interviewer.errors import SetupError
from interviewer.office import Office
from interviewer.settings import load
from interviewer.speaking.voice import EmbeddedVoice
from interviewer.state import Terms
from tests.tiny import FOLDER

ANSWER = "I assume the goal is that people finish episodes, because downloads alone mean nothing."


def replies(body: dict) -> Reply:
    """A model that speaks when it is asked for words, and in JSON has nothing to note and no verdict."""
    return Reply('{"answered": "not"}' if "response_format" in body else "What would you measure first?", cached=3)


def office(home, server: FakeServer, **rest) -> Office:
    given = {"model": "openai:gpt-5-mini", "base_url": server.url, "api_key": "key", "timeout": 2.0}
    return Office(load(cases=FOLDER, home=home, **(given | rest)))


def held(office: Office, answers: int = 2, **terms):
    """A round with some answers, not finished."""
    interview = office.start(Terms(case="tiny", pace="spoken", **terms), VirtualClock())
    list(interview.speak())
    for _ in range(answers):
        list(interview.reply(ANSWER))
        interview.settle()
    return interview


def test_what_the_terms_leave_open_is_as_the_settings_say(shared_home):
    with FakeServer(replies) as server:
        made = office(shared_home, server, model_grader="openai:grades", persona="tough")
        terms = made.start(Terms(case="tiny")).terms
        assert terms.models == {
            "interviewer": "openai:gpt-5-mini", "assessor": "openai:gpt-5-mini", "grader": "openai:grades", "eyes": "openai:gpt-5-mini",
        }  # fmt: skip
        assert terms.persona == "tough"
        chosen = made.start(Terms(case="tiny", models={"interviewer": "embedded"}, persona="calm")).terms
        assert chosen.models == {"interviewer": "embedded", "assessor": "embedded", "grader": "openai:grades", "eyes": "embedded"}
        assert chosen.persona == "calm"


def test_the_persona_reaches_the_model_that_speaks(shared_home):
    with FakeServer(replies) as server:
        held(office(shared_home, server, persona="tough"), 0)
        held(office(shared_home, server), 0)
    systems = [body["messages"][0]["content"] for body in server.requests]
    assert "sceptical" in systems[0] and "sceptical" not in systems[1]


def test_a_grader_that_cannot_be_opened_is_told_before_the_round(shared_home):
    with FakeServer(replies) as server, pytest.raises(SetupError, match=r"\[anthropic\]"):
        office(shared_home, server, model_grader="anthropic:claude").start(Terms(case="tiny"))


def test_a_model_chosen_from_another_job_is_asked_at_its_own_server(shared_home):
    with FakeServer(replies) as all_, FakeServer("From the other server: why?") as other:
        made = office(shared_home, all_, model_grader="openai:strong", base_url_grader=other.url, api_key_grader="second")
        held(made, 0, models={"interviewer": "openai:strong", "assessor": "embedded"})
    assert (len(all_.requests), len(other.requests)) == (0, 1)
    assert other.keys == ["Bearer second"]


def test_what_a_round_took_is_told_in_the_room_and_by_role_in_the_debrief(shared_home):
    with FakeServer(replies) as server:
        made = office(shared_home, server)
        interview = held(made)
        bill = interview.spent()
        assert [cost.job for cost in bill.costs] == ["interviewer", "assessor"]
        assert bill.costs[0].calls == 3
        assert bill.costs[0].tokens_cached == 9
        assert interview.view().spent.startswith(f"{bill.tokens:,} tokens")
        asked = len(server.requests)
        card = made.debrief(interview.id)
        graded = len(server.requests) - asked
    assert [line.partition(":")[0] for line in card.cost[:4]] == ["interviewer", "assessor", "grader", "Together"]
    assert f"grader: {graded} calls" in card.cost[2]
    assert made.debrief(interview.id).cost == card.cost


def test_a_round_without_a_model_has_no_bill(shared_home):
    with FakeServer(replies) as server:
        made = office(shared_home, server, model="embedded")
        interview = held(made, 1)
        assert interview.view().spent == ""
        assert made.debrief(interview.id).cost == ()
    assert server.requests == []


@pytest.mark.parametrize("limit", [{"limit_tokens": 50}, {"limit": 0.000001}])
def test_past_the_limit_the_embedded_workers_go_on_with_a_notice_and_the_debrief_too(shared_home, limit):
    with FakeServer(replies) as server:
        made = office(shared_home, server, **limit)
        interview = held(made)
        asked = len(server.requests)
        list(interview.reply(ANSWER))
        card = made.debrief(interview.id)
        assert len(server.requests) == asked
    assert isinstance(interview.voice, EmbeddedVoice)
    assert "INTERVIEWER_LIMIT" in interview.view().notice
    assert card.grader == "embedded"
    assert "INTERVIEWER_LIMIT" in card.cost[-1]
    assert card.trouble == ()


def test_who_asks_for_a_model_by_name_gets_it_graded_past_the_limit(shared_home):
    with FakeServer(replies) as server:
        made = office(shared_home, server, limit_tokens=50)
        interview = held(made)
        assert made.debrief(interview.id, model="openai:gpt-5-mini").grader == "openai:gpt-5-mini"


def test_each_step_is_graded_as_often_as_is_set(shared_home, tmp_path):
    with FakeServer(replies) as server:
        interview = held(office(shared_home, server, model="embedded"), 1)
        counts = []
        for repeats in (1, 3):
            asked = len(server.requests)
            made = office(shared_home, server, model="embedded", model_grader="openai:fake", repeats=repeats)
            made.debrief(interview.id, again=True, model="openai:fake")
            bodies = [json.dumps(body) for body in server.requests[asked:]]
            counts.append(len(bodies))
    assert counts[1] - counts[0] == 2 * 2 * 7  # two more runs of seven steps, each with its one repair


def test_nobody_but_a_model_reads_along_or_looks_at_pictures(shared_home):
    with FakeServer(replies) as server:
        made = office(shared_home, server)
        assert made.assessor("embedded", "tiny") is None
        assert made.eyes("embedded") is None
        assert made.assessor("openai:small", "tiny").name == "openai:small"
