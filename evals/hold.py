"""Hold one whole interview: any interviewer with any candidate, on the virtual clock, graded at the end, kept as one file.

    python -m evals.hold video_recommendation --script evals/candidates/video_recommendation.json --pick OV-L3 --minutes 8
    python -m evals.hold payment_fraud --persona solid --candidate openai:NAME --candidate-url http://localhost:8000/v1
    python -m evals.hold payment_fraud --persona weak --interviewer openai:ONE --interviewer-url URL --candidate openai:OTHER
    python -m evals.hold --resume ID     goes on with one that was interrupted, with the same two

The record is kept under --home (by default the folder `held` beside your own record, so that these rounds are not taken for yours).
Exit code 0 when the interview came to its end, 1 when a model failed and the run is `invalid`, 2 when something is not set up.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

from evals.held import End, Head, read, write
from evals.holding import TURNS, PacedClock, hold
from evals.players import Candidate, Persona, Player, persona, personas, script
from interviewer.clock import WORDS_A_MINUTE
from interviewer.errors import InputError, InterviewerError, ModelError, SetupError
from interviewer.interview import Interview
from interviewer.office import Office
from interviewer.providers.models import ChatModel, open_model
from interviewer.settings import EMBEDDED, Settings, load
from interviewer.state import Terms
from interviewer.steps import STEPS
from knowledge.case import Level
from prompts.library import load as prompt


def main(words: Sequence[str] | None = None) -> int:
    """Hold or resume one interview, write its file, print where it is."""
    given = _arguments().parse_args(words)
    try:
        return _run(given)
    except InterviewerError as error:
        print(error, file=sys.stderr)
        return 2


def _run(given: argparse.Namespace) -> int:
    home = given.home or load().home / "held"
    head = read(_file(given, home, given.resume)).head if given.resume else _head(given)
    settings = _settings(given, home, head)
    office = Office(settings)
    candidate, model = _candidate(head, settings)
    interview = _interview(office, head, candidate)
    head = head.model_copy(update={"id": interview.id})
    print(f"interview {interview.id}: {head.persona or head.pick or head.script} with {interview.voice.name}", flush=True)
    print(f"if it is interrupted: python -m evals.hold --resume {interview.id} --home {home}", file=sys.stderr, flush=True)
    return _held(_Run(office, interview, head, candidate, model, _file(given, home, interview.id), given))


class _Run:
    """What belongs to one interview while it is held, and how it is told and kept."""

    def __init__(
        self, office: Office, interview: Interview, head: Head, candidate: Candidate, model: ChatModel | None, out: Path,
        given: argparse.Namespace,
    ):  # fmt: skip
        self.office, self.interview, self.head, self.candidate, self.model = office, interview, head, candidate, model
        self.out, self.given, self.shown = out, given, 0

    def kept(self) -> None:
        """After every turn: the file is whole, and what is new is shown."""
        self.save(End(clock=self.interview.clock.read(), asked=self.asked()))
        for turn in self.interview.turns[self.shown :] if not self.given.quiet else []:
            kind = f" [{turn.move.kind}, {turn.step}]" if turn.move else ""
            print(f"{turn.index:3} {turn.clock / 60:5.1f} min  {turn.role}{kind}: {turn.text or '(nothing)'}", flush=True)
        self.shown = len(self.interview.turns)

    def save(self, end: End, score: dict | None = None) -> None:
        write(self.out, self.head, self.interview.turns, end, score)

    def asked(self) -> dict[str, float]:
        """What the candidate's model has taken in this process."""
        return {k: round(v, 1) for k, v in self.model.spent._asdict().items()} if self.model else {}


def _held(run: _Run) -> int:
    question = run.office.card(run.head.case).question
    try:
        cut = hold(run.interview, question, run.candidate, run.head.turns, run.kept)
    except ModelError as error:
        run.save(End(status="invalid", why=str(error), clock=run.interview.clock.read(), asked=run.asked()))
        print(f"invalid: {error}\n{run.out}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"interrupted: go on with --resume {run.interview.id}", file=sys.stderr)
        return 130
    end = End(status="finished", why=cut, clock=run.interview.clock.read(), asked=run.asked())
    run.save(end)
    if not run.given.no_grade:
        run.save(end, _graded(run))
    print(run.out)
    return 0


def _graded(run: _Run) -> dict:
    """The scorecard's compact form, and what went wrong with it."""
    card = run.office.debrief(run.interview.id, model=run.given.grader)
    levels = " ".join(f"{s.step}={'-' if s.level is None else s.level}" for s in card.steps)
    print(f"{card.grader}: {card.recommendation or 'no recommendation'}  {levels}", flush=True)
    above = above_card(persona(run.head.persona), {s.step: s.level for s in card.steps}) if run.head.persona else []
    for each in above:
        print(f"  graded above its card: {each}", flush=True)
    return card.compact() | {"trouble": list(card.trouble), "above_card": above}


def above_card(card: Persona, levels: Mapping[str, int | None]) -> list[str]:
    """Steps that were graded two levels or more above the card: the player knew too much, or the grader was taken in."""
    pairs = [(step, level, card.levels[step]) for step in STEPS if (level := levels.get(step)) is not None]
    return [f"{step} {level}, the card says {capped}" for step, level, capped in pairs if level >= capped + 2]


def _head(given: argparse.Namespace) -> Head:
    if not given.case:
        raise InputError("name a case, or an interview to go on with: --resume ID")
    if bool(given.persona) == bool(given.script):
        raise InputError(f"name one candidate: --persona ({', '.join(personas())}) or --script FILE")
    settings = load(model_interviewer=given.interviewer, model_candidate=given.candidate)
    return Head(
        id="", case=given.case, level=given.level, minutes=given.minutes, whole=given.minutes * 60,
        interviewer=settings.model_for("interviewer"), candidate=settings.model_for("candidate") if given.persona else "",
        persona=given.persona or "", script=str(given.script or ""), pick=given.pick, sentences=given.sentences, pace=given.pace,
        turns=given.turns,
    )  # fmt: skip


def _settings(given: argparse.Namespace, home: Path, head: Head) -> Settings:
    """One set of settings with a model and a server for each job: they may all differ."""
    return load(
        home=home, model_interviewer=head.interviewer, base_url_interviewer=given.interviewer_url,
        model_candidate=head.candidate or None, base_url_candidate=given.candidate_url, model_grader=given.grader,
        base_url_grader=given.grader_url,
    )  # fmt: skip


def _candidate(head: Head, settings: Settings) -> tuple[Candidate, ChatModel | None]:
    """The candidate, and the model that plays it."""
    if head.script:
        return script(Path(head.script), head.case, head.pick, head.sentences), None
    if head.candidate == EMBEDDED:
        raise SetupError("a persona is played by a model: name one with --candidate PROVIDER:NAME (and --candidate-url)")
    model = open_model(settings, "candidate")
    return Player(model, persona(head.persona), prompt("candidate", settings.version("candidate"))), model


def _interview(office: Office, head: Head, candidate: Candidate) -> Interview:
    """The interview, new or where it was left; SetupError when its own interviewer cannot be had any more."""
    if not head.id:
        terms = Terms(case=head.case, level=head.level, minutes=head.minutes, pace="spoken")  # type: ignore[arg-type]
        return office.start(terms, PacedClock(0.0, head.pace, candidate.pause))
    interview = office.resume(head.id, PacedClock(office.archive.record(head.id).clock, head.pace, candidate.pause))
    if interview.voice.name != head.interviewer:
        raise SetupError(f"{interview.trouble or interview.voice.name}: it was begun with {head.interviewer}")
    return interview


def _file(given: argparse.Namespace, home: Path, ident: str) -> Path:
    return given.out or home / "rounds" / f"{ident}.jsonl"


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals.hold", description=__doc__.splitlines()[0])
    parser.add_argument("case", nargs="?")
    parser.add_argument("--persona", help=f"a model plays it: {', '.join(personas())}")
    parser.add_argument("--script", type=Path, help="answers written beforehand: a recorded interview, or text with one a line")
    parser.add_argument("--pick", default="", help="the id of one interview of the script's file")
    parser.add_argument("--sentences", type=int, default=0, help="say a script's answers in pieces of so many sentences")
    parser.add_argument("--level", choices=get_args(Level), default="senior")
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--pace", type=float, default=WORDS_A_MINUTE, help="words a minute on the virtual clock")
    parser.add_argument("--turns", type=int, default=TURNS, help="of the candidate at most, then the round is finished")
    for job in ("interviewer", "candidate", "grader"):
        parser.add_argument(f"--{job}", help="embedded or PROVIDER:NAME" if job != "candidate" else "PROVIDER:NAME")
        parser.add_argument(f"--{job}-url", help="a server of its own")
    parser.add_argument("--home", type=Path, help="where the record is kept")
    parser.add_argument("--out", type=Path, help="the file that is written (default: under --home)")
    parser.add_argument("--resume", metavar="ID", help="go on with an interrupted one")
    parser.add_argument("--no-grade", action="store_true")
    parser.add_argument("--quiet", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
