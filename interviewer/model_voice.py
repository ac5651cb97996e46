"""A chat model speaks a brief. Knows a move's public part and the transcript; never notes, rubric or strong answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interviewer.errors import ModelError
from interviewer.fence import fence, neutralise
from interviewer.models import ChatModel, Message, Reply
from interviewer.state import Work
from interviewer.voice import Brief, Line, Speech
from interviewer.window import NOTE, estimate, fit
from prompts.library import Prompt, load

PERSONA = "You are a senior engineer who has built and run such systems; you are attentive and neutral."
BEGIN = "[The candidate has taken a seat. The round begins.]"
BUDGET = 24_000  # tokens of one request, so that a model with a context of 32k has room to answer
SMALLEST = 2_000  # tokens of a request below which rules, question and newest answer no longer fit


class ModelVoice:
    """Speaks through a chat model, streamed. A voice may be shared: what it knows of a round is handed to `speak`."""

    def __init__(self, model: ChatModel, prompt: Prompt | None = None, persona: str = PERSONA, budget: int = BUDGET):
        self.name = model.name
        self._model, self._prompt, self._persona, self._budget = model, prompt or load("interviewer"), persona, budget

    def speak(self, brief: Brief, transcript: Sequence[Line]) -> Speech:
        """The words as they come. ModelError while iterating: the text so far is then emptied and must not be kept."""
        speech = Speech(words=iter(()), work=Work(worker=self.name, prompt=self._prompt.id))
        speech.words = self._say(speech, brief, list(transcript))
        return speech

    def messages(self, brief: Brief, transcript: Sequence[Line]) -> list[Message]:
        """What the model is sent: rules, as much transcript as fits (the candidate's words fenced), the brief last."""
        told = self._prompt.fill(persona=self._persona, **slots(brief))
        room = self._budget - estimate(told.system) - estimate(told.volatile)
        said = [_message(line) for line in fit(transcript, room)]
        if said and said[0][0] == "assistant":  # some providers want the user to begin
            said.insert(0, ("user", BEGIN))
        return [("system", told.system), *_merged([*said, ("user", told.volatile)])]

    def _say(self, speech: Speech, brief: Brief, transcript: list[Line]) -> Iterator[str]:
        while True:
            messages = self.messages(brief, transcript)
            reply = self._model.stream(messages)
            try:
                yield from reply
                return
            except ModelError as error:
                if speech.text or not self._shrinks(error, messages):
                    speech.text = ""
                    raise
            finally:
                reply.close()
                speech.work = _done(speech.work, reply)

    def _shrinks(self, error: ModelError, messages: Sequence[Message]) -> bool:
        """A model whose context is smaller than we thought gets half as much from now on, if that leaves enough."""
        half = sum(estimate(text) for _, text in messages) // 2
        if error.kind != "context" or half < SMALLEST:
            return False
        self._budget = half
        return True


def slots(brief: Brief) -> dict[str, str]:
    """The brief as the prompt's slots. Values are neutralised: anchors and questions may hold the candidate's words."""
    anchor = brief.anchor
    if anchor is None:
        named = ""
    elif anchor.verbatim:
        named = f'quote them, in quotation marks: "{anchor.text}"'
    else:
        named = f"name their choice: {anchor.text}"
    values = {
        "move": brief.kind, "step": brief.step_title, "say": " ".join(brief.say), "unknown": "; ".join(brief.unknown),
        "anchor": named, "question": brief.question, "topic": brief.topic, "note": brief.note,
    }  # fmt: skip
    return {slot: neutralise(" ".join(value.split())) or "none" for slot, value in values.items()}


def _message(line: Line) -> Message:
    role, text = line
    if role == "candidate":
        return "user", fence("candidate", text)
    return ("user", text) if role == NOTE else ("assistant", text)


def _merged(messages: Sequence[Message]) -> list[Message]:
    """Neighbours of one role become one message: many servers insist on turns that alternate."""
    merged: list[Message] = []
    for role, text in messages:
        if merged and merged[-1][0] == role:
            merged[-1] = (role, f"{merged[-1][1]}\n\n{text}")
        else:
            merged.append((role, text))
    return merged


def _done(work: Work, reply: Reply) -> Work:
    used = reply.usage
    spent = {"tokens_in": used.tokens_in, "tokens_out": used.tokens_out, "first": used.first, "whole": used.whole}
    return work.model_copy(update=spent)
