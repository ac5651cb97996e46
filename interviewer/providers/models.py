"""Chat models by job, through LangChain: opened late, asked in plain words. Knows no interview, prompt or case."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from interviewer.errors import SetupError
from interviewer.providers.faults import status_of, understood
from interviewer.providers.reply import Reply, Usage, aloud, check, ending, usage_of

if TYPE_CHECKING:
    from interviewer.settings import Job, Settings

__all__ = ["ChatModel", "Message", "Reply", "Usage", "Whole", "open_model"]

Message = tuple[str, str]  # ("system", "user" or "assistant", text)

# tries after the first by the provider's package, which waits as long as a server asks: nobody does so for a turn (ModelVoice tries again)
RETRIES: dict[Job, int] = {"interviewer": 0, "assessor": 1, "grader": 3, "eyes": 3, "candidate": 3, "judge": 3}
_OBJECT = {"response_format": {"type": "json_object"}}
_TAKE_OBJECT = ("openai", "azure_openai", "deepseek", "fireworks", "groq", "mistralai", "openrouter", "together", "xai")
JSON_MODE: dict[str, dict[str, Any]] = {
    **dict.fromkeys(_TAKE_OBJECT, _OBJECT), "ollama": {"format": "json"},
    "google_genai": {"response_mime_type": "application/json"},
}  # fmt: skip
EXTRAS = {"anthropic": "anthropic", "google_genai": "google", "ollama": "ollama"}  # provider: extra of our package
LONGEST_REPLY = 8_192  # tokens; Anthropic wants a limit, and LangChain's own for a model it does not know is half of this
LOCAL_CONTEXT = 32_768  # tokens; Ollama's own default is a fraction of an interview, and it cuts the beginning off without a word


class Whole(NamedTuple):
    """A whole reply and what the call took."""

    text: str
    usage: Usage


class ChatModel:
    """One open model, safe to share between threads. `spent` is the sum of all its calls so far, `calls` their number."""

    def __init__(self, chat: Any, name: str, timeout: float):
        self.name, self.spent, self.calls = name, Usage(), 0
        self._chat, self._timeout = chat, timeout
        self._json = JSON_MODE.get(name.partition(":")[0], {})
        self._lock = threading.Lock()

    @property
    def json_mode(self) -> bool:
        """Whether JSON can be asked for by more than words: known after the first reply."""
        return bool(self._json)

    def stream(self, messages: Sequence[Message]) -> Reply:
        """The reply as it comes. The request leaves when the first word is asked for; ModelError while iterating."""
        asked = _marked(messages) if self.name.startswith("anthropic:") else list(messages)
        return Reply(self._chat.stream(asked), self.name, self._timeout, self._spend)

    def complete(self, messages: Sequence[Message], json: bool = True) -> str:
        """The whole reply, as JSON where the provider can be asked for it. ModelError when it is not whole."""
        return self.ask(messages, json).text

    def ask(self, messages: Sequence[Message], json: bool = True) -> Whole:
        """The same, with what this one call took."""
        return self._whole(list(messages), self._json if json else {})

    def see(self, system: str, text: str, image: bytes, mime: str) -> str:
        """The whole reply to `text` with a picture beside it: `image` as it is in its file, `mime` for example "image/png"."""
        address = f"data:{mime};base64,{base64.b64encode(image).decode()}"
        parts = [{"type": "text", "text": text}, {"type": "image_url", "image_url": {"url": address}}]
        return self._whole([("system", system), ("user", parts)], {}).text

    def _whole(self, messages: list[Any], options: dict[str, Any]) -> Whole:
        began = time.perf_counter()
        try:
            message = self._invoke(messages, options)
        except Exception as error:  # whatever the provider's package raises: there is no common root to name
            raise understood(error, self.name, begun=False) from error
        usage = usage_of(message.usage_metadata, began, 0.0, time.perf_counter())
        self._spend(usage)
        text = "".join(aloud([str(message.text)])).strip()
        check(self.name, ending(message), not text, bool(message.additional_kwargs.get("refusal")))
        return Whole(text, usage)

    def _invoke(self, messages: list[Any], options: dict[str, Any]) -> Any:
        try:
            return self._chat.invoke(messages, **options)
        except Exception as error:
            if status_of(error) not in (400, 415, 422) or not any(option in str(error) for option in options):
                raise
            self._json = {}  # this server does not take it: it is not asked again
            return self._chat.invoke(messages)

    def _spend(self, usage: Usage) -> None:
        with self._lock:
            self.spent, self.calls = self.spent.plus(usage), self.calls + 1


def _marked(messages: Sequence[Message]) -> list[Any]:
    """The messages for Anthropic, which keeps a prefix for the next call only where it is asked to: after the rules and before
    the newest message."""
    ends = {0, len(messages) - 2}
    kept = {"type": "text", "cache_control": {"type": "ephemeral"}}
    return [
        (role, [kept | {"text": text}]) if place in ends and place < len(messages) - 1 else (role, text)
        for place, (role, text) in enumerate(messages)
    ]


def open_model(settings: Settings, job: Job, retries: int | None = None) -> ChatModel:
    """The model that `settings` name for a job. The first call imports its package (a second or two).

    SetupError when the job is embedded, the provider or its package is missing, or a key is; nothing is asked over the
    network, so an unknown name or a wrong key shows at the first reply. Each try may take `settings.timeout` seconds;
    `retries` are the tries after the first (the job's own number when not given).
    """
    name = settings.model_for(job)
    provider, _, model = name.partition(":")
    if not model:
        raise SetupError(f"The {job} is {name}: there is no model to open; set INTERVIEWER_MODEL=PROVIDER:NAME")
    options = _options(settings, job, provider, RETRIES[job] if retries is None else retries)
    try:
        from langchain.chat_models import init_chat_model

        chat = init_chat_model(model, model_provider=provider, **options)
    except ImportError as error:
        raise SetupError(f"The model {name} needs a package that is not installed: {_install(provider)}") from error
    except Exception as error:  # each provider checks its own settings in its own way, mostly the key
        raise SetupError(f"The model {name} cannot be opened: {_first_line(error)}") from error
    if keyless := _empty_key(chat):
        raise SetupError(f"The model {name} has no key: set {keyless} in the environment, or INTERVIEWER_MODEL=embedded")
    return ChatModel(chat, name, settings.timeout)


def _options(settings: Settings, job: Job, provider: str, retries: int) -> dict[str, Any]:
    """What a provider's class is opened with, by its own names. What is not set is left to the class and the environment."""
    place, timeout = settings.place_for(job), settings.timeout
    ours = place.own or provider == "openai"  # the address and the key for all are OpenAI's
    url, key = (place.base_url, place.api_key) if ours else ("", "")
    common: dict[str, Any] = {"timeout": timeout, "max_retries": retries}
    match provider:
        case "openai":
            return common | _openai(url, key)
        case "azure_openai":
            own = {"azure_endpoint": url or settings.azure_endpoint, "api_version": settings.azure_version}
            return common | {"stream_usage": True} | _given(own, api_key=key or settings.azure_key)
        case "anthropic":
            return common | {"max_tokens": LONGEST_REPLY} | _given(base_url=url, api_key=key or settings.anthropic_key)
        case "google_genai":  # counts the first try too, and takes a zero for "as often as you like"
            return common | {"max_retries": retries + 1} | _given(base_url=url, api_key=key or settings.google_key)
        case "ollama":  # takes its time limit in another place and knows no retries
            return {"client_kwargs": {"timeout": timeout}, "num_ctx": LOCAL_CONTEXT} | _given(base_url=url)
        case _:
            return common | _given(base_url=url, api_key=key)


def _openai(url: str, key: str) -> dict[str, Any]:
    """For OpenAI, and for any server that speaks its protocol; such a one may want no key."""
    if not key and not url:
        raise SetupError("OPENAI_API_KEY is not set: put it into the environment or .env, or set INTERVIEWER_MODEL=embedded")
    own = {"base_url": url, "use_responses_api": False} if url else {}
    return own | {"api_key": key or "none", "stream_usage": True}


def _given(options: dict[str, str] | None = None, **more: str) -> dict[str, str]:
    return {name: value for name, value in ((options or {}) | more).items() if value}


def _install(provider: str) -> str:
    if provider in EXTRAS:
        return f"pip install 'ml-design-interviewer[{EXTRAS[provider]}]'"
    return f"pip install langchain-{provider.replace('_', '-')}"


def _empty_key(chat: Any) -> str:
    """The name of a key that a provider's class wants and has not got; some say so only when first asked."""
    for field in getattr(type(chat), "model_fields", {}):
        reveal = getattr(getattr(chat, field, None), "get_secret_value", None)
        if field.endswith("_api_key") and reveal and not reveal():
            return field.upper()
    return ""


def _first_line(error: Exception) -> str:
    """What a package says is wrong, in one line: pydantic's own frame around it left out."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    said = next((line for line in lines if " [type=" in line), lines[0])
    return said.partition(" [type=")[0].removeprefix("Value error, ")
