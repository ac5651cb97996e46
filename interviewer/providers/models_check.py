"""Whether the models that are set up can do their jobs: a small real call for each, and in plain words what came of it. Knows no case."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from interviewer.errors import ModelError, SetupError
from interviewer.providers import bill
from interviewer.providers.models import ChatModel, open_model
from interviewer.providers.structured import Loose, UnreadableError, read
from interviewer.settings import EMBEDDED, JOBS, ROUND, Job, Settings
from interviewer.state import Work

PATIENCE = 30.0  # seconds that a check waits for a model, however long an interview may
COUNT = [("system", "You answer in one short line."), ("user", "Count from one to ten in words, with spaces between them.")]
SUM = [
    ("system", "You answer with one JSON object and nothing else."),
    ("user", 'Give 17 + 25 and the first three letters of the alphabet, as {"sum": <number>, "letters": [<string>, ...]}.'),
]
COLOURS = {"red": (220, 20, 30), "green": (20, 160, 40), "blue": (30, 50, 220)}
WHICH = "Which colour fills this picture: red, green or blue? Answer with that one word."
ADVICE = {
    "auth": "Set its key (`interviewer models` shows where it is asked).",
    "timeout": f"It had {PATIENCE:.0f} seconds at most. Try a quicker model, or again when the server is up.",
    "unknown_model": "Set the name as the provider lists it, PROVIDER:NAME.",
    "refused": "Choose another model for this job.",
    "empty": "Choose another model for this job.",
}


class Sums(Loose):
    """The tiny answer that is asked for in JSON."""

    sum: int
    letters: list[str]


class Listed(NamedTuple):
    """A job, who does it and where: `setting` says what to change."""

    job: Job
    model: str
    base_url: str
    setting: str


class Finding(NamedTuple):
    """What a check of one job came to; `bad` when a model that was set up for it cannot do it, `cost` is what it took."""

    job: Job
    model: str
    text: str
    cost: str = ""
    bad: bool = False


class _Failed(Exception):
    """A model answered, and not as its job needs it; the text says how and what to do."""


def listed(settings: Settings) -> list[Listed]:
    """All jobs."""
    return [Listed(job, settings.model_for(job), _where(settings, job), settings.set_by(job)) for job in JOBS]


def check(settings: Settings) -> Iterator[Finding]:
    """One finding a job, as it comes. A model that two jobs need for the same thing at the same place is asked once.

    The jobs of evals are checked only when they have a model of their own.
    """
    asked: dict[tuple, tuple[Job, Finding]] = {}
    for job in _to_check(settings):
        model = settings.model_for(job)
        if model == EMBEDDED:
            yield Finding(job, model, _embedded(job))
            continue
        same = (model, settings.place_for(job), NEEDS[job])
        if same in asked:
            first, finding = asked[same]
            yield finding._replace(job=job, text=f"as the {first}: {finding.text}", cost="")
        else:
            finding = _check(settings, job)
            asked[same] = (job, finding)
            yield finding


def _to_check(settings: Settings) -> Iterable[Job]:
    return [job for job in JOBS if job in ROUND or getattr(settings, f"model_{job}")]


def _check(settings: Settings, job: Job) -> Finding:
    """The job's call, once and without tries after it."""
    name, model = settings.model_for(job), None
    hurried = settings.model_copy(update={"timeout": min(settings.timeout, PATIENCE)})
    try:
        model = open_model(hurried, job, retries=0)
        told, bad = f"works: {NEEDS[job](model)}", False
    except SetupError as error:
        told, bad = f"does not work: {error}", True
    except ModelError as error:
        told, bad = f"does not work: {' '.join([str(error), ADVICE.get(error.kind, '')]).strip()}", True
    except _Failed as error:
        told, bad = f"does not work: {error}", True
    spared = bad and job == "eyes" and not settings.model_eyes
    told += " Pictures cannot be read; all else goes on." if spared else ""
    return Finding(job, name, told, _spent(model), bad and not spared)


def _spent(model: ChatModel | None) -> str:
    if model is None or not model.spent.tokens_in + model.spent.tokens_out:
        return ""
    used = model.spent
    work = Work(worker=model.name, tokens_in=used.tokens_in, tokens_out=used.tokens_out, tokens_cached=used.tokens_cached)
    return bill.line(bill.bill([("check", work)]))


# --- what a job needs -------------------------------------------------------------------------------------------------


def _speaks(model: ChatModel) -> str:
    """Streamed words, as the candidate reads them."""
    reply = model.stream(COUNT)
    pieces = sum(1 for _ in reply)
    first, whole = reply.usage.first, reply.usage.whole
    if pieces < 2:
        return f"it speaks, but does not stream: all words at once after {_time(whole)}"
    return f"it streams, first word after {_time(first)}, all after {_time(whole)}"


def _answers(model: ChatModel) -> str:
    """JSON of the form that was asked for."""
    text, usage = model.ask(SUM)
    mode = "JSON mode" if model.json_mode else "JSON by asking only, the server has no mode for it"
    try:
        answer = read(text, Sums)
    except UnreadableError as error:
        raise _Failed(f"asked for JSON, it answered {_short(text)} ({error}). Choose a model that keeps to a form.") from error
    if answer.sum != 42 or [letter.strip().lower() for letter in answer.letters] != ["a", "b", "c"]:
        raise _Failed(f"its JSON has the form, but 17 + 25 and a, b, c came out as {_short(text)}. Choose a stronger model.")
    return f"{mode}, answered right after {_time(usage.whole)}"


def _sees(model: ChatModel) -> str:
    """The colour of a picture."""
    colour = random.choice(list(COLOURS))
    said = model.see("You look at pictures.", WHICH, picture(COLOURS[colour]), "image/png")
    named = [each for each in COLOURS if each in said.lower()]
    if named != [colour]:
        raise _Failed(f"shown a {colour} picture, it answered {_short(said)}. Set INTERVIEWER_MODEL_EYES to a model that sees.")
    return f"it sees, and named the colour of a picture after {_time(model.spent.whole)}"


def _talks(model: ChatModel) -> str:
    """Any words."""
    return f"it answered after {_time(model.ask(COUNT, json=False).usage.whole)}"


NEEDS: dict[Job, Callable[[ChatModel], str]] = {
    "interviewer": _speaks, "assessor": _answers, "grader": _answers, "eyes": _sees, "candidate": _talks, "judge": _answers,
}  # fmt: skip


def picture(colour: tuple[int, int, int], side: int = 64) -> bytes:
    """A PNG of `side` by `side` pixels of one colour (red, green, blue, each 0 to 255)."""
    rows = (b"\0" + bytes(colour) * side) * side
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _where(settings: Settings, job: Job) -> str:
    """The address that is set for a job's model; the provider's own is not known here."""
    provider, place = settings.model_for(job).partition(":")[0], settings.place_for(job)
    if provider == EMBEDDED:
        return ""
    if place.own or provider == "openai":
        return place.base_url
    return settings.azure_endpoint if provider == "azure_openai" else ""


def _embedded(job: Job) -> str:
    if job == "eyes":
        return "off: no model is set up that could read pictures"
    if job == "assessor":
        return "embedded: answers are read by code on this machine"
    return "embedded: it runs on this machine, there is no model to ask"


def _short(text: str) -> str:
    words = " ".join(text.split())
    return f'"{words if len(words) <= 80 else words[:77] + "..."}"'


def _time(milliseconds: float) -> str:
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"
