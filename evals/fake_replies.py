"""What a fake model server may be told to reply, well or badly. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Reply:
    """One scripted reply. A `fault` comes after `after` words of a stream, in the middle of a whole reply; `delay` is seconds
    before its first word. `headers` go with a status that is not 200: by default a wait of a millisecond.
    """

    text: str = "What would you measure first?"
    status: int = 200
    code: str = ""
    message: str = ""
    ends: str = "stop"
    fault: Literal["", "silent", "stall", "drop", "cut", "drip", "garbled", "error_event", "page"] = ""
    after: int = 2
    refusal: str | None = None
    delay: float = 0.0
    headers: tuple[tuple[str, str], ...] = (("retry-after-ms", "1"),)
    cached: int = 0


FAULTS: dict[str, Reply] = {
    "401": Reply(status=401, code="invalid_api_key", message="Incorrect API key provided: sk-secret-1234."),
    "403": Reply(status=403, code="unsupported_country", message="Country, region, or territory not supported."),
    "404": Reply(status=404, code="model_not_found", message="The model `nope` does not exist."),
    "429": Reply(status=429, code="rate_limit_exceeded", message="Rate limit reached."),
    "quota": Reply(status=429, code="insufficient_quota", message="You exceeded your current quota."),
    "500": Reply(status=500, code="server_error", message="The server had an error."),
    "503": Reply(status=503, code="service_unavailable", message="The engine is overloaded."),
    "context": Reply(status=400, code="context_length_exceeded", message="This is too long for a window of 8192."),
    "no_json": Reply(status=400, code="bad_request", message="'response_format.type' must be 'text'"),
    "bad_request": Reply(status=400, code="bad_request", message="Unsupported value: 'temperature' for sk-secret-1234."),
    "blocked": Reply(
        status=400,
        code="content_filter",
        message="The response was filtered: the prompt triggered the content management policy.",
    ),
    "error_event": Reply(fault="error_event", code="server_error", message="The server had an error."),
    "broken_json": Reply(text='{"verdicts": [{"criterion":'),
    "empty": Reply(text=""),
    "refusal": Reply(text="", refusal="I cannot help with that."),
    "filtered": Reply(ends="content_filter"),
    "length": Reply(ends="length"),
    "drip": Reply(text="word " * 200, fault="drip"),
    **{fault: Reply(fault=fault) for fault in ("silent", "stall", "drop", "cut", "garbled", "page")},
}
