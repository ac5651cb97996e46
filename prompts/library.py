"""What a model is told: prompts as files, a version each, with slots that must match. Knows no other room."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import yaml

FOLDER = Path(__file__).parent
_SLOT = re.compile(r"\{\{ ?(\w+) ?\}\}")
_SECTION = re.compile(r"^# (System|Volatile)\s*$", re.MULTILINE)


class PromptError(ValueError):
    """A prompt or its filling is not as it should be: the text names the file and the mend."""


class Filled(NamedTuple):
    """A prompt ready to send: `system` is the same in every turn (a provider can cache it), `volatile` goes last."""

    system: str
    volatile: str


@dataclass(frozen=True)
class Prompt:
    """One version of one prompt. `slots` says of each slot what belongs into it."""

    name: str
    version: str
    purpose: str
    why: str
    slots: dict[str, str]
    system: str
    volatile: str

    @property
    def id(self) -> str:
        """As it is recorded beside what it made: `interviewer/v1`."""
        return f"{self.name}/{self.version}"

    def fill(self, **values: str) -> Filled:
        """The prompt with every slot filled; PromptError names slots without a value and values without a slot."""
        _match(f"prompt {self.id}", "slots without a value", set(self.slots) - set(values),
               "values without a slot", set(values) - set(self.slots))  # fmt: skip
        return Filled(_fill(self.system, values), _fill(self.volatile, values))


def load(name: str, version: str | None = None, folder: Path = FOLDER) -> Prompt:
    """The live version of a prompt, or the one asked for; PromptError when there is none or its file is not right."""
    version = version or live(name, folder)
    file = folder / name / f"{version}.md"
    if not file.is_file():
        there = ", ".join(sorted(found.stem for found in (folder / name).glob("*.md"))) or "none"
        raise PromptError(f"{file}: there is no such prompt; versions of {name!r} that exist: {there}")
    return parse(file.read_text(encoding="utf-8"), name, version, str(file))


def live(name: str, folder: Path = FOLDER) -> str:
    """The version that speaks, as live.toml has it."""
    versions = tomllib.loads((folder / "live.toml").read_text(encoding="utf-8"))
    if name not in versions:
        raise PromptError(f"{folder / 'live.toml'}: no line for {name!r}; there are {', '.join(sorted(versions))}")
    return str(versions[name])


def persona(name: str, folder: Path = FOLDER) -> str:
    """Who the interviewer is, in a few sentences; PromptError names those that there are. It knows nothing of any rubric."""
    file = folder / "personas" / f"{name}.md"
    if not file.is_file():
        raise PromptError(f"{file}: there is no such persona; there are {', '.join(personas(folder))}")
    return " ".join(file.read_text(encoding="utf-8").split())


def personas(folder: Path = FOLDER) -> list[str]:
    """The personas that there are, by name."""
    return sorted(file.stem for file in (folder / "personas").glob("*.md"))


def parse(text: str, name: str, version: str, where: str) -> Prompt:
    """A prompt from its file's text: front matter (purpose, why, slots), then `# System` and `# Volatile`."""
    parts = re.split(r"^---\s*$", text, maxsplit=2, flags=re.MULTILINE)
    sections = _SECTION.split(parts[2]) if len(parts) == 3 and not parts[0].strip() else []
    if [*sections[1::2]] != ["System", "Volatile"]:
        raise PromptError(f"{where}: needs front matter between two lines `---`, then `# System`, then `# Volatile`")
    try:
        head = yaml.safe_load(parts[1]) or {}
    except yaml.YAMLError as error:
        raise PromptError(f"{where}: the front matter is not YAML: {' '.join(str(error).split())}") from error
    if missing := {"purpose", "why", "slots"} - set(head):
        raise PromptError(f"{where}: the front matter lacks {', '.join(sorted(missing))}")
    slots, used = dict(head["slots"] or {}), set(_SLOT.findall(parts[2]))
    _match(where, "slots declared but not used", set(slots) - used, "slots used but not declared", used - set(slots))
    return Prompt(name, version, head["purpose"], head["why"], slots, sections[2].strip(), sections[4].strip())


def _fill(text: str, values: dict[str, str]) -> str:
    """All slots in one pass: a value that looks like a slot stays as it is."""
    return _SLOT.sub(lambda slot: values[slot[1]], text)


def _match(where: str, less: str, missing: set[str], more: str, spare: set[str]) -> None:
    wrong = [f"{what}: {', '.join(sorted(names))}" for what, names in ((less, missing), (more, spare)) if names]
    if wrong:
        raise PromptError(f"{where}: {'; '.join(wrong)}")
