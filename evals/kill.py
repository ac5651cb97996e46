"""Kill -9 at random moments of scripted interviews: is any acknowledged answer lost, any turn doubled, does each resume to its end?

python -m evals.kill --moments 50
"""

from __future__ import annotations

import argparse
import itertools
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from interviewer.clock import VirtualClock
from interviewer.office import Office
from interviewer.settings import load
from interviewer.state import Terms

PAUSE = 0.05  # seconds between turns, so that kills fall into every part of the round
ANSWERS = [
    "How many daily users do we have, and what is the latency budget for the page?",
    "I would predict satisfied watch time rather than clicks, because clicks reward misleading thumbnails.",
    "Two stages: retrieval finds a few hundred videos, a ranker orders them, since we cannot score millions in 200 ms.",
    "Positives are watches over thirty seconds, negatives are impressions that were seen and skipped.",
    "A two-tower model for retrieval with an approximate nearest-neighbour index, and a deep ranker with several heads.",
    "I would split at random, eighty to twenty.",
    "Right, that leaks: train on past weeks and test on the next days, and then an A/B test of two weeks by user.",
    "The gateway asks the feature store, then retrieval in 30 ms, then the ranker on GPUs in 60 ms, else a cached list.",
    "I watch null rates, calibration and p99, alert on drift, and retrain daily with a gate before promotion.",
]


def child(home: str, ident: str) -> None:
    """Holds or resumes an interview and says on standard output what it has acknowledged."""
    office = Office(load(home=home))
    terms = Terms(case="video_recommendation", pace="spoken", minutes=45)
    clock = VirtualClock()
    interview = office.resume(ident, clock) if ident else office.start(terms, clock)
    print("id", interview.id, flush=True)
    while not interview.finished:
        if interview.waiting:
            said = "".join(interview.speak())
            time.sleep(PAUSE)
            print("said", len(interview.turns) - 1, len(said), flush=True)
            continue
        spoken = sum(t.role == "candidate" for t in interview.turns)
        interview.hear(ANSWERS[spoken % len(ANSWERS)], pressed="finish" if spoken >= len(ANSWERS) else "")
        print("heard", len(interview.turns) - 1, flush=True)
    print("end", flush=True)


def moment(seed: int, longest: float, index: Path) -> tuple[bool, str]:
    """One interview killed once at a random moment and resumed to its end; whether all was kept, and what was seen."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as home:
        shutil.copytree(index, Path(home) / "index")
        acknowledged, ident, killed = _run(home, "", rng.uniform(0.0, longest))
        office = Office(load(home=home))
        kept = {t.index for t in office.archive.turns(ident)} if ident else set()
        lost = [n for n in acknowledged if n not in kept]
        _more, ident, _ = _run(home, ident, None)
        turns = office.archive.turns(ident)
        doubled = len(turns) != len({t.index for t in turns}) or any(a.role == b.role for a, b in itertools.pairwise(turns))
        ended = office.archive.record(ident).status == "finished"
        office.archive.close()
        note = f"killed {'yes' if killed else 'no '} after {len(acknowledged):2} acknowledged, lost {len(lost)}, doubled {doubled}, ended {ended}"
        return not lost and not doubled and ended, note


def _run(home: str, ident: str, kill_after: float | None) -> tuple[list[int], str, bool]:
    """Runs a child, killing it `kill_after` seconds after it named its interview; what it acknowledged, and its id."""
    process = subprocess.Popen(
        [sys.executable, "-m", "evals.kill", "--child", home, "--id", ident], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    acknowledged: list[int] = []
    killed = False
    first = process.stdout.readline().split()
    ident = first[1] if first[:1] == ["id"] else ident
    if kill_after is not None:
        time.sleep(kill_after)
        process.kill()
        killed = True
    for line in process.stdout:
        words = line.split()
        if words and words[0] in ("heard", "said") and line.endswith("\n"):
            acknowledged.append(int(words[1]))
    process.wait()
    return acknowledged, ident, killed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--child", type=str)
    parser.add_argument("--id", default="")
    args = parser.parse_args()
    if args.child:
        child(str(Path(args.child)), args.id)
        return
    with tempfile.TemporaryDirectory() as home:
        _ = Office(load(home=home)).index
        begun = time.perf_counter()
        _run(home, "", None)
        longest = time.perf_counter() - begun
        print(f"an interview that is left alone takes {longest:.2f} s; kills fall anywhere in it")
        good = sum(_show(seed, *moment(seed, longest, Path(home) / "index")) for seed in range(args.moments))
    print(f"{good} of {args.moments} moments: nothing acknowledged was lost, nothing doubled, resumed to the end")
    sys.exit(good != args.moments)


def _show(seed: int, kept: bool, note: str) -> bool:
    print(f"{seed:3} {note}", flush=True)
    return kept


if __name__ == "__main__":
    main()
