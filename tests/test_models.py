"""Chat models by job, over real HTTP against a server of our own."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
import time
import types
from functools import partial

import pytest
from langchain.chat_models.base import _get_chat_model_creator
from langchain_core.messages import convert_to_messages
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from evals.fake_server import FAULTS, FakeServer, Reply
from interviewer.errors import ModelError, SetupError
from interviewer.providers.faults import kind_of
from interviewer.providers.models import ChatModel, open_model
from interviewer.providers.reply import aloud
from interviewer.settings import Settings, load
from interviewer.speaking.model_voice import BUDGET

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
        "import interviewer.providers.models; print((time.perf_counter() - began) * 1000); "
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
        assert "".join(opened(server, "grader").stream(HELLO)) == "Go on."
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


# --- other providers: what reaches their classes, under the names that those have -----------------------------------------


class Strict(BaseModel):
    """A class of a provider's package as far as we use it: fields, aliases and key variables as in the package; nothing else is taken."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class ChatAnthropic(Strict):  # langchain-anthropic 1.7
    model: str = Field(alias="model_name")
    max_tokens: int | None = Field(None, alias="max_tokens_to_sample")
    default_request_timeout: float | None = Field(None, alias="timeout")
    max_retries: int = 2
    anthropic_api_url: str | None = Field(None, alias="base_url")
    anthropic_api_key: SecretStr = Field(
        alias="api_key", default_factory=lambda: SecretStr(os.environ.get("ANTHROPIC_API_KEY", ""))
    )


class ChatGoogleGenerativeAI(Strict):  # langchain-google-genai 3.2
    model: str
    timeout: float | None = Field(None, alias="request_timeout")
    max_retries: int = Field(6, alias="retries")
    base_url: str | None = None
    google_api_key: SecretStr | None = Field(
        alias="api_key", default_factory=lambda: SecretStr(os.environ.get("GOOGLE_API_KEY", ""))
    )


class ChatOllama(Strict):  # langchain-ollama 1.1
    model: str
    base_url: str | None = None
    client_kwargs: dict | None = {}
    num_ctx: int | None = None


PACKAGES = {
    "anthropic": ("langchain_anthropic", ChatAnthropic),
    "google_genai": ("langchain_google_genai", ChatGoogleGenerativeAI),
    "ollama": ("langchain_ollama", ChatOllama),
}


@pytest.fixture
def packages(monkeypatch):
    """The packages of the extras, as if they were installed."""
    _get_chat_model_creator.cache_clear()
    for name, kind in PACKAGES.values():
        module = types.ModuleType(name)
        setattr(module, kind.__name__, kind)
        monkeypatch.setitem(sys.modules, name, module)
    yield
    _get_chat_model_creator.cache_clear()


def made(provider: str, job: str = "grader", **rest):
    """The object of the provider's package that is behind a job."""
    return open_model(load(model=f"{provider}:name", **({"timeout": 7} | rest)), job)._chat


def test_anthropic_is_given_time_tries_length_and_its_own_key_and_not_that_of_openai(packages):
    chat = made("anthropic", api_key="openai's", base_url="http://openai/v1", anthropic_key="anthropic's")
    assert (chat.default_request_timeout, chat.max_retries, chat.max_tokens) == (7, 3, 8192)
    assert chat.anthropic_api_key.get_secret_value() == "anthropic's"
    assert chat.anthropic_api_url is None


def test_google_counts_the_first_try_too_so_it_is_given_one_more(packages):
    chat = made("google_genai", google_key="google's")
    assert (chat.timeout, chat.max_retries) == (7, 4)
    assert chat.google_api_key.get_secret_value() == "google's"
    assert open_model(load(model="google_genai:name", google_key="k"), "grader", retries=0)._chat.max_retries == 1


def test_ollama_is_given_its_time_limit_and_room_for_a_whole_interview_and_needs_no_key(packages):
    chat = made("ollama", base_url_grader="http://box:11434")
    assert chat.client_kwargs == {"timeout": 7}
    assert chat.num_ctx >= BUDGET + 4000
    assert chat.base_url == "http://box:11434"


@pytest.mark.parametrize("provider", ["anthropic", "google_genai"])
def test_another_provider_without_a_key_is_told_which_to_set(packages, provider):
    with pytest.raises(SetupError, match={"anthropic": "ANTHROPIC_API_KEY", "google_genai": "GOOGLE_API_KEY"}[provider]):
        made(provider)


@pytest.mark.parametrize("provider", PACKAGES)
def test_an_address_and_a_key_of_one_job_reach_any_provider(packages, provider):
    chat = made(provider, base_url_grader="http://own/v1", api_key_grader="own")
    assert "http://own/v1" in (getattr(chat, "base_url", None), getattr(chat, "anthropic_api_url", None))
    if provider != "ollama":
        key = next(getattr(chat, field) for field in type(chat).model_fields if field.endswith("_api_key"))
        assert key.get_secret_value() == "own"


def test_azure_is_asked_at_its_endpoint_with_its_own_key_whatever_is_set_for_openai(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "openai's")
    with FakeServer("Good morning.") as server:
        root = server.url.removesuffix("/v1")
        azure = load(model="azure_openai:mine", azure_endpoint=root, azure_version="2024-10-21", azure_key="azure's", timeout=7)
        model = open_model(azure, "interviewer")
        reply = model.stream(HELLO)
        assert "".join(reply) == "Good morning."
    assert reply.usage.tokens_out == 2
    assert server.keys == [""]  # OpenAI's would be here, Azure's goes in a header of its own
    assert model._chat.root_client.api_key == "azure's"
    assert (model._chat.max_retries, model._chat.request_timeout) == (0, 7)


@pytest.mark.parametrize("missing", ["azure_endpoint", "azure_version"])
def test_azure_without_endpoint_or_version_is_told_which_to_set(missing):
    given = {"azure_endpoint": "http://azure", "azure_version": "2024-10-21", "azure_key": "k"}
    with pytest.raises(
        SetupError, match={"azure_endpoint": "AZURE_OPENAI_ENDPOINT", "azure_version": "OPENAI_API_VERSION"}[missing]
    ):
        made("azure_openai", **{name: value for name, value in given.items() if name != missing})


def test_two_jobs_can_be_asked_at_two_servers_with_two_keys():
    with FakeServer("Here.") as here, FakeServer("There.") as there:
        both = load(model="openai:a", base_url=here.url, api_key="first", base_url_grader=there.url, api_key_grader="second")
        assert open_model(both, "interviewer").complete(HELLO) == "Here."
        assert open_model(both, "grader").complete(HELLO) == "There."
    assert (here.keys, there.keys) == (["Bearer first"], ["Bearer second"])


class Kept:
    """A chat object that keeps what it is asked and says nothing."""

    def stream(self, messages):
        self.asked = messages
        yield from ()


@pytest.mark.parametrize("provider", ["anthropic", "openai"])
def test_anthropic_is_asked_to_keep_the_rules_and_what_was_said_before_and_nobody_else_is(provider):
    chat = Kept()
    with pytest.raises(ModelError):
        list(
            ChatModel(chat, f"{provider}:x", 1.0).stream(
                [("system", "Rules."), ("user", "a"), ("assistant", "b"), ("user", "new")]
            )
        )
    kept = [content[0]["text"] for _, content in chat.asked if isinstance(content, list) and content[0]["cache_control"]]
    assert kept == (["Rules.", "b"] if provider == "anthropic" else [])
    assert chat.asked[-1] == ("user", "new")
    assert [message.type for message in convert_to_messages(chat.asked)] == ["system", "human", "ai", "human"]


def test_a_single_message_is_kept_for_nobody():
    chat = Kept()
    with pytest.raises(ModelError):
        list(ChatModel(chat, "anthropic:x", 1.0).stream([("user", "new")]))
    assert chat.asked == [("user", "new")]


# --- tries, pictures, what a call took ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("job", "tries"), [("interviewer", 1), ("assessor", 2), ("grader", 4), ("eyes", 4)])
def test_somebody_who_waits_is_not_kept_waiting_by_many_tries(job, tries):
    with FakeServer(FAULTS["429"]) as server, pytest.raises(ModelError):
        opened(server, job).complete(HELLO)
    assert len(server.requests) == tries


def test_a_picture_goes_along_with_the_words_as_a_data_address():
    with FakeServer("client -> gateway") as server:
        model = opened(server, "eyes")
        assert model.see("Read it.", "What is drawn?", b"\x89PNG...", "image/png") == "client -> gateway"
    system, user = server.requests[0]["messages"]
    assert system["content"] == "Read it."
    assert user["content"][0] == {"type": "text", "text": "What is drawn?"}
    data = user["content"][1]["image_url"]["url"].removeprefix("data:image/png;base64,")
    assert base64.b64decode(data) == b"\x89PNG..."
    assert "response_format" not in server.requests[0]
    assert model.spent.tokens_in > 0


def test_a_model_that_cannot_see_is_a_model_error():
    blind = Reply(status=400, code="invalid_request_error", message="This model does not support image input.")
    with FakeServer(blind) as server, pytest.raises(ModelError, match="image input"):
        opened(server, "eyes").see("", "What is drawn?", b"...", "image/png")
    assert len(server.requests) == 1


def test_what_one_call_took_is_told_with_its_reply_and_the_sum_with_the_model():
    with FakeServer("one two three", Reply("one two", cached=7)) as server:
        model = opened(server)
        first, second = model.ask(HELLO), model.ask(HELLO)
    assert (first.usage.tokens_out, second.usage.tokens_out) == (3, 2)
    assert (first.usage.tokens_cached, second.usage.tokens_cached) == (0, 7)
    assert (model.spent.tokens_out, model.spent.tokens_cached, model.calls) == (5, 7, 2)


def test_cached_tokens_of_a_stream_are_known_too():
    with FakeServer(Reply("one two", cached=5)) as server:
        reply = opened(server).stream(HELLO)
        list(reply)
    assert reply.usage.tokens_cached == 5


def test_a_reply_that_cannot_be_used_was_paid_for_all_the_same():
    with FakeServer(FAULTS["length"]) as server:
        model = opened(server)
        with pytest.raises(ModelError):
            model.complete(HELLO, json=False)
    assert model.spent.tokens_out > 0
