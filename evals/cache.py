"""Replies of models that were paid for once: kept in SQLite by model, messages, job, case, repeat and turn. Knows no suite."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from interviewer.providers.models import ChatModel, Message, Whole
from interviewer.providers.reply import Reply, Usage

_TABLE = "create table if not exists replies (key text primary key, text text not null, usage text not null)"


class Cache:
    """A file of replies, safe to share between threads and processes."""

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
        self._base.execute("pragma journal_mode=wal")
        self._base.execute(_TABLE)

    def get(self, key: str) -> Whole | None:
        with self._lock:
            found = self._base.execute("select text, usage from replies where key = ?", (key,)).fetchone()
        return Whole(found[0], Usage(*json.loads(found[1]))) if found else None

    def put(self, key: str, reply: Whole) -> None:
        with self._lock:
            self._base.execute("insert or replace into replies values (?, ?, ?)", (key, reply.text, json.dumps(reply.usage)))

    def close(self) -> None:
        self._base.close()


class CachedModel(ChatModel):
    """A chat model that asks the cache first. `spent` counts as if every call were made; `fresh` only those that were.

    `mark` says what the calls belong to (job, case, repeat). The same request a second time within one sample is another
    request (graders that repeat themselves must not read their first answer), so calls are counted by content.
    """

    def __init__(self, model: ChatModel, cache: Cache, mark: Sequence[str | int]):
        self.name, self.spent, self.calls, self.fresh = model.name, Usage(), 0, Usage()
        self._model, self._cache, self._mark = model, cache, [model.name, *map(str, mark)]
        self._lock = threading.Lock()
        self._seen: Counter[str] = Counter()

    @property
    def json_mode(self) -> bool:
        return self._model.json_mode

    def ask(self, messages: Sequence[Message], json: bool = True) -> Whole:
        key = self._key(messages, "json" if json else "text")
        if kept := self._cache.get(key):
            self._spend(kept.usage)
            return kept
        reply = self._model.ask(messages, json)
        self._keep(key, reply)
        return reply

    def stream(self, messages: Sequence[Message]) -> Reply:
        key = self._key(messages, "stream")
        if kept := self._cache.get(key):
            self._spend(kept.usage)
            return _Kept(kept)
        return _Keeping(self._model.stream(messages), lambda reply: self._keep(key, reply))

    def _keep(self, key: str, reply: Whole) -> None:
        self._cache.put(key, reply)
        self._spend(reply.usage)
        with self._lock:
            self.fresh = self.fresh.plus(reply.usage)

    def _key(self, messages: Sequence[Message], how: str) -> str:
        asked = json.dumps([self._mark, how, list(messages)], ensure_ascii=False)
        with self._lock:
            self._seen[asked] += 1
            time = self._seen[asked]
        return hashlib.sha256(f"{asked}{time}".encode()).hexdigest()


class _Kept(Reply):
    """A reply that was kept, word by word."""

    def __init__(self, whole: Whole):
        self.usage = whole.usage
        self._pieces_left = iter(_words(whole.text))

    def __next__(self) -> str:
        return next(self._pieces_left)

    def close(self) -> None:
        self._pieces_left = iter(())


class _Keeping(Reply):
    """A reply as it comes, kept when it has come to its end; one that failed or was hung up on is not."""

    def __init__(self, reply: Reply, keep):
        self._reply, self._keep, self._text = reply, keep, ""

    @property
    def usage(self) -> Usage:  # type: ignore[override]
        return self._reply.usage

    def __next__(self) -> str:
        try:
            piece = next(self._reply)
        except StopIteration:
            self._keep(Whole(self._text, self._reply.usage))
            raise
        self._text += piece
        return piece

    def close(self) -> None:
        self._reply.close()


def _words(text: str) -> Iterator[str]:
    start = 0
    for place, sign in enumerate(text):
        if sign == " ":
            yield text[start : place + 1]
            start = place + 1
    if text[start:]:
        yield text[start:]
