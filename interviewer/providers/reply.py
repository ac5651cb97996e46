"""One reply of a chat model: its words as they come, its end, what it took. Knows LangChain's messages and no model."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any, NamedTuple

from interviewer.errors import ModelError
from interviewer.providers.faults import fault, understood

LENGTH = ("length", "max_tokens", "max_output_tokens", "model_context_window_exceeded")
REFUSED = ("content_filter", "refusal", "safety", "recitation", "blocklist", "prohibited_content")
ENDS_KNOWN = ("openai", "azure_openai", "anthropic", "ollama")  # providers that always say why a reply ended
REACH = 8  # characters that a marker of data may stretch over two pieces
_DATA = re.compile(r"```|\{\s*[\"'}]|\[\s*\{")
_DATA_FIRST = re.compile(r"\s*(?:\{|\[\s*[\"\[{]|<(?:!doctype|html|\?xml)\b)", re.IGNORECASE)


Counts = tuple[int, int, int]  # tokens in, out, cached


class Usage(NamedTuple):
    """What a call took: tokens by the provider's count (0 if it gives none), milliseconds to first word and end.

    `tokens_cached` are those of `tokens_in` that the provider had kept from an earlier call.
    """

    tokens_in: int = 0
    tokens_out: int = 0
    first: float = 0.0
    whole: float = 0.0
    tokens_cached: int = 0

    def plus(self, other: Usage) -> Usage:
        """Both together."""
        return Usage._make(mine + theirs for mine, theirs in zip(self, other, strict=True))


class Reply(Iterator[str]):
    """Words as they come. Iterate it once; `usage` is complete when the iteration has ended, however it ended.

    `chunks` are LangChain's; `limit` is the seconds from first to last chunk that a model may take. ModelError while
    iterating when the reply is not whole, or is data (JSON, code, a page) and no speech: what came before it is then to
    be thrown away.
    """

    def __init__(self, chunks: Generator[Any, None, None], name: str, limit: float, spend: Callable[[Usage], None]):
        self.usage = Usage()
        self._chunks, self._name, self._limit, self._spend = chunks, name, limit, spend
        self._end: str | None = None
        self._counts = (0, 0, 0)
        self._words = self._run()

    def __next__(self) -> str:
        return next(self._words)

    def close(self) -> None:
        """Hangs up."""
        self._words.close()

    def _run(self) -> Generator[str, None, None]:
        began = time.perf_counter()
        first, blank, tail = 0.0, True, ""
        try:
            for piece in aloud(self._pieces()):
                if (_DATA_FIRST.match(piece) and not first) or _DATA.search(tail + piece):
                    raise fault(self._name, "data")
                first, blank = first or time.perf_counter(), blank and not piece.strip()
                tail = (tail + piece)[-REACH:]
                yield piece
            check(self._name, self._end, blank)
        finally:
            self._chunks.close()
            self.usage = _usage(self._counts, began, first, time.perf_counter())
            self._spend(self.usage)

    def _pieces(self) -> Iterator[str]:
        """The chunks' texts, failures translated; a reply that drips for longer than the limit is a stall."""
        until: float | None = None
        try:
            for chunk in self._chunks:
                now = time.perf_counter()
                until = until or now + self._limit
                if now > until:
                    raise fault(self._name, "stall")
                self._end = ending(chunk) or self._end
                # some providers tell what came in at the beginning, what went out at the end
                self._counts = _sum(self._counts, counts(chunk.usage_metadata))
                if chunk.text:
                    yield str(chunk.text)
        except ModelError:
            raise
        except Exception as error:  # whatever the provider's package raises: there is no common root to name
            raise understood(error, self._name, begun=until is not None) from error


def check(name: str, end: str | None, blank: bool, refused: bool = False) -> None:
    """ModelError unless a reply of model `name` is whole: not refused, cut, broken off or empty."""
    if refused or end in REFUSED:
        raise fault(name, "refused")
    if end in LENGTH:
        raise fault(name, "length")
    if end is None and name.partition(":")[0] in ENDS_KNOWN:  # LangChain takes a stream that just stops for a whole one
        raise fault(name, "dropped")
    if blank:
        raise fault(name, "empty")


def aloud(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces without leading blanks and without a leading <think> part, which some open models send as text."""
    held, speaking = "", False
    for piece in pieces:
        if speaking:
            yield piece
            continue
        held = (held + piece).lstrip()
        if held.startswith("<think>"):
            held = held.partition("</think>")[2].lstrip() if "</think>" in held else held
        if held and not held.startswith("<think>") and not "<think>".startswith(held):
            speaking = True
            yield held
    if not speaking and held and not held.startswith("<think>"):
        yield held


def ending(message: Any) -> str | None:
    """Why a reply ended, in the provider's own word in lower case; None while it has not."""
    told = message.response_metadata
    details = told.get("incomplete_details") or {}
    words = (details.get("reason"), *(told.get(k) for k in ("finish_reason", "stop_reason", "done_reason", "status")))
    return next((str(word).lower() for word in words if word), None)


def usage_of(tokens: Any, began: float, first: float, ended: float) -> Usage:
    """Usage from LangChain's token counts, or None, and three readings of perf_counter (`first` 0: no word came)."""
    return _usage(counts(tokens), began, first, ended)


def counts(tokens: Any) -> Counts:
    """Tokens in, out, and of those that came in the cached ones, from LangChain's `usage_metadata`, or None."""
    told = tokens or {}
    cached = (told.get("input_token_details") or {}).get("cache_read") or 0
    return told.get("input_tokens") or 0, told.get("output_tokens") or 0, cached


def _sum(one: Counts, other: Counts) -> Counts:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _usage(taken: Counts, began: float, first: float, ended: float) -> Usage:
    return Usage(
        tokens_in=taken[0],
        tokens_out=taken[1],
        first=((first or ended) - began) * 1000,
        whole=(ended - began) * 1000,
        tokens_cached=taken[2],
    )
