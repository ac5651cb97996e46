"""Any provider's failure as a ModelError: a plain sentence and a kind. Knows how errors look, no provider's package."""

from __future__ import annotations

import re
from typing import Literal

from interviewer.errors import ModelError

Kind = Literal[
    "auth", "quota", "rate", "server", "timeout", "stall", "connection", "dropped", "empty", "refused", "length",
    "context", "unknown_model", "request", "garbled",
]  # fmt: skip

SENTENCES: dict[Kind, str] = {
    "auth": "did not accept the key: check it, or the account behind it",
    "quota": "says that the account's quota or credit is used up",
    "rate": "is asked too often just now (rate limit): wait a moment and try again",
    "server": "had an error on its side: try again in a moment",
    "timeout": "did not answer in time",
    "stall": "began to answer and then stalled",
    "connection": "could not be reached: check the network and the base URL",
    "dropped": "broke off in the middle of its reply",
    "empty": "gave an empty reply",
    "refused": "declined to answer (refusal or content filter)",
    "length": "was cut off before its reply was complete (length limit)",
    "context": "was given more text than its context holds",
    "unknown_model": "is not known there: check the model's name and the base URL",
    "request": "refused the request",
    "garbled": "sent something that is not a model's reply: check the base URL",
}

_CONTEXT = re.compile(r"context[ _](length|window)|(too many|input|prompt) tokens|prompt is too long|maximum context", re.I)
_QUOTA = re.compile(r"quota|billing|credit|insufficient_", re.I)
_FILTER = re.compile(r"content[ _](filter|management)|safety system|ContentFilter", re.I)
_UNKNOWN = re.compile(r"model_not_found|model [`'\"]?\S+ (does not exist|not found|is not found)|unknown model", re.I)
_KEY = re.compile(r"api[ _-]?key|authentication|credentials", re.I)
_STATUS: dict[int, Kind] = {401: "auth", 402: "quota", 403: "auth", 404: "unknown_model", 413: "context"}


def fault(name: str, kind: Kind, detail: str = "") -> ModelError:
    """The error to raise for model `name`."""
    return ModelError(f"The model {name} {SENTENCES[kind]}{f' ({detail})' if detail else ''}.", kind=kind)


def understood(error: Exception, name: str, begun: bool) -> ModelError:
    """What an exception from a provider means; `begun` says that part of the reply had already come."""
    kind = kind_of(error, begun)
    detail = _detail(error) if kind in ("request", "garbled") else ""
    return fault(name, kind, detail)


def kind_of(error: Exception, begun: bool = False) -> Kind:
    """The kind of failure, from status, code, class names and text, in this order of trust."""
    return _by_status(error) or _by_class(error, begun) or _by_text(error) or "garbled"


def status_of(error: Exception) -> int | None:
    """The HTTP status behind an exception, if it has one."""
    response = getattr(error, "response", None)
    found = (getattr(error, "status_code", None), getattr(error, "code", None), getattr(response, "status_code", None))
    return next((code for code in found if isinstance(code, int) and 400 <= code < 600), None)


def _by_status(error: Exception) -> Kind | None:
    status = status_of(error)
    if status is None:
        return None
    if status == 429:
        return "quota" if _QUOTA.search(_words(error)) else "rate"
    if status >= 500:
        return "server"
    if status in (400, 404, 422):
        return _by_text(error) or _STATUS.get(status, "request")
    return _STATUS.get(status, "request")


def _by_class(error: Exception, begun: bool) -> Kind | None:
    names = " ".join(kind.__name__ for kind in type(error).__mro__)
    if "ContextOverflow" in names:
        return "context"
    if "LengthFinish" in names:
        return "length"
    if "ContentFilter" in names or "Refusal" in names:
        return "refused"
    if "Timeout" in names:
        return "stall" if begun else "timeout"
    if re.search(r"Connect|RemoteProtocol|ReadError|NetworkError|IncompleteRead", names):
        return "dropped" if begun else "connection"
    return None


def _by_text(error: Exception) -> Kind | None:
    words = _words(error)
    if _CONTEXT.search(words):
        return "context"
    if _UNKNOWN.search(words):
        return "unknown_model"
    if _FILTER.search(words):
        return "refused"
    if "No generation chunks" in words:
        return "empty"
    if _KEY.search(words) and status_of(error) is None:
        return "auth"
    if re.search(r"server_error|had an error|overloaded", words, re.I):
        return "server"
    return None


def _words(error: Exception) -> str:
    """What an exception says of itself: text, code and body (a code is often in the body only)."""
    return " ".join(str(part) for part in (error, getattr(error, "code", ""), getattr(error, "body", "")) if part)


def _detail(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 160 else text[:157] + "..."
