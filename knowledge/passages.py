"""Passages: what can be found. Cut from the notes of the cases and from the concept pages. Knows no index."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from knowledge.case import Value
from knowledge.library import Concept, Entry, Library


class Passage(Value):
    """One thing that can be found: `text` is what a reader sees, `indexed` what is searched (with wordings and signals)."""

    id: str
    kind: str
    case: str
    step: str
    criterion: str
    title: str
    text: str
    indexed: str


def passages(library: Library, slugs: Sequence[str] | None = None) -> list[Passage]:
    """All passages of the cases (all when None) and the concepts."""
    found = [p for slug in (slugs if slugs is not None else library.folders()) for p in _of_case(library.entry(slug))]
    return found + [p for concept in library.concepts.values() for p in _of_concept(concept)]


def stamp(library: Library) -> str:
    """What the passages are made of, without making them: a hash of every file and of this code's way of cutting them."""
    digest = hashlib.sha256(FORMAT.encode())
    for file in library.files():
        digest.update(f"{file.parent.name}/{file.name}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


FORMAT = "3"  # raise it when the passages of the same files change


def _of_case(entry: Entry) -> list[Passage]:
    case, used = entry.case, []
    for section in entry.notes:
        criteria = [c for c in case.rubric if c.notes == section.anchor]
        first = criteria[0] if criteria else None
        wordings = [w for c in criteria for w in (c.topic, c.looks_for, *c.accepts, *c.signals)]
        used.append(
            Passage(
                id=f"{case.slug}/{section.anchor}", kind="note", case=case.slug, step=first.step if first else "",
                criterion=first.id if first else "", title=section.title, text=section.text,
                indexed="\n".join([section.title, section.text, *wordings]),
            )
        )  # fmt: skip
    return used


def _of_concept(concept: Concept) -> list[Passage]:
    return [
        Passage(
            id=f"concept/{concept.slug}/{s.anchor}", kind="concept", case="", step="", criterion="", title=f"{concept.title}: {s.title}",
            text=s.text, indexed=f"{concept.title}\n{s.title}\n{s.text}",
        )
        for s in concept.sections
    ]  # fmt: skip
