"""Chat models by job, over real HTTP against a server of our own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from functools import partial

import pytest

from evals.fake_server import FAULTS, FakeServer, Reply
from interviewer.errors import ModelError, SetupError
from interviewer.faults import kind_of
from interviewer.models import ChatModel, open_model
from interviewer.reply import aloud
from interviewer.settings import Settings, load

HELLO = [("user", "Hello?")]


def settings(server: FakeServer | None = None, model: str = "openai:fake", **rest) -> Settings:
    given = {"api_key": "key", "base_url": server.url if server else "", "timeout": 0.4} | rest
    return load(model=model, model_interviewer=model, model_grader=model, **given)


def opened(server: FakeServer, job: str = "interviewer", **rest) -> ChatModel:
    return open_model(settings(server, **rest), job)


def failure(words) -> ModelError:
    with pytest.raises(ModelError) as caught:
        list(words)
    return caught.value


def test_importing_the_module_is_quick_and_brings_no_provider(tmp_path):
    code = (
        "import interviewer, sys, time; had = set(sys.modules); began = time.perf_counter(); "
        "import interviewer.models; print((time.perf_counter() - began) * 1000); "
        "print({m.split('.')[0] for m in set(sys.modules) - had})"
    )
    world = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"PYTHONPYCACHEPREFIX": str(tmp_path)}
    run = partial(subprocess.run, [sys.executable, "-c", code], env=world, capture_output=True, text=True, check=True)
    told = [run().stdout.splitlines() for _ in range(4)]
    assert min(float(lines[0]) for lines in told) < 20
    assert not any(name in told[0][1] for name in ("langchain", "openai", "pydantic", "tiktoken"))


def test_words_are_handed_on_while_the_model_still_speaks():
    with FakeServer(Reply("one two three four five six", fault="drip")) as server:
        reply = opened(server).stream(HELLO)
        began = time.perf_counter()
        assert next(reply) == "one "
        first = time.perf_counter() - began
        assert "".join(reply) == "two three four five six"
        assert time.perf_counter() - began > first + 0.2


def test_the_request_names_the_model_carries_the_key_and_asks_for_usage():
    with FakeServer() as server:
        list(opened(server).stream([("system", "Rules."), *HELLO]))
    asked = server.requests[0]
    assert asked["model"] == "fake"
    assert asked["stream_options"] == {"include_usage": True}
    assert [m["role"] for m in asked["messages"]] == ["system", "user"]
    assert server.keys == ["Bearer key"]


def test_a_server_of_ones_own_needs_no_key():
    with FakeServer() as server:
        assert "".join(opened(server, api_key="").stream(HELLO)) == Reply().text


def test_tokens_and_times_of_a_streamed_reply_are_known_at_its_end():
    with FakeServer(Reply("one two three four", delay=0.05)) as server:
        reply = opened(server).stream(HELLO)
        list(reply)
    assert reply.usage.tokens_out == 4
    assert reply.usage.tokens_in > 0
    assert 50 <= reply.usage.first <= reply.usage.whole < 400


def test_calls_from_several_threads_add_up():
    with FakeServer("one two three") as server:
        model = opened(server)
        threads = [threading.Thread(target=model.complete, args=(HELLO,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert model.spent.tokens_out == 18


STREAMED = {
    "401": "auth", "404": "unknown_model", "429": "rate", "quota": "quota", "500": "server", "context": "context",
    "silent": "timeout", "stall": "stall", "drop": "dropped", "cut": "dropped", "drip": "stall", "garbled": "garbled",
    "error_event": "server", "empty": "empty", "refusal": "empty", "filtered": "refused", "length": "length",
}  # fmt: skip
WHOLE = {
    "401": "auth", "404": "unknown_model", "429": "rate", "quota": "quota", "500": "server", "context": "context",
    "silent": "timeout", "drop": "connection", "empty": "empty", "refusal": "refused", "filtered": "refused",
    "length": "length",
}  # fmt: skip


@pytest.mark.parametrize(("fault", "kind"), STREAMED.items())
def test_every_failure_of_a_stream_is_a_model_error_in_one_plain_sentence(fault, kind):
    with FakeServer(FAULTS[fault]) as server:
        error = failure(opened(server).stream(HELLO))
    assert error.kind == kind
    assert str(error).startswith("The model openai:fake ")
    assert str(error).endswith(".")
    assert "\n" not in str(error)
    assert "sk-secret" not in str(error)


@pytest.mark.parametrize(("fault", "kind"), WHOLE.items())
def test_every_failure_of_a_whole_reply_is_a_model_error(fault, kind):
    with FakeServer(FAULTS[fault]) as server, pytest.raises(ModelError) as caught:
        opened(server).complete(HELLO)
    assert caught.value.kind == kind


def test_a_web_page_at_the_base_url_is_a_model_error_too():
    with FakeServer(FAULTS["page"]) as server:
        model = opened(server)
        with pytest.raises(ModelError, match="base URL"):
            model.complete(HELLO)
        assert failure(model.stream(HELLO)).kind in ("empty", "garbled")


def test_nobody_at_the_address_is_a_connection_failure():
    with FakeServer() as server:
        pass
    assert failure(opened(server).stream(HELLO)).kind == "connection"


def test_a_passing_rate_limit_is_tried_again_by_itself():
    with FakeServer(FAULTS["429"], "Go on.") as server:
        assert "".join(opened(server).stream(HELLO)) == "Go on."
    assert len(server.requests) == 2


def test_a_reply_that_breaks_off_is_not_silently_asked_for_again():
    with FakeServer(FAULTS["drop"], "Another text.") as server:
        heard = []
        with pytest.raises(ModelError):
            heard.extend(word for word in _noting(opened(server).stream(HELLO), heard))
    assert heard == ["What ", "would "]
    assert len(server.requests) == 1


def _noting(words, heard):
    for word in words:
        heard.append(word)
        yield from ()


def test_closing_a_reply_hangs_up():
    with FakeServer(FAULTS["drip"]) as server:
        reply = opened(server, timeout=20).stream(HELLO)
        next(reply)
        reply.close()
        until = time.perf_counter() + 3
        while not server.left and time.perf_counter() < until:
            time.sleep(0.02)
    assert server.left == 1


def test_json_is_asked_for_where_the_server_takes_it():
    with FakeServer("{}") as server:
        assert opened(server).complete(HELLO) == "{}"
        opened(server).complete(HELLO, json=False)
    assert server.requests[0]["response_format"] == {"type": "json_object"}
    assert "response_format" not in server.requests[1]


def test_a_server_that_refuses_json_mode_is_asked_without_and_not_bothered_again():
    with FakeServer(FAULTS["no_json"], "{}") as server:
        model = opened(server)
        assert model.complete(HELLO) == "{}"
        assert model.complete(HELLO) == "{}"
    assert ["response_format" in asked for asked in server.requests] == [True, False, False]


@pytest.mark.parametrize(
    ("pieces", "spoken"),
    [
        (["<think>secret", " plan</think>", "\n\nHello", " you"], ["Hello", " you"]),
        (["<th", "ink>secret</thi", "nk> Hello"], ["Hello"]),
        (["\n", " Hello", " <think>"], ["Hello", " <think>"]),
        (["<", "5 ms"], ["<5 ms"]),
        (["<think>never closed"], []),
        (["<"], ["<"]),
    ],
)
def test_what_a_model_thinks_in_tags_is_not_spoken(pieces, spoken):
    assert list(aloud(pieces)) == spoken


def test_a_reply_that_is_only_thought_is_empty():
    with FakeServer("<think>I wonder.</think>") as server:
        assert failure(opened(server).stream(HELLO)).kind == "empty"


def test_without_a_key_the_mend_is_named():
    with pytest.raises(SetupError, match="OPENAI_API_KEY"):
        open_model(settings(api_key=""), "interviewer")


def test_an_embedded_job_has_no_model_to_open():
    with pytest.raises(SetupError, match="embedded"):
        open_model(settings(model="embedded"), "grader")


def test_a_missing_package_is_answered_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "langchain_anthropic", None)
    with pytest.raises(SetupError, match=r"pip install 'ml-design-interviewer\[anthropic\]'"):
        open_model(settings(model="anthropic:claude"), "interviewer")


def test_an_unknown_provider_is_a_setup_error_of_one_line():
    with pytest.raises(SetupError, match="nosuch") as caught:
        open_model(settings(model="nosuch:name"), "interviewer")
    assert "\n" not in str(caught.value)


class Overloaded(Exception):
    status_code = 529


class Exhausted(Exception):
    code = 429


class ReadTimeout(Exception): ...


class NoSuchModel(Exception):
    status_code = 404


@pytest.mark.parametrize(
    ("error", "begun", "kind"),
    [
        (Overloaded("overloaded_error"), False, "server"),
        (Exhausted("RESOURCE_EXHAUSTED"), False, "rate"),
        (Exhausted("You exceeded your current quota"), False, "quota"),
        (ReadTimeout(), False, "timeout"),
        (ReadTimeout(), True, "stall"),
        (ConnectionResetError(), False, "connection"),
        (ConnectionResetError(), True, "dropped"),
        (NoSuchModel("model 'llama9' not found"), False, "unknown_model"),
        (ValueError("prompt is too long: 250000 tokens"), False, "context"),
        (TypeError("Could not resolve authentication method"), False, "auth"),
        (KeyError("choices"), False, "garbled"),
    ],
)
def test_errors_of_other_providers_are_known_by_their_looks(error, begun, kind):
    assert kind_of(error, begun) == kind
