"""Does it listen? Claims found, false challenges, wrong facts and the swap test, on answers that outsiders wrote from the question alone.

    python -m evals.listening                      all four on both sets of the first case, as a table
    python -m evals.listening --case payment_fraud the same for another case, as far as its answers are marked
    python -m evals.listening --case all     one line a case
    python -m evals.listening --misses             and every miss, to look at by hand (development set only)

The answers, sentences and questions were written by language models that saw the question and nothing else; the marks beside
them were made by another that saw the rubric. No person has rated them.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import permutations
from typing import Any

from evals.marked import SETS, Answer, answers, questions_of, sentences_of, sets
from interviewer.deciding.desk import Desk
from interviewer.deciding.policy import decide
from interviewer.listening.reading import Reader
from interviewer.state import Claim, InterviewState, Move, Reading, Terms, Turn
from interviewer.steps import STEP
from knowledge.case import CaseStudy
from knowledge.library import Library


def claims(reader: Reader, which: str) -> dict:
    """Marked claims that are found with the right polarity, by kind; `extra` are found points that the reader did not mark."""
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    misses = []
    for answer in answers(which, reader.case.slug):
        read = _read(reader, answer).claims
        for mark in answer.marks:
            found = any(c.target == mark["target"] and _same(c, mark["polarity"]) for c in read)
            rows[mark["kind"]][0] += 1
            rows[mark["kind"]][1] += found
            if not found:
                misses.append(f"{answer.id} {mark['target']} ({mark['polarity']}): {mark['quote']}")
        marked = {mark["target"] for mark in answer.marks}
        for kind, target in {(c.kind, c.target) for c in read if c.polarity in ("asserted", "hedged") and c.kind != "twist"}:
            rows[kind][2] += 1
            rows[kind][3] += target not in marked
    return {"rows": dict(rows), "misses": misses}


def _same(claim: Claim, polarity: str) -> bool:
    return claim.polarity == polarity


def _read(reader: Reader, answer: Answer) -> Reading:
    return reader.read(answer.text, answer.step, asked=answer.asked)


def challenges(case: CaseStudy, reader: Reader, which: str) -> dict:
    """What the policy challenges, over sentences that assert a pitfall and sentences that negate, reject, repair or suppose one."""
    right = false = asserted = 0
    wrong = []
    for row in sentences_of(which, reader.case.slug):
        move = _answered(case, reader.read(row["text"], "model"), row["text"], "model", STEP["model"].opening)
        fired = move.kind == "challenge" and move.about != "arithmetic"
        asserted += row["asserted"]
        right += fired and row["asserted"]
        if fired and not row["asserted"]:
            false += 1
            wrong.append(f"{move.about}: {row['text']}")
    return {
        "asserted": asserted,
        "right": right,
        "false": false,
        "negated": len(sentences_of(which, reader.case.slug)) - asserted,
        "wrong": wrong,
    }


def facts(reader: Reader, which: str) -> dict[str, Any]:
    """Clarifying questions that were told a fact that does not answer them, and how many of the needed facts were told."""
    wrong: list[str] = []
    needed, told_needed, rows = 0, 0, questions_of(which, reader.case.slug)
    for row in rows:
        told = [a.fact for a in reader.read(row["text"], "clarify").asks if a.fact]
        right = {*row["needed"], *row["ok"]}
        bad = [f for f in told if f not in right]
        needed += len(row["needed"])
        told_needed += sum(f in told for f in row["needed"])
        if bad:
            wrong.append(f"{bad}: {row['text']}")
    return {"questions": len(rows), "wrong": wrong, "needed": needed, "told": told_needed}


def swap(case: CaseStudy, reader: Reader, which: str) -> dict:
    """Over all pairs of answers to the same moment: does the other candidate's answer change the next move, or what it refers to?"""
    by_moment = defaultdict(list)
    read = {}
    for answer in answers(which, reader.case.slug):
        by_moment[answer.moment].append(answer)
        read[answer.id] = _read(reader, answer)
    counts = {"pairs": 0, "point": 0, "move": 0, "fixed": 0}
    for group in by_moment.values():
        for one, other in permutations(group, 2):
            counts["pairs"] += 1
            here, there = (_answered(case, read[a.id], a.text, one.step, one.asked) for a in (one, other))
            counts["point"] += (here.kind, here.about, here.question) != (there.kind, there.about, there.question)
            counts["move"] += _refers(here) != _refers(there)
            counts["fixed"] += _fixed_order(case, one.step) != _fixed_order(case, other.step)
    return counts


def _refers(move: Move) -> tuple:
    return move.kind, move.about, move.question, move.anchor.text if move.anchor else "", move.say


def _fixed_order(case: CaseStudy, step: str) -> str:
    """What an interviewer who goes down a list asks next, whatever was said: the baseline of the swap test."""
    return case.criteria(step)[0].probes[0].ask


def _answered(case: CaseStudy, reading: Reading, text: str, step: str, asked: str) -> Move:
    """The move after `text` was said in `step`, in a round that stands at the beginning of that step."""
    begun = 60.0 * 5
    said = Move(kind="advance", step=step, question=asked, why="")  # type: ignore[arg-type]
    state = InterviewState(terms=Terms(case=case.slug, pace="spoken"))
    state = state.after(Turn(index=0, role="interviewer", text=asked, clock=begun, step=step, move=said))  # type: ignore[arg-type]
    turn = Turn(index=1, role="candidate", text=text, clock=begun + 40, step=step, reading=reading)  # type: ignore[arg-type]
    return decide(Desk(case, state.after(turn), turn))


def report(slug: str, which: Iterable[str], misses: bool = False) -> Iterator[str]:
    """The lines of the table."""
    case = Library().case(slug)
    reader = Reader(case)
    for name in which:
        yield f"# {name} set of {slug} (written by language models; no person has rated it)"
        yield from _claim_lines(reader, name, misses)
        fired = challenges(case, reader, name)
        if sentences_of(name, slug):
            precision = fired["right"] / max(1, fired["right"] + fired["false"])
            yield f"  challenges {fired['right']} of {fired['asserted']} asserted pitfalls, {fired['false']} of {fired['negated']} negated: precision {precision:.1%} (aim 90 %)"
        yield from _fact_lines(reader, name, misses)
        swapped = swap(case, reader, name)
        pairs = swapped["pairs"]
        yield f"  swap test  {swapped['point'] / pairs:.1%} other question or point, {swapped['move'] / pairs:.1%} other move or reference (aim 60 %), fixed order {swapped['fixed'] / pairs:.1%}, over {pairs} pairs"
        if misses and name == SETS[0]:
            yield from (f"  miss  {line}" for line in fired["wrong"])


def _claim_lines(reader: Reader, name: str, misses: bool) -> Iterator[str]:
    found = claims(reader, name)
    total, hit = (sum(row[n] for row in found["rows"].values()) for n in (0, 1))
    if not total:
        yield f"  claims     not marked; {sum(row[2] for row in found['rows'].values())} found in {len(answers(name, reader.case.slug))} answers"
        return
    for kind, (marked, right, seen, extra) in sorted(found["rows"].items()):
        yield f"  {kind:10} {right:4} of {marked:4} marked claims found with the right polarity; {extra} of {seen} found were not marked"
    yield f"  all        {hit:4} of {total:4} = {hit / total:.1%} (aim 80 %)"
    same, one, two = readers(name, reader.case.slug)
    if two:
        yield f"  readers    {same} marks are the same, polarity included, of {one} by one reader and {two} by another"
    if misses and name == SETS[0]:
        yield from (f"  miss  {line}" for line in found["misses"])


def readers(which: str, slug: str) -> tuple[int, int, int]:
    """Marks that two readers have alike, and how many each made, over the answers that both have read."""
    twice = [answer for answer in answers(which, slug) if answer.second is not None]
    ones = [{(m["target"], m["polarity"]) for m in answer.marks} for answer in twice]
    twos = [{(m["target"], m["polarity"]) for m in answer.second or []} for answer in twice]
    return sum(len(a & b) for a, b in zip(ones, twos, strict=True)), sum(map(len, ones)), sum(map(len, twos))


def _fact_lines(reader: Reader, name: str, misses: bool) -> Iterator[str]:
    rows = questions_of(name, reader.case.slug)
    if not rows:
        return
    if not all("needed" in row for row in rows):
        asks = [reader.read(row["text"], "clarify").asks for row in rows]
        answered = sum(any(a.fact for a in found) for found in asks)
        back = sum(not any(a.fact for a in found) and any(a.maybe for a in found) for found in asks)
        yield f"  facts      not labelled; {answered} of {len(rows)} questions told a fact, {back} asked back"
        return
    told = facts(reader, name)
    yield f"  facts      {len(told['wrong'])} of {told['questions']} questions told a wrong fact = {len(told['wrong']) / told['questions']:.1%} (aim 2 %); {told['told']} of {told['needed']} needed facts told"
    if misses and name == SETS[0]:
        yield from (f"  miss  {line}" for line in told["wrong"])


def together(which: str) -> Iterator[str]:
    """One line a case that has this set: claims found, challenges, wrong facts, swap test; and all of them together."""
    library = Library()
    whole = [0, 0, 0, 0, 0, 0]
    yield f"# {which} sets (written by language models; no person has rated them)"
    yield f"{'':22} {'claims found':>20}  {'challenged':>10}  {'falsely':>8}  {'wrong facts':>11}  {'swap':>5}"
    for slug in library.folders():
        if which not in sets(slug):
            continue
        case = library.case(slug)
        reader = Reader(case)
        rows = list(claims(reader, which)["rows"].values())
        hit, total = sum(r[1] for r in rows), sum(r[0] for r in rows)
        fired, labelled = challenges(case, reader, which), [q for q in questions_of(which, slug) if "needed" in q]
        told: dict[str, Any] = facts(reader, which) if labelled else {"wrong": [], "questions": 0}
        swapped = swap(case, reader, which)
        found = [hit, total, fired["right"], fired["asserted"], fired["false"], fired["negated"]]
        whole = [a + b for a, b in zip(whole, found, strict=True)]
        yield f"{slug:22} {_share(hit, total):>20}  {fired['right']:3} of {fired['asserted']:3}  {fired['false']:2} of {fired['negated']:3}  {len(told['wrong']):4} of {told['questions']:3}  {swapped['move'] / max(1, swapped['pairs']):5.0%}"
    yield f"{'all':22} {_share(whole[0], whole[1]):>20}  {whole[2]:3} of {whole[3]:3}  {whole[4]:2} of {whole[5]:3}"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} = {part / max(1, whole):.1%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", default="video_recommendation", help="a case, or `all` for one line each")
    parser.add_argument("--set", dest="which", choices=SETS, action="append", help="default: all that the case has")
    parser.add_argument("--misses", action="store_true")
    args = parser.parse_args()
    if args.case == "all":
        for which in args.which or SETS:
            print("\n".join(together(which)))
        return
    for line in report(args.case, args.which or sets(args.case), args.misses):
        print(line)


if __name__ == "__main__":
    main()
