"""`interviewer models check`: a small real call for each job, and in plain words what came of it."""

from __future__ import annotations

import base64
import struct
import zlib

import pytest

from evals.fake_server import FAULTS, FakeServer, Reply
from interviewer.providers.models_check import COLOURS, Finding, check, listed, picture
from interviewer.settings import Settings, load

RIGHT = '{"sum": 42, "letters": ["a", "b", "c"]}'


def able(body: dict) -> Reply:
    """A model that can do all: it counts, adds, and looks at the picture itself."""
    content = body["messages"][-1]["content"]
    if isinstance(content, list):
        return Reply(f"It is {_colour(content[1]['image_url']['url'])}.")
    return Reply(RIGHT if "17 + 25" in content else "one two three four five", delay=0.03)


def _colour(address: str) -> str:
    """The colour of the first pixel of a PNG, read from its bytes."""
    data = base64.b64decode(address.partition("base64,")[2])
    size = struct.unpack(">I", data[33:37])[0]
    pixel = tuple(zlib.decompress(data[41 : 41 + size])[1:4])
    return next(name for name, colour in COLOURS.items() if colour == pixel)


def settings(server: FakeServer, **rest) -> Settings:
    given = {"model": "openai:fake", "base_url": server.url, "api_key": "key", "timeout": 0.5} | rest
    return load(**given)


def found(server: FakeServer, **rest) -> dict[str, Finding]:
    return {finding.job: finding for finding in check(settings(server, **rest))}


def test_a_model_that_can_do_all_is_told_to_work_for_each_job_with_times_and_tokens():
    with FakeServer(able) as server:
        told = found(server)
    assert list(told) == ["interviewer", "assessor", "grader", "eyes"]
    assert not any(finding.bad for finding in told.values())
    assert told["interviewer"].text.startswith("works: it streams, first word after ")
    assert "JSON mode, answered right after" in told["assessor"].text
    assert "named the colour of a picture" in told["eyes"].text
    assert "tokens, price not known" in told["eyes"].cost


def test_a_model_that_two_jobs_need_for_the_same_is_asked_once():
    with FakeServer(able) as server:
        told = found(server)
        assert len(server.requests) == 3
        assert told["grader"].text == f"as the assessor: {told['assessor'].text}"
        assert len(list(check(settings(server, model_grader="openai:other")))) == 4
        assert len(server.requests) == 7


def test_what_a_check_costs_is_told():
    with FakeServer(able) as server:
        assert found(server, model="openai:gpt-5-mini")["interviewer"].cost.endswith("less than $0.01")


def test_the_embedded_workers_are_asked_nothing():
    with FakeServer(able) as server:
        told = found(server, model="embedded")
        assert server.requests == []
    assert "runs on this machine" in told["interviewer"].text
    assert told["eyes"].text.startswith("off")
    assert not any(finding.bad for finding in told.values())


def test_the_jobs_of_evals_are_checked_only_with_a_model_of_their_own():
    with FakeServer(able) as server:
        told = found(server, model="embedded", model_candidate="openai:plays", model_judge="openai:judges")
        assert len(server.requests) == 2
    assert told["candidate"].text.startswith("works: it answered")
    assert told["judge"].text.startswith("works: JSON mode")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("401", "interviewer models"),
        ("404", "PROVIDER:NAME"),
        ("429", "rate limit"),
        ("500", "try again"),
        ("silent", "quicker model"),
        ("empty", "another model"),
        ("filtered", "another model"),
        ("page", "base URL"),
        ("drop", "broke off"),
    ],
)
def test_what_fails_is_told_with_what_to_do_and_is_not_tried_again(fault, said):
    with FakeServer(FAULTS[fault]) as server:
        finding = found(
            server, model="embedded", model_interviewer="openai:fake", model_assessor="embedded", model_eyes="embedded"
        )["interviewer"]
        assert len(server.requests) == 1
    assert finding.bad
    assert finding.text.startswith("does not work: ")
    assert said in finding.text
    assert "sk-secret" not in finding.text
    assert "\n" not in finding.text


def test_a_model_that_speaks_in_one_piece_works_and_it_is_said():
    with FakeServer("one") as server:
        finding = found(server)["interviewer"]
    assert "does not stream" in finding.text
    assert not finding.bad


def test_a_server_without_json_mode_works_when_the_model_keeps_to_the_form():
    with FakeServer(lambda body: FAULTS["no_json"] if "response_format" in body else able(body)) as server:
        finding = found(server)["grader"]
    assert "JSON by asking only" in finding.text
    assert not finding.bad


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("The sum is 42.", "keeps to a form"),
        ('{"sum": "forty-two", "letters": []}', "keeps to a form"),
        ('{"sum": 41, "letters": ["a", "b", "c"]}', "stronger"),
        ('{"sum": 42, "letters": ["x"]}', "stronger"),
    ],
)
def test_json_that_is_none_or_wrong_does_not_work(reply, said):
    with FakeServer(reply) as server:
        finding = found(server)["grader"]
    assert finding.bad
    assert said in finding.text


def test_json_in_a_code_fence_works():
    with FakeServer(f"Here you are:\n```json\n{RIGHT}\n```") as server:
        assert not found(server)["grader"].bad


BLIND = Reply(status=400, code="invalid_request_error", message="This model does not support image input.")


@pytest.mark.parametrize("reply", [BLIND, Reply("I see no picture."), Reply("red, green or blue")])
def test_a_model_set_for_pictures_that_does_not_see_does_not_work(reply):
    with FakeServer(reply) as server:
        finding = found(server, model="embedded", model_eyes="openai:blind")["eyes"]
    assert finding.bad


@pytest.mark.parametrize("colour", COLOURS)
def test_a_model_that_guesses_a_colour_is_found_out(monkeypatch, colour):
    monkeypatch.setattr("random.choice", lambda _: colour)
    guess = next(name for name in COLOURS if name != colour)
    with FakeServer(guess) as server:
        finding = found(server, model="embedded", model_eyes="openai:blind")["eyes"]
    assert finding.bad
    assert "INTERVIEWER_MODEL_EYES" in finding.text


def test_an_interviewer_that_does_not_see_is_told_and_is_no_failure_where_nobody_asked_for_eyes():
    with FakeServer(lambda body: BLIND if isinstance(body["messages"][-1]["content"], list) else able(body)) as server:
        told = found(server)
    assert told["eyes"].text.startswith("does not work")
    assert "all else goes on" in told["eyes"].text
    assert not any(finding.bad for finding in told.values())


def test_a_missing_key_or_package_is_told_as_such():
    assert "OPENAI_API_KEY" in next(check(load(model="openai:x"))).text
    told = next(check(load(model="nosuch:x")))
    assert told.bad
    assert told.cost == ""


def test_the_picture_is_a_png_of_one_colour():
    from io import BytesIO

    from PIL import Image

    image = Image.open(BytesIO(picture((10, 20, 30), 8)))
    assert image.size == (8, 8)
    assert image.getcolors() == [(64, (10, 20, 30))]


def test_the_list_says_who_does_what_where_and_by_which_setting():
    rows = listed(load(model="openai:a", base_url="http://all/v1", model_grader="ollama:b", base_url_grader="http://box:11434"))
    assert [(row.job, row.model, row.base_url, row.setting) for row in rows[:3]] == [
        ("interviewer", "openai:a", "http://all/v1", "INTERVIEWER_MODEL"),
        ("assessor", "openai:a", "http://all/v1", "INTERVIEWER_MODEL"),
        ("grader", "ollama:b", "http://box:11434", "INTERVIEWER_MODEL_GRADER"),
    ]
    assert {(row.model, row.base_url, row.setting) for row in listed(load(base_url="http://all/v1"))} == {("embedded", "", "")}
    azure = listed(load(model="azure_openai:mine", azure_endpoint="http://azure", base_url="http://all/v1"))
    assert {row.base_url for row in azure} == {"http://azure"}
