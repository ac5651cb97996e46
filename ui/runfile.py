"""Run files of the evals, as they lie in the folder of runs: values for the page, and nothing else of the evals is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

MOST = 60  # runs that are listed


class RunFile(NamedTuple):
    """One run: its head, its end (figures, tables, transcripts beside grades), how many samples failed."""

    path: Path
    head: dict[str, Any]
    end: dict[str, Any]
    rows: int
    failed: int

    @property
    def id(self) -> str:
        return str(self.head["id"])

    @property
    def title(self) -> str:
        return str(self.head.get("name") or self.head["id"])

    @property
    def figures(self) -> list[dict[str, Any]]:
        return self.end.get("figures", [])


def listed(folder: Path) -> list[RunFile]:
    """The runs of a folder, the newest first; files that are no runs are left out."""
    paths = sorted(folder.glob("*.jsonl"), key=lambda p: -p.stat().st_mtime)[:MOST] if folder.is_dir() else []
    return [run for path in paths if (run := read(path))]


def find(folder: Path, ident: str) -> RunFile | None:
    """The run with this id, if there is one."""
    return next((run for run in listed(folder) if run.id == ident), None)


def read(path: Path) -> RunFile | None:
    """One run; None when the file is none. A sample that was measured again counts by its last row."""
    head: dict[str, Any] = {}
    end: dict[str, Any] = {}
    rows: dict[str, bool] = {}
    for line in _lines(path):
        match line.get("line"):
            case "head":
                head = line
            case "row":
                rows[str(line.get("id"))] = not line.get("error")
            case "end":
                end = line
    if not head.get("id"):
        return None
    return RunFile(path, head, end, len(rows), sum(not ok for ok in rows.values()))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        text = path.read_text("utf-8", errors="replace")
    except OSError:
        return
    for line in text.splitlines():
        try:
            found = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(found, dict):
            yield found


def key(figure: dict[str, Any]) -> str:
    """A figure's name within a run."""
    return f"{figure['suite']}.{figure['name']}"
