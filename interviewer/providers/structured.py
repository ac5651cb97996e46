"""An answer in JSON read from a model's text: our own last mile. Knows no model and no form."""

from __future__ import annotations

import re
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

_FENCED = re.compile(r"```[a-zA-Z]*\s*\n(.*?)```", re.DOTALL)


class Loose(BaseModel):
    """Keys that we did not ask for are let be; those that we did must be right."""

    model_config = ConfigDict(extra="ignore", frozen=True)


Form = TypeVar("Form", bound=Loose)


class UnreadableError(ValueError):
    """An answer that is not the JSON that was asked for; the text says what is wrong with it, for the model to mend."""


def read(text: str, form: type[Form]) -> Form:
    """The answer in a model's reply, a code fence or words around it aside; UnreadableError says where it is wrong."""
    try:
        return form.model_validate_json(_object(text))
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc'])) or 'the reply'}: {e['msg']}" for e in error.errors()[:8]]
        raise UnreadableError("; ".join(wrong)) from error


def _object(text: str) -> str:
    """The JSON object in `text`: what a code fence holds, else from the first brace to the last."""
    fenced = _FENCED.search(text)
    inner = fenced[1] if fenced else text
    start, end = inner.find("{"), inner.rfind("}")
    return inner[start : end + 1] if 0 <= start < end else inner
