"""Mistakes of any problem: what is wrong in each, and how it is said. Knows no case and no reader."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from knowledge.case import Step
from knowledge.library import CaseError

FILE = Path(__file__).with_name("common_mistakes.yaml")
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class CommonMistake(BaseModel):
    """A substantive error that is made in many problems: `says` what the candidate does, `why` it is wrong, what is right.

    `core` marks one that caps its step while it stands. `signals` are ways to assert it, `near_misses` sound like it and do not.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Text
    step: Step
    core: bool
    says: Text
    why: Text
    correction: Text
    challenge: Text
    signals: tuple[Text, ...] = Field(min_length=8)
    near_misses: tuple[Text, ...] = Field(min_length=4)


@lru_cache(maxsize=2)
def common(file: Path = FILE) -> tuple[CommonMistake, ...]:
    """All of them; CaseError names what is wrong with the file."""
    try:
        return TypeAdapter(tuple[CommonMistake, ...]).validate_python(yaml.safe_load(file.read_text("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        raise CaseError(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
