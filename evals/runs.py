"""A run of evals as a file: a head, a row a sample, its end with the figures, one JSON object a line. Values only.

A row is on disk before the next sample is waited for, and a last line that was torn by a crash is passed over, so that a run can be
taken up where it stopped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from interviewer.errors import InputError

Better = Literal["more", "less", ""]
Cells = tuple[str | float | int | None, ...]
Status = Literal["open", "finished", "stopped"]
MADE = "transcripts and labels written by language models; no person has rated them"
FEWEST_OK = 0.95  # share of samples that must have been measured, or the run cannot pass


class Loose(BaseModel):
    """Frozen; keys that another version wrote are let be."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Sample(Loose):
    """One thing to measure. `unit` is what is resampled together (a transcript, a case), `spec` what the suite needs to know."""

    id: str
    suite: str
    case: str
    unit: str
    repeat: int = 0
    spec: dict[str, Any] = {}


class Row(Loose):
    """What came of a sample: `values` to be summed up, `scores` (0 to 1, more is better) to compare two runs pair by pair, and what it took.

    `error` says why there are none; such a row counts against the run. `spent` is in tokens, `fresh` those of them that were not
    served by the cache, `dollars` what the fresh ones cost, `seconds` of wall time.
    """

    id: str
    suite: str
    case: str
    unit: str
    repeat: int = 0
    error: str = ""
    values: dict[str, Any] = {}
    scores: dict[str, float] = {}
    seconds: float = 0.0
    calls: int = 0
    spent: int = 0
    fresh: int = 0
    dollars: float = 0.0

    @property
    def ok(self) -> bool:
        return not self.error


class Figure(Loose):
    """A headline figure with its 95 % interval (None where it has none) over `n` units; `better` says which way is good."""

    suite: str
    name: str
    title: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    better: Better = "more"
    beside: str = ""
    aim: float | None = None

    @property
    def key(self) -> str:
        """Its name within a run: `grading.recommendation`."""
        return f"{self.suite}.{self.name}"

    @property
    def met(self) -> bool | None:
        """Whether the aim is reached; None when there is none or nothing was measured."""
        if self.aim is None or self.value is None:
            return None
        return self.value >= self.aim if self.better != "less" else self.value <= self.aim


class Table(Loose):
    """A table for the report: its title, the heads of its columns, its rows of text or figures."""

    suite: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[Cells, ...]
    note: str = ""


class Side(Loose):
    """One graded transcript for the report: what was said, what raters and the grader gave, and how far they are apart."""

    id: str
    case: str
    profile: str = ""
    apart: float
    raters: tuple[dict[str, Any], ...] = ()
    given: dict[str, Any] = {}
    transcript: tuple[tuple[str, str], ...] = ()


class Head(Loose):
    """What a run is: by which workers, prompts, rubric and commit. Whoever takes it up again must have the same."""

    id: str
    name: str = ""
    suites: tuple[str, ...]
    plan: dict[str, Any] = {}
    started: str = ""
    commit: str = ""
    models: dict[str, str] = {}
    prompts: dict[str, str] = {}
    rubric: str = ""
    samples: int = 0
    made: str = MADE


class End(Loose):
    """How a run ended, and what it shows."""

    status: Status = "open"
    why: str = ""
    seconds: float = 0.0
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    sides: tuple[Side, ...] = ()


class Run(Loose):
    """A whole run. A sample that was measured again counts by its last row."""

    head: Head
    rows: tuple[Row, ...] = ()
    end: End = End()

    @property
    def errors(self) -> list[Row]:
        return [row for row in self.rows if not row.ok]

    @property
    def sound(self) -> bool:
        """Whether enough samples were measured for the figures to count."""
        return bool(self.rows) and len(self.errors) <= (1 - FEWEST_OK) * max(self.head.samples, len(self.rows))

    def figure(self, key: str) -> Figure | None:
        return next((f for f in self.end.figures if f.key == key), None)


def file(folder: Path, ident: str) -> Path:
    """Where a run of this id lies."""
    return folder / f"{ident}.jsonl"


def begin(path: Path, head: Head) -> None:
    """Write the head of a new run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    add(path, "head", head)


def add(path: Path, kind: Literal["head", "row", "end"], value: Loose) -> None:
    """Append one line and see it to the disk; a torn line before it is ended first."""
    line = json.dumps({"line": kind, **value.model_dump(mode="json")}, ensure_ascii=False, allow_nan=False) + "\n"
    with path.open("ab+") as out:
        if out.tell() and _torn(out):
            out.write(b"\n")
        out.write(line.encode())
        out.flush()
        os.fsync(out.fileno())


def _torn(out) -> bool:
    out.seek(-1, os.SEEK_END)
    last = out.read(1)
    out.seek(0, os.SEEK_END)
    return last != b"\n"


def read(path: Path) -> Run:
    """A run from its file; InputError when it is none. Lines that cannot be read (torn by a crash) are passed over."""
    heads, rows, ends = [], {}, []
    for line in _lines(path):
        match line.pop("line", None):
            case "head":
                heads.append(line)
            case "row":
                rows[line.get("id")] = line
            case "end":
                ends.append(line)
    if len(heads) != 1:
        raise InputError(f"{path}: is no run: it needs one head line, as `python -m evals run` writes it")
    try:
        return Run.model_validate({"head": heads[0], "rows": list(rows.values()), "end": ends[-1] if ends else {}})
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        text = path.read_text("utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    for line in text.splitlines():
        try:
            found = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(found, dict):
            yield found


def of_suite(rows: Iterable[Row], suite: str) -> list[Row]:
    """The rows of one suite that were measured."""
    return [row for row in rows if row.suite == suite and row.ok]
