"""One question to a model and one more to mend the answer: the last mile that all of a grader's calls share. Knows no step and no rubric."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from interviewer.errors import ModelError
from interviewer.providers.fence import neutralise
from interviewer.providers.models import ChatModel, Message

Take = Callable[[str], list[str]]


def ask(model: ChatModel, messages: Sequence[Message], take: Take, rule: str) -> str:
    """Hands the reply to `take`, which says what is wrong with it; if anything, asks once more. Returns what stayed wrong, or "".

    `rule` ends the request to mend it. A model that fails is told in the result, never raised: what was taken before it stays.
    """
    try:
        text = model.complete(messages)
        problems = take(text)
        if not problems:
            return ""
        again = model.complete([*messages, ("assistant", text), ("user", _mend(problems, rule))])
    except ModelError as error:
        return str(error)
    wrong = "; ".join(take(again))
    return (
        f"The model {model.name} did not answer as asked, twice: grade again, or choose another model ({wrong})." if wrong else ""
    )


def _mend(problems: Sequence[str], rule: str) -> str:
    """The one repair turn: what is wrong, in the words of the check."""
    listed = "\n".join(f"- {neutralise(problem)}" for problem in problems)
    return (
        f"Your answer cannot be used as it is:\n{listed}\n\nAnswer once more with the whole JSON object and nothing else. {rule}"
    )
