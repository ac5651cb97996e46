"""The swap test for a model that speaks: does another candidate's answer to the same question change what it asks next?

    INTERVIEWER_MODEL=openai:NAME python -m evals.swap --pairs 20

Pairs of answers are those of evals/listening (written by language models), given in the same step after the same question. A pair
passes when the two next turns are about different points or are far from each other in words and sense.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from evals.marked import Answer, answers, sets
from interviewer.clock import VirtualClock
from interviewer.interview import Interview
from interviewer.office import Office
from interviewer.record.archive import Archive
from interviewer.settings import load
from interviewer.state import Move, Terms, Turn

ALIKE = 1.1  # likeness (0 to 2) from which two turns are the same question in other words
PARALLEL = 4


def pairs(office: Office, number: int, seed: int = 7) -> list[tuple[str, Answer, Answer]]:
    """Pairs of answers of different people to the same question, spread over the cases."""
    pick = random.Random(seed)
    found: list[list[tuple[str, Answer, Answer]]] = []
    for case in office.library.folders():
        groups: dict[tuple[str, str], list[Answer]] = defaultdict(list)
        for which in sets(case):
            for answer in answers(which, case):
                groups[answer.step, answer.asked].append(answer)
        told = [
            (case, *pick.sample(group, 2)) for (step, _), group in sorted(groups.items()) if len(group) >= 2 and step != "clarify"
        ]
        pick.shuffle(told)
        found.append(told)  # type: ignore[arg-type]
    rounds = [each[place] for place in range(max(map(len, found))) for each in found if place < len(each)]
    return rounds[:number]


def reply(office: Office, archive: Archive, case: str, answer: Answer) -> Turn:
    """The interviewer's turn after one answer to one question."""
    terms = Terms(case=case, pace="spoken", models=office.settings.agreed({}))
    record = archive.begin(terms, office.library.entry(case).version)
    asked = Move(kind="advance", step=answer.step, question=answer.asked, why="the swap test")  # type: ignore[arg-type]
    opened = Move(kind="open", step="clarify", why="the swap test")
    archive.append(record.id, Turn(index=0, role="interviewer", text=office.card(case).question, move=opened))
    archive.append(record.id, Turn(index=1, role="candidate", text="I will take it step by step.", clock=60))
    archive.append(record.id, Turn(index=2, role="interviewer", text=answer.asked, step=answer.step, move=asked, clock=600))  # type: ignore[arg-type]
    voice = office.voice(terms.models["interviewer"], terms)
    interview = Interview(record.id, archive, office.file(case), voice, VirtualClock(600))
    "".join(interview.reply(answer.text))
    return interview.turns[-1]


def same(office: Office, case: str, one: Turn, other: Turn) -> bool:
    """Whether two turns ask the same thing: of one point, in the same or in like words."""
    likeness = float(office.file(case).reader.likeness(one.text, [other.text])[0])
    about = one.move and other.move and one.move.about == other.move.about
    return likeness >= ALIKE if about else likeness >= 1.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--out", type=Path, help="keep the pairs and what was asked, as JSON lines")
    given = parser.parse_args()
    office = Office(load())
    chosen = pairs(office, given.pairs)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(PARALLEL) as pool:
        tasks = [(case, answer) for case, *both in chosen for answer in both]
        archive = Archive(Path(folder) / "record.db")
        turns = list(pool.map(lambda task: reply(office, archive, *task), tasks))
        archive.close()
    rows = [(case, a, b, turns[2 * n], turns[2 * n + 1]) for n, (case, a, b) in enumerate(chosen)]
    changed = [not same(office, case, one, other) for case, _, _, one, other in rows]
    for (case, a, _, one, other), differs in zip(rows, changed, strict=True):
        print(f"{'changed' if differs else 'SAME   '} {case}: {a.asked}\n    {one.text}\n    {other.text}")
    print(f"{sum(changed)} of {len(changed)} changed ({sum(changed) / len(changed):.0%})")
    if given.out:
        kept = [{"case": c, "asked": a.asked, "answers": [a.text, b.text], "turns": [x.text, y.text]} for c, a, b, x, y in rows]
        given.out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept), "utf-8")


if __name__ == "__main__":
    main()
