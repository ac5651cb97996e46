"""How an interviewer behaved in a held interview, as far as code can see it. A pure function over the turns and the case.

    python -m evals.conduct FILE...                     files of `python -m evals.hold`, as a table with every finding
    python -m evals.conduct --home FOLDER ID...         interviews of a record
    python -m evals.conduct FILE --judge openai:NAME    and what only a reader can see, by prompts/judge

Exit code 1 on a leak, a loop or a contradiction, 2 when something cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from evals import course, truth, wording
from evals.course import share
from evals.held import Held, of_record, read
from evals.reader import Read, Reader
from evals.wording import Finding, questions
from interviewer.errors import InterviewerError
from interviewer.office import Office
from interviewer.providers.models import open_model
from interviewer.settings import load
from knowledge.case import CaseStudy

GRAVE = ("leak", "loop", "contradiction")


def findings(held: Held, case: CaseStudy) -> list[Finding]:
    """All that can be found by code, in the order of the turns; what concerns the whole round comes last."""
    found = [*wording.checks(held.turns), *course.checks(held, case), *truth.checks(held.turns, case)]
    return sorted(found, key=lambda f: (f.turn is None, f.turn or 0, f.kind))


# --- from the command line ------------------------------------------------------------------------------------------


def main(words: Sequence[str] | None = None) -> int:
    """Print the table; 1 when anything grave was found."""
    given = _arguments().parse_args(words)
    try:
        office = Office(load(home=given.home, model_judge=given.judge, base_url_judge=given.judge_url))
        rounds = [_held(office, name, given.home is not None) for name in given.names]
        return _report(office, rounds, given)
    except InterviewerError as error:
        print(error, file=sys.stderr)
        return 2


def _held(office: Office, name: str, of_the_record: bool) -> Held:
    return of_record(office.archive.record(name), office.archive.turns(name)) if of_the_record else read(Path(name))


def _report(office: Office, rounds: Sequence[Held], given: argparse.Namespace) -> int:
    reader = Reader(open_model(office.settings, "judge"), office.prompt("judge")) if given.judge else None
    grave = 0
    for held in rounds:
        case = office.library.case(held.head.case)
        found, read_ = findings(held, case), reader.read(held, case.question) if reader else None
        grave += sum(f.kind in GRAVE for f in found)
        lines = [json.dumps(_row(held, found, read_), ensure_ascii=False)] if given.json else table(held, found, read_)
        print("\n".join(lines), flush=True)
    return 1 if grave else 0


def table(held: Held, found: Sequence[Finding], opinion: Read | None = None) -> list[str]:
    """The lines of one round: who, how much, every finding, and a reader's opinion where there is one."""
    spoken = [t for t in held.turns if t.role == "interviewer"]
    single = sum(len(questions(t)) <= 1 for t in spoken[1:]) / max(1, len(spoken) - 1)
    kinds = Counter(f.kind for f in found)
    head = held.head
    return [
        f"{head.case}  {head.interviewer} with {head.persona or head.pick or head.script or 'a person'}  ({held.end.status}{', ' * bool(held.end.why)}{held.end.why})",
        f"  {len(held.turns)} turns, the candidate has {share(held.turns):.0%} of the words, one question in {single:.0%} of the turns",
        "  " + (", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())) or "nothing found"),
        *(f"  {'-' if f.turn is None else f.turn:>4} {f.kind:14} {f.text}" for f in found),
        *(_opinion(opinion) if opinion else []),
    ]


def _opinion(opinion: Read) -> list[str]:
    unread, follows = ("none" if share is None else f"{share:.0%}" for share in (opinion.unread, opinion.follows))
    return [
        f"  read by {opinion.reader} ({opinion.prompt}): {len(opinion.probes)} follow-ups rated, {len(opinion.unrated)} unrated; "
        f"{unread} could have been asked unread, {follows} follow",
        *(
            f"  {p.turn:>4} {'unread' if p.unread else 'does not follow':14} {p.reason}"
            for p in opinion.probes
            if p.unread or not p.follows
        ),
        *(f"  {turn:>4} {'unrated':14} {why}" for turn, why in opinion.unrated.items()),
        *(f"  {f.turn:>4} {f.kind:14} {f.text}" for f in opinion.findings),
    ]


def _row(held: Held, found: Sequence[Finding], opinion: Read | None) -> dict:
    row = {"head": held.head.model_dump(), "share": round(share(held.turns), 3), "findings": [f.model_dump() for f in found]}
    return row | ({"read": opinion.model_dump()} if opinion else {})


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals.conduct", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", help="files, or with --home the ids of interviews")
    parser.add_argument("--home", type=Path, help="the folder of a record")
    parser.add_argument("--judge", metavar="MODEL", help="a model that reads them as well: PROVIDER:NAME")
    parser.add_argument("--judge-url", help="a server of its own")
    parser.add_argument("--json", action="store_true", help="one object a round, for a log")
    return parser


if __name__ == "__main__":
    sys.exit(main())
