"""Is a case good enough? Numbers, names, notes, estimates, cues and leaks, each finding with its mend. Knows no interview."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from knowledge.arithmetic import FormulaError, evaluate
from knowledge.case import STEPS, CaseStudy, Value
from knowledge.cues import faults
from knowledge.leaks import leaks, pairs
from knowledge.library import HERE, CaseError, Entry, Library, load, read_concept

CITED = re.compile(r"\[([a-z][a-z0-9_]*)\](?!\()")
CLOSE = 0.01  # by which an estimate's figure may differ from its formula
TODO = "TODO"  # what the skeleton of a case says where something is to be written
WORDS = (2500, 5000)  # of the notes
LEAST = {"facts": 12, "choices": 15, "pitfalls": 8, "twists": 2, "sources": 6}
RUBRIC = (28, 40)
A_STEP = (4, 6)
SIGNALS, NEAR_MISSES, PROBES = 8, 4, 2


class Finding(Value):
    """One thing that is not as it should be: in which file, at which key, and how to mend it."""

    file: str
    key: str
    problem: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.problem}: {self.mend}"


Raw = tuple[str, str, str]  # key, problem, mend


def check(entry: Entry, concepts: Collection[str] | None = None) -> list[Finding]:
    """All that a case lacks. `concepts` are the slugs of the concept pages (those of the package when None)."""
    known = {f.stem for f in (HERE / "concepts").glob("*.md")} if concepts is None else concepts
    case = entry.case
    found = [
        *_unwritten(case),
        *_numbers(case),
        *_ids(case),
        *_names(entry, known),
        *_estimates(case),
        *_diagram(case),
        *_cues(case),
    ]
    found += [(leak.key, leak.problem, "ask for the category of the gap, not for the answer") for leak in leaks(case)]
    rows = [_finding(entry.folder / "case.yaml", raw) for raw in found]
    return rows + [_finding(entry.folder / "notes.md", raw) for raw in _notes(entry)]


def _unwritten(case: CaseStudy) -> Iterator[Raw]:
    """Every entry that still holds words of the skeleton."""
    for name, value in case:
        for entry in value if isinstance(value, list) else [value]:
            told = entry.model_dump_json() if isinstance(entry, Value) else str(entry)
            ident = getattr(entry, "id", "")
            if TODO in told:
                yield (
                    (f"{name}[{ident}]" if ident else name),
                    f"still says TODO ({told.count(TODO)} times)" if told.count(TODO) > 1 else "still says TODO",
                    "write it",
                )


def _cues(case: CaseStudy) -> Iterator[Raw]:
    """Patterns that can never be met, wherever a case may hold some."""
    for name in ("facts", "choices", "rubric", "pitfalls", "twists"):
        for owner in getattr(case, name):
            key = f"{name}[{owner.id}].cues"
            yield from ((key, f"{pattern!r}: {problem}", mend) for pattern in owner.cues for problem, mend in faults(pattern))


def check_all(library: Library, slugs: Collection[str] = ()) -> list[Finding]:
    """The findings of these cases (of all when none is named) and of every concept page."""
    folders = library.folders()
    missing = [slug for slug in slugs if slug not in folders]
    if missing:
        raise CaseError(f"no case {missing[0]!r}: there are {', '.join(folders) or 'none'}")
    pages = sorted((HERE / "concepts").glob("*.md"))
    found = [f for slug in slugs or folders for f in check_folder(folders[slug])]
    return found + [f for page in pages for f in check_concept(page)]


def tested(library: Library, slugs: Collection[str] = ()) -> str:
    """What a check went through, in words: concept pages, pairs of a spoken text and an answer, estimates."""
    cases = []
    for slug in slugs or library.folders():
        try:
            cases.append(library.case(slug))
        except CaseError:
            continue
    tried, sums = sum(pairs(case) for case in cases), sum(len(case.estimates) for case in cases)
    return f"{len(library.concepts)} concept pages, {tried:,} pairs of a spoken text and an answer tried for leaks, {sums} estimates recomputed"


def check_folder(folder: Path, concepts: Collection[str] | None = None) -> list[Finding]:
    """The findings of one case folder; one that cannot be loaded gives what keeps it from loading."""
    try:
        return check(load(folder), concepts)
    except CaseError as error:
        return [_unreadable(folder / "case.yaml", line) for line in str(error).splitlines()]


def check_concept(page: Path) -> list[Finding]:
    """The findings of one concept page."""
    try:
        concept = read_concept(page)
    except CaseError as error:
        return [_unreadable(page, str(error))]
    ids = [line.partition(":")[0].strip() for line in concept.sources]
    found: list[Raw] = []
    if not concept.summary:
        found.append(("summary", "is missing", "say below the title in one sentence what it is"))
    if not ids:
        found.append(("sources", "no source is listed", "add lines `- id: Title. Who. Year. https://...`"))
    found += [
        (f"sources[{i}]", "has no year", "add the year after who wrote it")
        for i, s in zip(ids, concept.sources, strict=True)
        if not _YEAR.search(s)
    ]
    found += [
        (f"#{s.anchor or s.title}", f"cites [{i}], which is no source", "add it or correct the id")
        for s in concept.sections
        for i in _cited(s.text)
        if i not in ids
    ]
    found += [(s.title, "has no anchor", "write `## Title {#anchor}`") for s in concept.sections if not s.anchor]
    found += [
        (f"#{a}", "this anchor stands twice", "give one of them another") for a in _twice(s.anchor for s in concept.sections)
    ]
    return [_finding(page, raw) for raw in found]


_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def _finding(file: Path, raw: Raw) -> Finding:
    key, problem, mend = raw
    return Finding(file=str(file), key=key, problem=problem, mend=mend)


def _unreadable(file: Path, line: str) -> Finding:
    """A message of the library ("file: key: mend") as a finding."""
    key, _, mend = line.removeprefix(f"{file}: ").partition(": ")
    return Finding(file=str(file), key=key if mend else "whole file", problem="cannot be used", mend=mend or key)


# --- numbers and names ----------------------------------------------------------------------------------------------


def _numbers(case: CaseStudy) -> Iterator[Raw]:
    for name, least in LEAST.items():
        yield from _few(name, len(getattr(case, name)), least)
    yield from _between("rubric", len(case.rubric), RUBRIC, "criteria")
    for step in STEPS:
        yield from _between(f"rubric ({step})", len(case.criteria(step)), A_STEP, "criteria")
    for criterion in case.rubric:
        key = f"rubric[{criterion.id}]"
        yield from _few(f"{key}.signals", len(criterion.signals), SIGNALS)
        yield from _few(f"{key}.near_misses", len(criterion.near_misses), NEAR_MISSES)
        yield from _few(f"{key}.probes", len(criterion.probes), PROBES)
    for pitfall in case.pitfalls:
        yield from _few(f"pitfalls[{pitfall.id}].near_misses", len(pitfall.near_misses), 1)


def _few(key: str, count: int, least: int) -> Iterator[Raw]:
    if count < least:
        yield key, f"there are {count}", f"write at least {least}"


def _between(key: str, count: int, bounds: tuple[int, int], what: str) -> Iterator[Raw]:
    if not bounds[0] <= count <= bounds[1]:
        yield key, f"there are {count} {what}", f"have {bounds[0]} to {bounds[1]}"


def _ids(case: CaseStudy) -> Iterator[Raw]:
    for name in ("facts", "choices", "rubric", "pitfalls", "twists", "estimates", "sources"):
        for ident in _twice(value.id for value in getattr(case, name)):
            yield f"{name}[{ident}]", "this id stands twice", "give one of them another id"
    for ident in {c.id for c in case.choices} & {p.id for p in case.pitfalls}:
        yield f"pitfalls[{ident}]", "a choice has the same id, so that `when` cannot tell them apart", "rename one of them"
    for ident in _twice(c.id for c in case.diagram.components):
        yield f"diagram.components[{ident}]", "this id stands twice", "give one of them another id"


def _twice(ids: Iterable[str]) -> list[str]:
    return [ident for ident, count in Counter(ids).items() if ident and count > 1]


def _names(entry: Entry, concepts: Collection[str]) -> Iterator[Raw]:
    """Every reference that names nothing."""
    case, anchors = entry.case, {s.anchor for s in entry.notes}
    criteria = {c.id for c in case.rubric}
    whens = criteria | {c.id for c in case.choices} | {p.id for p in case.pitfalls}

    def unknown(key: str, names: Iterable[str], there: Collection[str], what: str) -> Iterator[Raw]:
        yield from ((key, f"{name!r} names no {what}", "correct or remove it") for name in names if name not in there)

    for choice in case.choices:
        yield from unknown(f"choices[{choice.id}].touches", choice.touches, criteria, "criterion")
        yield from unknown(f"choices[{choice.id}].questions.about", (q.about for q in choice.questions), criteria, "criterion")
    for criterion in case.rubric:
        key = f"rubric[{criterion.id}]"
        whys = [name for probe in criterion.probes for name in probe.when]
        yield from unknown(f"{key}.probes.when", whys, whens, "choice, criterion or pitfall")
        yield from unknown(f"{key}.notes", [criterion.notes], anchors, "section of notes.md")
        yield from unknown(f"{key}.concepts", criterion.concepts, concepts, "concept page")
    for pitfall in case.pitfalls:
        yield from unknown(f"pitfalls[{pitfall.id}].notes", [pitfall.notes], anchors, "section of notes.md")
    for twist in case.twists:
        yield from unknown(f"twists[{twist.id}].touches", twist.touches, criteria, "criterion")
    for estimate in case.estimates:
        yield from unknown(f"estimates[{estimate.id}].criterion", [estimate.criterion], criteria, "criterion")


# --- estimates and diagram ------------------------------------------------------------------------------------------


def _estimates(case: CaseStudy) -> Iterator[Raw]:
    for estimate in case.estimates:
        key = f"estimates[{estimate.id}]"
        try:
            value = evaluate(estimate.formula, {name: q.value for name, q in estimate.inputs.items()})
        except FormulaError as error:
            yield f"{key}.formula", str(error), "use the inputs' names, numbers and + - * / ** ( )"
            continue
        if abs(value - estimate.figure) > CLOSE * abs(value):
            yield (
                f"{key}.figure",
                f"is {estimate.figure:g}, but the formula gives {value:g} {estimate.unit}",
                "correct the figure, an input or the formula",
            )


def _diagram(case: CaseStudy) -> Iterator[Raw]:
    ids = {c.id for c in case.diagram.components}
    ends = {end for arrow in case.diagram.arrows for end in (arrow.start, arrow.end)}
    for name in sorted(ends - ids):
        yield "diagram.arrows", f"{name!r} names no component", "correct it or add the component"
    for name in sorted(ids - ends):
        yield f"diagram.components[{name}]", "no arrow touches it", "connect it or remove it"
    for path in ("serving", "training"):
        if not any(c.path in (path, "both") for c in case.diagram.components):
            yield "diagram.components", f"the {path} path has none", f"draw the {path} path"


# --- notes ----------------------------------------------------------------------------------------------------------


def _notes(entry: Entry) -> Iterator[Raw]:
    used = _sections_used(entry.case)
    words = sum(len(f"{s.title} {s.text}".split()) for s in entry.notes)
    if not WORDS[0] <= words <= WORDS[1]:
        yield "length", f"{words} words", f"have {WORDS[0]:,} to {WORDS[1]:,}"
    for section in entry.notes:
        key = f"#{section.anchor}" if section.anchor else section.title
        if not section.anchor:
            yield key, "the heading has no anchor", "write `### Title {#anchor}`"
        elif section.anchor not in used:
            yield key, "no criterion rests on this section", "name it in a criterion's `notes` or remove it"
        if TODO in f"{section.title} {section.text}":
            yield key, "still says TODO", "write it"
        if not section.text:
            yield key, "the section is empty", "write it or remove its heading"
    for anchor in _twice(s.anchor for s in entry.notes):
        yield f"#{anchor}", "this anchor stands twice", "give one of them another"
    yield from _citations(entry)


def _sections_used(case: CaseStudy) -> set[str]:
    return {c.notes for c in case.rubric}


def _citations(entry: Entry) -> Iterator[Raw]:
    sources = {s.id for s in entry.case.sources}
    everything = {i for s in entry.notes for i in _cited(s.text)}
    for section in entry.notes:
        for ident in _cited(section.text):
            if ident not in sources:
                yield f"#{section.anchor}", f"cites [{ident}], which is no source of the case", "add the source or correct the id"
    for ident in sorted(sources - everything):
        yield "sources", f"no section cites [{ident}]", "cite it where it is used or remove it from case.yaml"


def _cited(text: str) -> list[str]:
    return list(dict.fromkeys(CITED.findall(text)))
