"""What the prompts of a round cost, in token equivalents: fresh tokens, and a tenth of what a provider's cache still has.

    python -m evals.prompts_cost                    20 and 60 answers of about 120 words on video_recommendation
    python -m evals.prompts_cost payment_fraud --answers 20

No model is asked: a stand-in takes each request, counts it and speaks the first question of its brief. Answers are those of
evals/listening, cut or joined to about 120 words; they were written by language models.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Iterator, Sequence
from itertools import cycle
from os.path import commonpath
from pathlib import Path

from evals.marked import answers, sets
from interviewer.clock import VirtualClock
from interviewer.deciding import onward
from interviewer.interview import Interview
from interviewer.listening.assessor import ModelAssessor
from interviewer.office import Office
from interviewer.providers.models import Message, Whole
from interviewer.providers.reply import Usage
from interviewer.providers.window import count
from interviewer.record.archive import Archive
from interviewer.settings import Settings
from interviewer.speaking.memory import notes
from interviewer.speaking.model_voice import ModelVoice
from interviewer.state import Terms

WORDS = 120  # of an answer
REPLY = 32  # words of a reply
CACHED = 0.1  # price of a token that the provider still has, against a fresh one
OBSERVED = 250  # tokens of an assessment, as the held interviews had them
LIMITS = {20: 16_000, 60: 50_000}
_ASK = re.compile(r"^(?:- |ask: )(.*)$", re.MULTILINE)


class Counted(Iterator[str]):
    """A reply that says the first question of the brief, in about `REPLY` words."""

    usage = Usage()

    def __init__(self, brief: str):
        found = _ASK.search(brief)
        asked = re.sub(r"\[.*?\]|\(.*?\)|they (?:said|have)[^:]*:", "", found[1]) if found else "Go on."
        lead = [
            "Let",
            "me",
            "stay",
            "with",
            "what",
            "you",
            "said",
            "a",
            "moment",
            "ago",
            "and",
            "take",
            "one",
            "part",
            "of",
            "it",
        ]
        self._words = iter([*(f"{word} " for word in lead[: max(0, REPLY - len(asked.split()))]), asked])

    def __next__(self) -> str:
        return next(self._words)

    def close(self) -> None: ...


class Counter:
    """Stands in for a model: counts what it is sent."""

    name = "openai:counted"

    def __init__(self) -> None:
        self.fresh, self.repeated, self.requests, self.longest = 0, 0, 0, 0
        self._before = ""

    @property
    def equivalents(self) -> float:
        return self.fresh + CACHED * self.repeated

    def stream(self, messages: Sequence[Message]) -> Counted:
        self._take(messages)
        return Counted(messages[-1][1].rpartition("<brief>")[2])

    def ask(self, messages: Sequence[Message], json: bool = True) -> Whole:
        self._take(messages)
        return Whole('{"answered": "partly"}', Usage())

    def _take(self, messages: Sequence[Message]) -> None:
        sent = "\n".join(f"{role}: {text}" for role, text in messages)
        same = commonpath([self._before, sent])
        whole, kept = count(sent), count(same)
        self.fresh, self.repeated, self.requests = self.fresh + whole - kept, self.repeated + kept, self.requests + 1
        self.longest, self._before = max(self.longest, whole), sent


def said(case: str) -> Iterator[str]:
    """Answers of about 120 words, over and over."""
    texts = " ".join(a.text for which in sets(case) for a in answers(which, case)).split()
    cut = [" ".join(texts[n : n + WORDS]) for n in range(0, len(texts) - WORDS, WORDS)]
    return cycle(cut)


def hold(office: Office, case: str, number: int, folder: Path) -> tuple[Counter, Counter, int]:
    """A round of `number` answers: the speaking and the assessing requests, and the tokens of the notes at its end."""
    onward.MOST_MOVES = number + 1  # a round as long as is asked for, whether or not the interviewer would end it
    speaking, assessing, file = Counter(), Counter(), office.file(case)
    archive = Archive(folder / f"{case}-{number}.db")
    record = archive.begin(Terms(case=case, level="staff", minutes=120, pace="spoken"), office.library.entry(case).version)
    voice = ModelVoice(speaking, file.case.question)  # type: ignore[arg-type]
    clock = VirtualClock(0.0, 120 * 130 / 120 * number / 60)  # the round lasts as long as there are answers
    interview = Interview(record.id, archive, file, voice, clock, assessor=ModelAssessor(assessing, file))  # type: ignore[arg-type]
    "".join(interview.speak())
    for answer, _ in zip(said(case), range(number), strict=False):
        if interview.finished:
            break
        "".join(interview.reply(answer))
        interview.settle()
    archive.close()
    return speaking, assessing, count(notes(interview.turns, file.case))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", nargs="?", default="video_recommendation")
    parser.add_argument("--answers", type=int, nargs="*", default=list(LIMITS))
    given = parser.parse_args()
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Settings(INTERVIEWER_HOME=folder))  # type: ignore[call-arg]
        for number in given.answers:
            speaking, assessing, noted = hold(office, given.case, number, Path(folder))
            limit = LIMITS.get(number)
            missed |= limit is not None and speaking.equivalents > limit
            print(
                f"{number} answers: speaking {speaking.equivalents:,.0f} token equivalents ({speaking.fresh:,} fresh, {speaking.repeated:,} repeated, "
                f"{speaking.requests} requests, the longest {speaking.longest:,})" + (f", aim {limit:,}" if limit else "")
            )
            whole = assessing.fresh + assessing.repeated + OBSERVED * assessing.requests
            print(
                f"   assessing {whole:,} tokens ({assessing.requests} requests, {OBSERVED} each for the reply); the whole talk as notes: {noted:,}"
            )
    raise SystemExit(missed)


if __name__ == "__main__":
    main()
