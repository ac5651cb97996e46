"""Find, load and check cases and concepts. Every message names file, key and mend. Knows no index and no interview."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from knowledge.case import CaseStudy, Head, Value

HERE = Path(__file__).parent
MISTAKES = HERE / "mistakes.yaml"
_HEADING = re.compile(r"^(#{1,3})\s+(.+?)(?:\s*\{#([a-z0-9_.]+)\})?\s*$")
_BODY = re.compile(r"^facts:", re.MULTILINE)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CaseError(ValueError):
    """A case or concept that cannot be used; the text names file, key and mend."""


class Section(Value):
    """One subsection of the notes, or one section of a concept: `anchor`, heading, the step or page it stands in, text."""

    anchor: str
    title: str
    parent: str
    text: str


class Concept(Value):
    """A concept page: slug, title, the one sentence that says what it is, its sections, and its sources as lines."""

    slug: str
    title: str
    summary: str
    sections: tuple[Section, ...]
    sources: tuple[str, ...]


class Entry(Value):
    """A case with its notes; `version` is the hash of both files and of the mistakes that cases share."""

    case: CaseStudy
    notes: tuple[Section, ...]
    folder: Path
    version: str

    def section(self, anchor: str) -> Section | None:
        """The notes' section with this anchor, if there is one."""
        return next((s for s in self.notes if s.anchor == anchor), None)


class Library:
    """The cases of the package and, when given, those of another folder. Cases are loaded when asked for, once."""

    def __init__(self, own: Path | None = None, package: Path = HERE):
        self._roots = [package / "cases", *([own] if own else [])]
        self._concepts = package / "concepts"
        self._loaded: dict[str, Entry] = {}
        if own is not None and not own.is_dir():
            raise CaseError(f"{own}: no such folder. Set INTERVIEWER_CASES to a folder that holds one folder a case")

    def folders(self) -> dict[str, Path]:
        """Slug to folder; a case of one's own goes before one of the package with the same name."""
        return {f.name: f for root in self._roots for f in sorted(root.iterdir()) if (f / "case.yaml").is_file()}

    def entry(self, slug: str) -> Entry:
        """A case by its slug; CaseError when there is none or it cannot be used."""
        if slug not in self._loaded:
            folder = self.folders().get(slug)
            if folder is None:
                raise CaseError(f"no case {slug!r}: there are {', '.join(self.folders()) or 'none'}")
            self._loaded[slug] = load(folder)
        return self._loaded[slug]

    def head(self, slug: str) -> Head:
        """What may be known of a case before a round, read from the file's first lines; CaseError when it cannot be used."""
        folder = self.folders().get(slug)
        return _head(folder) if folder and slug not in self._loaded else self.case(slug)

    def case(self, slug: str) -> CaseStudy:
        """The case study with this slug."""
        return self.entry(slug).case

    def files(self) -> list[Path]:
        """Every file that cases and concepts are read from, in order."""
        cases = [folder / name for folder in self.folders().values() for name in ("case.yaml", "notes.md")]
        return [f for f in cases if f.is_file()] + sorted(self._concepts.glob("*.md"))

    @cached_property
    def concepts(self) -> dict[str, Concept]:
        """All concept pages by slug."""
        return {f.stem: read_concept(f) for f in sorted(self._concepts.glob("*.md"))}


def _head(folder: Path) -> Head:
    """The keys above `facts:`. What does not stand there is looked for in the whole case, which also says what is wrong."""
    try:
        opening = yaml.load(_BODY.split(_text(folder / "case.yaml"), maxsplit=1)[0], Loader=_LOADER)
        return Head.model_validate({**opening, "slug": folder.name})
    except (yaml.YAMLError, ValidationError, TypeError):
        case = load(folder).case
        return Head.model_validate(case.model_dump(include=set(Head.model_fields)))


def load(folder: Path) -> Entry:
    """One case from its folder; CaseError names the first thing that is wrong."""
    raw, notes = _text(folder / "case.yaml"), _text(folder / "notes.md")
    try:
        data = yaml.load(raw, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise CaseError(f"{folder / 'case.yaml'}: not YAML: {error}") from error
    if not isinstance(data, dict):
        raise CaseError(f"{folder / 'case.yaml'}: must be a mapping that opens with `title:`")
    if "slug" in data and data["slug"] != folder.name:
        raise CaseError(f"{folder / 'case.yaml'}: slug: {data['slug']!r} is not the folder's name; remove the key")
    common = _text(MISTAKES)
    _take_over(folder / "case.yaml", data, yaml.load(common, Loader=_LOADER))
    try:
        case = CaseStudy.model_validate({**data, "slug": folder.name})
    except ValidationError as error:
        raise CaseError("\n".join(explain(folder / "case.yaml", data, error))) from error
    version = hashlib.sha256((raw + notes + common).encode()).hexdigest()[:12]
    return Entry(case=case, notes=read_sections(notes, depth=3), folder=folder, version=version)


def _take_over(file: Path, data: dict, common: list[dict]) -> None:
    """Give each pitfall that is `like` a common mistake the cues and bars of that one. What is misshapen is left to the models."""
    known = {mistake["id"]: mistake for mistake in common}
    pitfalls = data.get("pitfalls")
    for pitfall in pitfalls if isinstance(pitfalls, list) else ():
        like = pitfall.get("like") if isinstance(pitfall, dict) else None
        if like is None:
            continue
        if like not in known:
            raise CaseError(
                f"{file}: pitfalls[{pitfall.get('id')}].like: {like!r} is none of {', '.join(known)}; correct or remove it"
            )
        pitfall["cues"] = [*known[like]["cues"], *pitfall.get("cues", ())]
        pitfall["bars"] = [*known[like].get("bars", ()), *pitfall.get("bars", ())]


def explain(file: Path, data: dict, error: ValidationError) -> Iterator[str]:
    """pydantic's complaints as lines that name file, key (by id where there is one) and mend."""
    for item in error.errors():
        key: list[str] = []
        here: Any = data
        for part in item["loc"]:
            here = here[part] if _has(here, part) else None
            name = here.get("id") if isinstance(here, dict) and isinstance(part, int) else None
            key.append(f"[{name or part}]" if isinstance(part, int) else f".{part}")
        mend = {
            "extra_forbidden": "remove this key or correct its spelling",
            "missing": "add this key",
        }.get(item["type"], item["msg"])
        yield f"{file}: {''.join(key).lstrip('.')}: {mend}"


def _has(here: Any, part) -> bool:
    return part in here if isinstance(here, dict) else isinstance(here, list) and isinstance(part, int) and part < len(here)


def read_sections(text: str, depth: int) -> tuple[Section, ...]:
    """The sections of a Markdown text at one heading depth; a section keeps the title of the heading above it."""
    found: list[Section] = []
    parent, head = "", None
    lines: list[str] = []

    def close() -> None:
        if head:
            found.append(Section(anchor=head[1], title=head[0], parent=parent, text="\n".join(lines).strip()))

    for line in text.splitlines():
        match = _HEADING.match(line)
        if match and len(match[1]) <= depth:
            close()
            head, lines = None, []
            if len(match[1]) == depth:
                head = (match[2], match[3] or "")
            else:
                parent = match[2]
        else:
            lines.append(line)
    close()
    return tuple(found)


def read_concept(file: Path) -> Concept:
    """A concept page; CaseError when it has no title, sections or sources."""
    text = _text(file)
    lines = text.splitlines()
    if not lines or not lines[0].startswith("# "):
        raise CaseError(f"{file}: first line: must be `# Title`")
    sections = read_sections(text, depth=2)
    sources = next((s for s in sections if s.anchor == "sources"), None)
    if sources is None:
        raise CaseError(f"{file}: add a last section `## Sources {{#sources}}`")
    summary = text.split("\n## ")[0].partition("\n")[2].strip()
    listed = tuple(line[2:].strip() for line in sources.text.splitlines() if line.startswith("- "))
    body = tuple(s.model_copy(update={"parent": lines[0][2:].strip()}) for s in sections if s.anchor != "sources")
    return Concept(slug=file.stem, title=lines[0][2:].strip(), summary=summary, sections=body, sources=listed)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise CaseError(f"{file}: cannot be read ({error.strerror}); a case is a folder with case.yaml and notes.md") from error
