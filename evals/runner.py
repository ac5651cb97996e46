"""Runs samples side by side and writes each row down before it waits for the next. Knows no suite by name.

Embedded workers are spread over processes (they compute), models over threads (they wait). Each worker has one stage.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from evals import runs, suites
from evals.runs import End, Head, Row, Run, Sample
from evals.stage import Stage, models
from interviewer.errors import InterviewerError, ModelError
from interviewer.settings import Settings

TRIES = 4  # of one sample while a provider says that it is asked too often or is out of order
WAIT, LONGEST = 2.0, 60.0  # seconds before the second try, doubled each time, at most
PASSING = ("rate", "server", "connection", "timeout")
# set before the workers start: each has one core, and libraries that take them all only get in each other's way
SINGLE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
_PLACE: dict[str, Stage] = {}


def run(
    path: Path, head: Head, samples: Sequence[Sample], settings: Settings, parallel: int = 2, dollars: float = 0.0,
    told: Callable[[int, int, Row], None] = lambda done, of, row: None,
) -> Run:  # fmt: skip
    """Measure what `path` does not hold yet, sum up, and write the end. It stops, and can be taken up, at `dollars` (0 is no limit)."""
    kept = runs.read(path) if path.exists() else None
    if kept is None:
        runs.begin(path, head)
    measured = {row.id for row in kept.rows if row.ok} if kept else set()
    spent = sum(row.dollars for row in kept.rows) if kept else 0.0
    left = [sample for sample in samples if sample.id not in measured]
    began, why = time.perf_counter(), ""
    for row in _rows(left, settings, parallel, path.parent / "cache.db"):
        runs.add(path, "row", row)
        measured.add(row.id)
        told(len(measured), len(samples), row)
        spent += row.dollars
        if dollars and spent >= dollars:
            why = f"${spent:.2f} of ${dollars:.2f} are spent: go on with a higher limit, what was measured is kept"
            break
    return finish(path, time.perf_counter() - began, why)


def finish(path: Path, seconds: float = 0.0, why: str = "") -> Run:
    """Sum the rows of a run up and write its end."""
    found = runs.read(path)
    parts = [suites.summed(name, found.rows) for name in found.head.suites]
    end = End(
        status="stopped" if why else "finished", why=why, seconds=round(seconds + found.end.seconds, 2),
        figures=tuple(f for p in parts for f in p.figures), tables=tuple(t for p in parts for t in p.tables),
        sides=tuple(s for p in parts for s in p.sides),
    )  # fmt: skip
    runs.add(path, "end", end)
    return runs.read(path)


def _rows(samples: Sequence[Sample], settings: Settings, parallel: int, cache: Path) -> Iterator[Row]:
    """The rows as they are measured. No more samples are handed out than are worked on, so that a stop is a stop."""
    if not samples:
        return
    with _workers(settings, parallel, cache) as pool:
        waiting: set[Future[Row]] = set()
        queue = iter(samples)
        try:
            while True:
                waiting |= {pool.submit(measured, sample) for sample in _some(queue, 2 * parallel - len(waiting))}
                if not waiting:
                    return
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _some(samples: Iterator[Sample], number: int) -> Iterable[Sample]:
    return [sample for _, sample in zip(range(max(0, number)), samples, strict=False)]


def _workers(settings: Settings, parallel: int, cache: Path) -> Executor:
    if models(settings):
        _open(settings, cache)
        return ThreadPoolExecutor(parallel)
    if parallel == 1:
        _open(settings, cache)
        return ThreadPoolExecutor(1)
    _ = Stage(settings, cache).index  # built here when it must be: workers that build one at the same time spoil it
    os.environ |= SINGLE
    return ProcessPoolExecutor(parallel, mp_context=get_context("spawn"), initializer=_open, initargs=(settings, cache))


def _open(settings: Settings, cache: Path) -> None:
    _PLACE["stage"] = Stage(settings, cache)
    _PLACE["lock"] = threading.Lock()  # type: ignore[assignment]


def measured(sample: Sample) -> Row:
    """One sample's row; what failed is in it and counts against the run."""
    stage = _PLACE["stage"]
    tally = stage.sample(sample.case, sample.repeat)
    began = time.perf_counter()
    same = {"id": sample.id, "suite": sample.suite, "case": sample.case, "unit": sample.unit, "repeat": sample.repeat}
    try:
        values, scores = _patiently(sample, stage)
        told: dict[str, Any] = {"values": values, "scores": scores}
    except InterviewerError as error:
        told = {"error": str(error) or type(error).__name__}
    except Exception as error:  # a fault of our own is a row as well: the others are measured, and the run cannot pass
        told = {"error": f"{type(error).__name__}: {error}"}
    took = {"calls": tally.calls, "spent": tally.spent, "fresh": tally.fresh, "dollars": round(tally.dollars, 6)}
    return Row(**same, **told, **took, seconds=round(time.perf_counter() - began, 4))  # type: ignore[arg-type]


def _patiently(sample: Sample, stage: Stage) -> tuple[dict, dict[str, float]]:
    """The measurement, tried again after a pause while a provider is busy. What was answered before comes from the cache."""
    for tried in range(1, TRIES + 1):
        try:
            return suites.measure(sample, stage)
        except ModelError as error:
            if tried == TRIES or error.kind not in PASSING:
                raise
            time.sleep(min(LONGEST, max(error.wait, WAIT * 2 ** (tried - 1))))
    raise AssertionError("unreachable")
