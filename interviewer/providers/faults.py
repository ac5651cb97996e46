"""Any provider's failure as a ModelError: a plain sentence and a kind. Knows how errors look, no provider's package."""

from __future__ import annotations

import logging
import re
from typing import Any, Literal

from interviewer.errors import ModelError

log = logging.getLogger(__name__)

Kind = Literal[
    "auth", "access", "quota", "rate", "server", "timeout", "stall", "connection", "dropped", "empty", "refused", "length",
    "context", "unknown_model", "request", "garbled", "data",
]  # fmt: skip

SENTENCES: dict[Kind, str] = {
    "auth": "did not accept the key: check it, or the account behind it",
    "access": "may not be used with this key or from here: check the account's rights, or choose another model",
    "quota": "says that the account's quota or credit is used up: top it up, or choose another model",
    "rate": "is asked too often just now (rate limit): wait a moment and try again",
    "server": "had an error on its side: try again in a moment",
    "timeout": "did not answer in time: try again",
    "stall": "began to answer and then stalled: try again",
    "connection": "could not be reached, or hung up: check the network and the base URL, then try again",
    "dropped": "broke off in the middle of its reply: try again",
    "empty": "gave an empty reply, which may be a refusal: try again, or choose another model",
    "refused": "declined to answer (refusal or content filter): try again, or choose another model",
    "length": "was cut off before its reply was complete (length limit): try again, or choose a model that may reply at greater length",
    "context": "was given more text than its context holds: choose a model with a larger one",
    "unknown_model": "is not known there: check the model's name and the base URL",
    "request": "refused the request: check the model's name and what it can do",
    "garbled": "sent something that is not a model's reply: check the base URL, then try again",
    "data": "answered with data where words were asked for: try again, or choose another model",
}

_CONTEXT = re.compile(r"context[ _](length|window)|(too many|input|prompt) tokens|prompt is too long|maximum context", re.I)
_QUOTA = re.compile(r"quota|billing|credit|insufficient_", re.I)
_SPENT = re.compile(r"insufficient_quota|exceeded your current quota|credit balance", re.I)
_RATE = re.compile(r"rate[ _]?limit|too many requests|resource_exhausted", re.I)
_FILTER = re.compile(r"content[ _](filter|management)|safety system|ContentFilter", re.I)
_UNKNOWN = re.compile(r"model_not_found|model [`'\"]?\S+ (does not exist|not found|is not found)|unknown model", re.I)
_KEY = re.compile(r"api[ _-]?key|authentication|credentials", re.I)
_BAD_KEY = re.compile(r"api[ _-]?key (is )?(not valid|invalid)|(invalid|incorrect)[ _]api[ _-]?key", re.I)
_OURS = re.compile(r"server_error|had an error|overloaded", re.I)
_SECRET = re.compile(
    r"\b(?:sk|pk|rk|gsk|hf|xai|key|token|AIza|ya29|AQ)[-_.*A-Za-z0-9]{6,}|\bBearer\s+\S+|\b(?=\w*\d)(?=\w*[A-Za-z])\w{20,}\b"
)
_STATUS: dict[int, Kind] = {
    401: "auth", 402: "quota", 403: "access", 404: "unknown_model", 408: "timeout", 413: "context", 504: "timeout",
}  # fmt: skip
LONGEST = 160  # characters of a provider's own words
MOST_WAIT = 3600.0  # seconds of a told wait beyond which it is no advice any more


def fault(name: str, kind: Kind, detail: str = "") -> ModelError:
    """The error to raise for model `name`."""
    return ModelError(f"The model {name} {SENTENCES[kind]}{f' ({detail})' if detail else ''}.", kind=kind)


def understood(error: Exception, name: str, begun: bool) -> ModelError:
    """What an exception from a provider means; `begun` says that part of the reply had already come."""
    kind = kind_of(error, begun)
    if kind == "garbled":  # also what nobody has foreseen: a person reads the sentence, the log says what it was
        log.warning("%s: %s: %s", name, type(error).__name__, plain(str(error)))
    told = fault(name, kind, _detail(error, kind))
    told.wait = _asked_wait(error) if kind in ("rate", "server") else 0.0
    return told


def plain(text: str) -> str:
    """A provider's words for people: one line, no JSON, no page, and whatever looks like a key left out."""
    words = " ".join(text.split())
    if re.match(r"<(!doctype|html|\?xml)", words, re.I):
        return ""
    words = _SECRET.sub("***", re.split(r"\s*-?\s*[{\[]", words, maxsplit=1)[0].rstrip(" .:,-"))
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 3]}..."


def kind_of(error: Exception, begun: bool = False) -> Kind:
    """The kind of failure, from status, code, class names and text, in this order of trust."""
    return _by_status(error) or _by_class(error, begun) or _by_text(error) or "garbled"


def status_of(error: Exception) -> int | None:
    """The HTTP status behind an exception, if it has one; some servers tell it in a body that came with status 200."""
    response = getattr(error, "response", None)
    codes = [getattr(error, "status_code", None), getattr(error, "code", None), getattr(response, "status_code", None)]
    return next((code for code in (*codes, _body(error).get("code")) if isinstance(code, int) and 400 <= code < 600), None)


def _by_status(error: Exception) -> Kind | None:
    status = status_of(error)
    if status is None:
        return None
    if status == 429:
        return "quota" if _QUOTA.search(_words(error)) else "rate"
    if status >= 500:
        return _STATUS.get(status, "server")
    if status in (400, 403, 404, 422):
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
    """What the words say; with a status the vague ones among them are not asked, the status is surer."""
    words, bare = _words(error), status_of(error) is None
    sure: dict[Kind, re.Pattern[str]] = {
        "context": _CONTEXT, "unknown_model": _UNKNOWN, "refused": _FILTER, "auth": _BAD_KEY, "quota": _SPENT,
    }  # fmt: skip
    vague: dict[Kind, re.Pattern[str]] = {"auth": _KEY, "rate": _RATE, "server": _OURS}
    return next((kind for kind, said in [*sure.items(), *(vague.items() if bare else ())] if said.search(words)), None)


def _words(error: Exception) -> str:
    """What an exception says of itself: text, code and body (a code is often in the body only)."""
    return " ".join(str(part) for part in (error, getattr(error, "code", ""), getattr(error, "body", "")) if part)


def _body(error: Exception) -> dict[str, Any]:
    """The error that a server sent as JSON, without the frame around it; {} when there is none."""
    for held in (getattr(error, "body", None), error.args[0] if error.args else None):
        if isinstance(held, dict):
            inner = held.get("error")
            return inner if isinstance(inner, dict) else held
    return {}


def _detail(error: Exception, kind: Kind) -> str:
    """What helps beyond the sentence: how long to wait, what was wrong with the request."""
    if kind in ("rate", "server"):
        return _wait(error)
    return plain(str(_body(error).get("message") or error)) if kind == "request" else ""


def _wait(error: Exception) -> str:
    """The wait in seconds that the server asks for, in words; "" when it asks for none."""
    seconds = _asked_wait(error)
    return f"it asks for {seconds:.0f} seconds" if 1 <= seconds <= MOST_WAIT else ""


def _asked_wait(error: Exception) -> float:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return float(headers.get("retry-after", 0))
    except ValueError:  # a date: rare, and of a clock that is not ours
        return 0.0
