"""What all cells of the fault table stand on: a server that fails when told to, an office on it, and the checks of what is read."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from evals.fake_server import FakeServer, Reply
from evals.faults import KEY, MODEL, REFUSED, UNREADABLE, Row
from interviewer.interview import Interview
from interviewer.office import Office
from interviewer.providers.faults import SENTENCES
from interviewer.settings import EMBEDDED, JOBS, load
from interviewer.state import Terms

WORDS = "Thank you for waiting. What would you measure first?"
ANSWER = "I would use a two-tower model, because the video side can be computed ahead of time."
SECOND = "I would keep the index in memory on each replica and refresh it every hour."
LONGEST = 320  # characters of what a candidate reads of one failure
_ADVICE = re.compile(r"\b(try again|grade again|check|choose|top it up|wait)\b")
_NOT_PLAIN = re.compile(r"[{}<>\n]|Traceback|Error code|errors\.pydantic|File \"")

Body = dict[str, Any]


class Cell(NamedTuple):
    """What one fault came to: what the candidate reads of it ("" when nobody notices it), and what is not as it must be."""

    read: str
    problems: tuple[str, ...]


class Failing:
    """A server that answers by `good`, fails by a row from when it is told to, and answers well again when it is mended.

    `data` makes the JSON that a row may put in a reply's place; only requests that `hit` is true of fail.
    """

    def __init__(self, row: Row, good: Callable[[Body], Reply], data: Callable[[Body], str], hit: Callable[[Body], bool] = bool):
        self._row, self._good, self._data, self._hit = row, good, data, hit
        self.hits = 0
        self.server = FakeServer(good)

    def __enter__(self) -> Failing:
        self.server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__()

    def fail(self) -> None:
        """From now on it fails."""
        self.hits = 0
        if self._row.name == REFUSED:
            self.server.__exit__()
        else:
            self.server.play(self._bent)

    def mend(self) -> None:
        """From now on it answers well."""
        if self._row.name == REFUSED:
            self.server = FakeServer(self._good, port=self.server.port).__enter__()
        else:
            self.server.play(self._good)

    def _bent(self, body: Body) -> Reply:
        good = self._good(body)
        if not self._hit(body):
            return good
        self.hits += 1
        return good if self._row.once and self.hits > 1 else self._row.bend(good, self._data(body))


class House:
    """An office whose models are servers of ours, with a record in `home`; `cases` is the folder of its cases, None for ours.

    `timeout` is in seconds, for each try.
    """

    def __init__(self, home: Path, case: str, cases: Path | None = None, timeout: float = 0.3):
        self.case = case
        places = {"home": home, "cases": cases, "base_url": "http://127.0.0.1:9"}
        models = {"model": MODEL} | {f"model_{job}": MODEL for job in JOBS}
        self.office = Office(load(**models, **places, api_key=KEY, timeout=timeout, embedding=EMBEDDED))
        _ = self.office.index  # a first reply may wait for it, and here replies are timed

    def start(self, **models: str) -> Interview:
        """A new interview; who is not named in `models` is embedded."""
        return self.office.start(Terms(case=self.case, models=dict.fromkeys(JOBS, EMBEDDED) | models))

    def at(self, **places: str) -> None:
        """Models that are opened from now on are asked there: `base_url`, or `base_url_JOB` for one job."""
        keys = {name.replace("base_url", "api_key"): KEY for name in places}
        cleared = {f"{part}_{job}": "" for part in ("base_url", "api_key") for job in JOBS}
        self.office.settings = self.office.settings.model_copy(update=cleared | places | keys)

    def kept(self, ident: str, texts: list[str]) -> list[str]:
        """Whether the record holds these turns and nothing else."""
        return unlike("the record", [turn.text for turn in self.office.archive.turns(ident)], texts)


def unlike(what: str, found: object, wanted: object) -> list[str]:
    """The problem that one thing is not as the other; none when it is."""
    return [] if found == wanted else [f"{what}: {found!r} and not {wanted!r}"]


def odd(text: str, kind: str) -> list[str]:
    """What is wrong with what a person reads of a failure of this kind."""
    known = kind == UNREADABLE or f"he model {MODEL} {SENTENCES.get(kind)}" in text  # type: ignore[call-overload]
    wrong = [] if known else [f"not {kind!r}"]
    wrong += ["does not name the model"] if MODEL not in text else []
    wrong += ["does not say what to do"] if not _ADVICE.search(text) else []
    wrong += [f"is not plain: {found[0]!r}"] if (found := _NOT_PLAIN.search(text)) else []
    wrong += ["tells the key"] if KEY in text or KEY[3:] in text else []
    wrong += ["is too long"] if len(text) > LONGEST * max(1, text.count("The model ")) else []
    return [f"what is read {why}: {text!r}" for why in wrong]


@contextmanager
def overheard() -> Iterator[list[str]]:
    """All that is logged meanwhile, by anybody, at any level."""
    told: list[str] = []
    listening = logging.Handler()
    listening.emit = lambda record: told.append(logging.Formatter().format(record))  # type: ignore[method-assign]
    root = logging.getLogger()
    level = root.level
    root.addHandler(listening)
    root.setLevel(logging.DEBUG)
    try:
        yield told
    finally:
        root.removeHandler(listening)
        root.setLevel(level)
