"""The fault table, cell by cell over real HTTP, and what makes its sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evals.fake_server import FAULTS, FakeServer, Reply
from evals.faults import FINE, JOBS, KEY, ROWS, Row, Table
from interviewer.errors import ModelError
from interviewer.providers.faults import SENTENCES, kind_of, plain, understood
from interviewer.providers.models import RETRIES, ChatModel, open_model
from interviewer.settings import load
from tests.tiny import FOLDER

HELLO = [("user", "Hello?")]


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    made = Table(tmp_path_factory.mktemp("faults"), "tiny", FOLDER)
    yield made
    made.close()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name.replace(" ", "_"))
@pytest.mark.parametrize("job", JOBS)
def test_a_fault_is_told_plainly_leaves_nothing_half_done_and_has_a_way_on(table, job, row, monkeypatch):
    monkeypatch.setitem(RETRIES, "grader", 1)
    assert table.cell(row, job).problems == ()


def test_no_fault_that_servers_really_have_is_without_a_row():
    told = " ".join(row.name for row in ROWS)
    for fault in (
        "401", "403", "404", "429 with retry-after", "429 without", "429 that goes on", "quota", "500 once", "500 for ever", "503",
        "first byte", "stall", "refused", "dropped", "clean end", "empty", "refusal", "content filter", "as a 400", "length",
        "context", "broken JSON", "another schema", "prose", "fence", "HTML", "error in the stream",
    ):  # fmt: skip
        assert fault in told


def test_a_cell_is_red_when_a_fault_is_not_what_the_row_says(table):
    wrong = Row("401", lambda good, json: FAULTS["401"], "rate", FINE)
    assert any("not 'rate'" in problem for problem in table.cell(wrong, "speak").problems)
    assert any(problem.startswith("the claims") for problem in table.cell(wrong, "assess").problems)
    assert any(problem.startswith("the steps") for problem in table.cell(wrong, "grade").problems)
    assert any(problem.startswith("the traits") for problem in table.cell(wrong, "whole").problems)


# --- the sentences ----------------------------------------------------------------------------------------------------


def opened(server: FakeServer) -> ChatModel:
    return open_model(load(model="openai:fake", base_url=server.url, api_key=KEY, timeout=0.4), "interviewer")


def failed(*script: Reply) -> ModelError:
    with FakeServer(*script) as server, pytest.raises(ModelError) as caught:
        list(opened(server).stream(HELLO))
    return caught.value


@pytest.mark.parametrize("sentence", SENTENCES.values())
def test_every_sentence_says_what_to_do(sentence):
    assert any(advice in sentence for advice in ("try again", "check", "choose", "wait", "top it up"))


def test_a_long_wait_that_is_asked_for_is_told():
    error = failed(replace(FAULTS["429"], headers=(("retry-after", "180"),)))
    assert str(error).endswith("wait a moment and try again (it asks for 180 seconds).")


@pytest.mark.parametrize("wait", ["Wed, 21 Oct 2026 07:28:00 GMT", "999999", "soon"])
def test_a_wait_that_says_nothing_is_left_out(wait):
    class Limited(Exception):
        status_code = 429
        response = type("Response", (), {"headers": {"retry-after": wait}})

    assert str(understood(Limited("slow down"), "m", begun=False)).endswith("try again.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Error code: 400 - {'error': {'message': 'x'}}", "Error code: 400"),
        ("Unsupported value.\n\nSee the guide.", "Unsupported value. See the guide"),
        ("<!DOCTYPE html><p>Gone</p>", ""),
        ("Bad key sk-proj-abc123def456 here", "Bad key *** here"),
        ("Bearer abcdef is wrong", "*** is wrong"),
        ("key 0123456789abcdef0123456789abcdef", "key ***"),
        ("no model gpt-4o-mini-2024-07-18", "no model gpt-4o-mini-2024-07-18"),
    ],
)
def test_a_providers_words_are_told_in_one_plain_line_without_a_key(text, words):
    assert plain(text) == words


def test_a_providers_words_have_an_end():
    assert len(plain("word " * 200)) == 160


class Told(Exception):
    def __init__(self, body: object, status: int | None = None):
        super().__init__(body)
        self.status_code = status


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Told({"message": "Rate limit reached", "code": "rate_limit_exceeded"}), "rate"),
        (Told({"error": {"message": "no", "code": 429}}), "rate"),
        (Told({"message": "no", "code": "insufficient_quota"}), "quota"),
        (Told("API key not valid. Please pass a valid API key.", 400), "auth"),
        (Told("Your credit balance is too low", 400), "quota"),
        (Told({"code": "model_not_found", "message": "no access to it"}, 403), "unknown_model"),
        (Told("gateway", 504), "timeout"),
        (Told("the max_tokens api key setting", 422), "request"),
    ],
)
def test_errors_are_known_by_their_body_too(error, kind):
    assert kind_of(error) == kind


# --- a reply ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '{"say": "What would you measure?"}',
        'Sure, here it is: {"say": "What would you measure?"}',
        "```json\n{}\n```",
        "Look:\n```python\nprint()\n```",
        '[{"say": 1}]',
        "<!DOCTYPE html><html></html>",
        "{ }",
    ],
)
def test_data_is_no_speech(text):
    assert failed(Reply(text)).kind == "data"


@pytest.mark.parametrize(
    "text", ["<5 ms, you said: at which load?", "You have {a, b}: which first?", "What about x[0] and [b]?", "Why `k = 5`?"]
)
def test_speech_may_hold_what_engineers_write(text):
    with FakeServer(text) as server:
        assert "".join(opened(server).stream(HELLO)) == text


@pytest.mark.parametrize("cached", [0, 7])
def test_tokens_from_the_providers_cache_are_counted(cached):
    with FakeServer(Reply(cached=cached)) as server:
        model = opened(server)
        reply = model.stream(HELLO)
        list(reply)
        model.complete(HELLO)
    assert reply.usage.tokens_cached == cached
    assert model.spent.tokens_cached == 2 * cached
