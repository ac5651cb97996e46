"""A new case from the commented skeleton. Knows the files only."""

from __future__ import annotations

import re
from pathlib import Path

from knowledge.library import HERE, CaseError

SKELETON = HERE / "skeleton"
SCHEMA = HERE / "case.schema.json"
_SLUG = re.compile(r"^[a-z][a-z0-9_]*$")


def start(root: Path, slug: str) -> Path:
    """Write the skeleton of a case into `root`/`slug`; the new folder. CaseError when the name will not do or is taken."""
    if not _SLUG.match(slug):
        raise CaseError(f"{slug!r} cannot be a case's name: use small letters, digits and _, for example ride_matching")
    folder = root / slug
    if folder.exists():
        raise CaseError(f"{folder} is there already: choose another name or remove it")
    try:
        folder.mkdir(parents=True)
        for file in ("case.yaml", "notes.md"):
            text = (SKELETON / file).read_text("utf-8").replace("{slug}", slug).replace("{schema}", SCHEMA.as_posix())
            (folder / file).write_text(text, "utf-8")
    except OSError as error:
        raise CaseError(f"{folder}: cannot be written ({error.strerror}); choose a folder that you may write") from error
    return folder
