"""Recorded interviews by the file and by the folder: read, graded, written. Bad ones are told and left out. Knows no rubric."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from interviewer.errors import InputError, ModelError
from interviewer.record.transcript import Transcript, read

if TYPE_CHECKING:
    from interviewer.grading.scorecard import Scorecard
    from interviewer.office import Office

ENDINGS = (".json", ".jsonl")


def grade_all(office: Office, source: Path, case: str | None, level: str | None, out: Path | None) -> int:
    """Grade every interview of `source` and write its row; how many files or interviews could not be graded."""
    if case:
        office.card(case)
    files = _files(source)
    if out is not None and out.resolve() in {f.parent.resolve() for f in files}:
        raise InputError(f"--json-dir {out} holds the interviews themselves: name another folder")
    bad, names = 0, set[str]()
    for file in files:
        try:
            transcripts = read(file, case, level)
        except InputError as error:
            bad += _told(str(error))
            continue
        except (RecursionError, ValueError) as error:  # JSON that nests without end, or a number with thousands of digits
            bad += _told(f"{file}: cannot be read: {error}")
            continue
        for transcript in transcripts:
            bad += _grade(office, file, transcript, out, names)
    return bad


def _grade(office: Office, file: Path, transcript: Transcript, out: Path | None, names: set[str]) -> int:
    """Grade one and write it; 1 when that failed."""
    try:
        card = office.grade(transcript)
    except (InputError, ModelError) as error:
        return _told(f"{file}: {transcript.id}: {error}")
    for trouble in card.trouble:
        _told(f"{file}: {transcript.id}: {trouble}")
    row = json.dumps(card.compact(), ensure_ascii=False, indent=2 if out else None)
    if out is None:
        print(row, flush=True)
    else:
        place = out / f"{_name(transcript.id, names)}.json"
        write(place, row + "\n")
        print(f"{transcript.id}: {line(card)} -> {place}", flush=True)
    return 0


def line(card: Scorecard) -> str:
    """A card in one line: the recommendation and the seven levels (`-` where none was given)."""
    levels = " ".join(f"{s.step}={'-' if s.level is None else s.level}" for s in card.steps)
    return f"{card.recommendation or 'no recommendation'}  {levels}"


def write(file: Path, text: str) -> None:
    """Write a text file, its folder made when needed; InputError says why it cannot be."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file}: cannot be written: {error.strerror}") from error


def _files(source: Path) -> list[Path]:
    if not source.exists():
        raise InputError(f"{source}: no such file or folder")
    if source.is_file():
        return [source]
    found = sorted(f for f in source.iterdir() if f.suffix in ENDINGS and f.is_file() and not f.name.startswith("."))
    if not found:
        raise InputError(f"{source}: holds no .json or .jsonl file")
    return found


def _name(ident: str, names: set[str]) -> str:
    """A file name for an id; ids that would meet in one name get numbers."""
    base = re.sub(r"[^\w.-]+", "_", ident).strip("._")[:100] or "interview"
    name = next(n for n in _numbered(base) if n.lower() not in names)
    names.add(name.lower())
    return name


def _numbered(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def _told(message: str) -> int:
    print(message, file=sys.stderr, flush=True)
    return 1
