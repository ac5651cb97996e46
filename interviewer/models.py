"""Chat models by job, through LangChain: opened late, asked in plain words. Knows no interview, prompt or case."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from interviewer.errors import SetupError
from interviewer.faults import status_of, understood
from interviewer.reply import Reply, Usage, aloud, check, ending, usage_of

if TYPE_CHECKING:
    from interviewer.settings import Job, Settings

__all__ = ["ChatModel", "Message", "Reply", "Usage", "open_model"]

Message = tuple[str, str]  # ("system", "user" or "assistant", text)

RETRIES = {"interviewer": 1, "grader": 3}  # a candidate is waiting for the first, nobody for the second
_OBJECT = {"response_format": {"type": "json_object"}}
_TAKE_OBJECT = ("openai", "azure_openai", "deepseek", "fireworks", "groq", "mistralai", "openrouter", "together", "xai")
JSON_MODE: dict[str, dict[str, Any]] = {**dict.fromkeys(_TAKE_OBJECT, _OBJECT), "ollama": {"format": "json"}}
EXTRAS = {"anthropic": "anthropic", "google_genai": "google", "ollama": "ollama"}  # provider: extra of our package


class ChatModel:
    """One open model, safe to share between threads. `spent` is the sum of all its calls so far."""

    def __init__(self, chat: Any, name: str, timeout: float):
        self.name, self.spent = name, Usage()
        self._chat, self._timeout = chat, timeout
        self._json = JSON_MODE.get(name.partition(":")[0], {})
        self._lock = threading.Lock()

    def stream(self, messages: Sequence[Message]) -> Reply:
        """The reply as it comes. The request leaves when the first word is asked for; ModelError while iterating."""
        return Reply(self._chat.stream(list(messages)), self.name, self._timeout, self._spend)

    def complete(self, messages: Sequence[Message], json: bool = True) -> str:
        """The whole reply, as JSON where the provider can be asked for it. ModelError when it is not whole."""
        began = time.perf_counter()
        try:
            message = self._invoke(list(messages), self._json if json else {})
        except Exception as error:  # whatever the provider's package raises: there is no common root to name
            raise understood(error, self.name, begun=False) from error
        self._spend(usage_of(message.usage_metadata, began, 0.0, time.perf_counter()))
        text = "".join(aloud([str(message.text)])).strip()
        check(self.name, ending(message), not text, bool(message.additional_kwargs.get("refusal")))
        return text

    def _invoke(self, messages: list[Message], options: dict[str, Any]) -> Any:
        try:
            return self._chat.invoke(messages, **options)
        except Exception as error:
            if not options or status_of(error) not in (400, 415, 422) or "response_format" not in str(error):
                raise
            self._json = {}  # this server does not take it: it is not asked again
            return self._chat.invoke(messages)

    def _spend(self, usage: Usage) -> None:
        with self._lock:
            self.spent = self.spent.plus(usage)


def open_model(settings: Settings, job: Job) -> ChatModel:
    """The model that `settings` name for a job. The first call imports its package (a second or two).

    SetupError when the job is embedded, the provider or its package is missing, or a key is; nothing is asked over the
    network, so an unknown name or a wrong key shows at the first reply. Each try may take `settings.timeout` seconds.
    """
    name = settings.model_for(job)
    provider, _, model = name.partition(":")
    if not model:
        raise SetupError(f"The {job} is {name}: there is no model to open; set INTERVIEWER_MODEL=PROVIDER:NAME")
    options = _options(settings, provider, RETRIES[job])
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


def _options(settings: Settings, provider: str, retries: int) -> dict[str, Any]:
    """What a provider's class is opened with."""
    if provider == "ollama":  # takes its time limit in another place and knows no retries
        return {"client_kwargs": {"timeout": settings.timeout}}
    common: dict[str, Any] = {"timeout": settings.timeout, "max_retries": retries}
    if provider != "openai":
        return common
    if not settings.api_key and not settings.base_url:
        raise SetupError("OPENAI_API_KEY is not set: put it into the environment or .env, or set INTERVIEWER_MODEL=embedded")
    own = {"base_url": settings.base_url, "use_responses_api": False} if settings.base_url else {}
    return common | own | {"api_key": settings.api_key or "none", "stream_usage": True}


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
