"""A step's sheet as a grading model reads it: criteria, the notes they rest on, known errors. Case text is data and cannot close its fence."""

from __future__ import annotations

from collections.abc import Iterable

from interviewer.grading.judging import Observed, Sheet
from interviewer.providers.fence import neutralise
from interviewer.providers.opening import opening
from knowledge.case import Criterion, Pitfall

PASSAGE = 130  # tokens of the notes with each criterion: what it looks for and a strong answer say the rest


def sheet_slots(sheet: Sheet) -> dict[str, str]:
    """The texts of the slots `criteria`, `pitfalls` and `noted`; "none" where there are none."""
    return {
        "criteria": "\n\n".join(_criterion(c, sheet.passages.get(c.id, "")) for c in sheet.criteria),
        "pitfalls": "\n".join(map(_pitfall, sheet.pitfalls)) or "none",
        "noted": "\n".join(map(_noted, sheet.observed)) or "none",
    }


def _criterion(criterion: Criterion, passage: str) -> str:
    parts = {
        "topic": criterion.topic, "looks for": criterion.looks_for, "also accepted": _listed(criterion.accepts),
        "sounds like it, not enough": _listed(criterion.near_misses), "a strong answer": criterion.strong,
        "notes": opening(passage, PASSAGE) or criterion.notes,
    }  # fmt: skip
    return "\n".join([f"### {criterion.id}", *(f"{name}: {_line(text)}" for name, text in parts.items() if text)])


def _pitfall(pitfall: Pitfall) -> str:
    says = pitfall.says.rstrip(".")
    return f"- {pitfall.id}: {_line(f'{says}. Why it is wrong: {pitfall.why}')}"


def _noted(error: Observed) -> str:
    return _line(f'- turn {error.turn}: "{error.quote}": {error.what}' + (f" ({error.why})" if error.why else ""))


def _listed(texts: Iterable[str]) -> str:
    return "; ".join(text.rstrip(".") for text in texts)


def _line(text: str) -> str:
    return neutralise(" ".join(text.split()))
