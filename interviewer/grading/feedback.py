"""What came of a round in a few sentences, made from the verdicts by fixed rules; and what such a sentence may rest on. No model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from interviewer.grading.levels import RANK
from interviewer.grading.scorecard import Advice, ErrorFound, Evidence, Feedback, Scorecard, StudyItem, Verdict
from interviewer.providers.opening import opening

MOST = 3  # sentences of strengths and of gaps that are made here
NEXT = 3
QUOTED = 24  # words
COMPARED = 60  # tokens of an answer to compare with
_ENDS = (".", "!", "?", "\u2026")
_CARRIED = {
    "justified": "you gave a reason",
    "weighed": "you set an alternative or a cost against your choice",
    "quantified": "you argued with numbers",
}


def plain(card: Scorecard) -> Feedback:
    """Strengths, gaps and three things to learn, put together from the verdicts and citing them."""
    return Feedback(
        strengths=tuple(_strength(v) for v in strongest(card)[:MOST]),
        gaps=tuple([*(_mistake(ident, e) for ident, e in standing(card).items()), *(_gap(v) for v in heaviest(card))][:MOST]),
        next=tuple(_next(item, card) for item in offered(card)[:NEXT]),
    )


# --- what may be cited ---------------------------------------------------------------------------------------------------


def verdicts(card: Scorecard) -> list[Verdict]:
    """All verdicts of all steps."""
    return [v for s in card.steps for v in s.verdicts]


def carried(card: Scorecard) -> list[Verdict]:
    """Those that the candidate argued: what a strength may cite."""
    return [v for v in verdicts(card) if RANK[v.depth] >= RANK["justified"]]


def missed(card: Scorecard) -> list[Verdict]:
    """Those that were absent, only named, wrong or not reached: what a gap may cite. Unrated ones are neither."""
    return [v for v in verdicts(card) if v.depth in ("absent", "named", "wrong", "not_reached")]


def all_errors(card: Scorecard) -> dict[str, ErrorFound]:
    """The errors by the ids they are cited with: E1 is the first of the card."""
    return {f"E{number}": e for number, e in enumerate(card.errors, 1)}


def standing(card: Scorecard) -> dict[str, ErrorFound]:
    """Those that were not corrected: what a gap may cite too."""
    return {ident: e for ident, e in all_errors(card).items() if not e.corrected}


def traits(card: Scorecard, least: int, most: int) -> set[str]:
    """The ids of the traits across the steps whose level is within these: a strength may cite a high one, a gap a low one."""
    return {c.id for c in card.cross_cutting if c.level is not None and least <= c.level <= most}


def offered(card: Scorecard) -> list[StudyItem]:
    """What may be recommended to read: the card's study items, and after them the notes behind points that could be argued deeper."""
    items = {item.id: item for item in card.study if item.id}
    for verdict in sorted(carried(card), key=lambda v: (RANK[v.depth], -v.weight)):
        if verdict.note:
            why = f"{verdict.topic}: carried, and worth going deeper into"
            items.setdefault(
                verdict.note.id,
                StudyItem(
                    id=verdict.note.id, title=verdict.note.title, why=why, text=verdict.note.text, sources=verdict.note.sources
                ),
            )
    return list(items.values())


def strongest(card: Scorecard) -> list[Verdict]:
    """The best-carried verdict of each step, the best first."""
    best: dict[str, Verdict] = {}
    for verdict in sorted(carried(card), key=lambda v: (-RANK[v.depth], v.depth != "quantified", not v.failure, -v.weight)):
        if verdict.evidence[:1] not in [v.evidence[:1] for v in best.values()]:  # one sentence is one strength
            best.setdefault(verdict.step, verdict)
    return list(best.values())


def heaviest(card: Scorecard) -> list[Verdict]:
    """The weightiest missed verdict of each step, core ones first; what the round did not reach comes last."""
    worst: dict[str, Verdict] = {}
    for verdict in sorted(missed(card), key=lambda v: (v.depth == "not_reached", v.kind != "core", -v.weight, RANK[v.depth])):
        worst.setdefault(verdict.step, verdict)
    return list(worst.values())


# --- the sentences -------------------------------------------------------------------------------------------------------


def _strength(verdict: Verdict) -> Advice:
    text = f"On {verdict.topic}, {_CARRIED[verdict.depth]}{_said(verdict.evidence)}."
    return Advice(text=text, cites=(verdict.criterion,))


def _mistake(ident: str, error: ErrorFound) -> Advice:
    mend = f" {_sentence(error.correction)}" if error.correction else ""
    if error.unsure:
        return Advice(text=f'Look again at "{clipped(error.quote)}": {error.what}. {_sentence(error.why)}{mend}', cites=(ident,))
    return Advice(
        text=f'You said "{clipped(error.quote)}" and left it standing. {_sentence(error.why or error.what)}{mend}', cites=(ident,)
    )


def _gap(verdict: Verdict) -> Advice:
    how = {
        "absent": "Nothing that you said showed {topic}.",
        "not_reached": "The round ended before {topic} came up.",
        "named": "You named {topic}{said} without a reason, a comparison or a number.",
        "wrong": "What you said on {topic}{said} does not hold.",
    }[verdict.depth]  # fmt: skip
    opened = how.format(topic=verdict.topic, said=_said(verdict.evidence, " (", ")"))
    return Advice(text=f"{opened} Looked for: {_sentence(verdict.looks_for)}", cites=(verdict.criterion,))


def _next(item: StudyItem, card: Scorecard) -> Advice:
    points = [v for v in verdicts(card) if v.note and v.note.id == item.id]
    errors = {ident: e for ident, e in standing(card).items() if e.note and e.note.id == item.id}
    model = next((v.strong for v in points if v.strong), "") or next((e.correction for e in errors.values()), "") or item.why
    text = f"{item.title}. Read the note, answer aloud, then compare with this: {_sentence(opening(model, COMPARED))}"
    return Advice(text=text, cites=(*(v.criterion for v in points), *errors), note=item.id)


def _said(evidence: Sequence[Evidence], before: str = ": ", after: str = "") -> str:
    return f"{before}\u201c{clipped(evidence[0].quote)}\u201d{after}" if evidence else ""


def clipped(quote: str, words: int = QUOTED) -> str:
    """A quote of at most so many words; where it is cut it says so."""
    split = quote.split()
    return " ".join(split).rstrip(".") if len(split) <= words else f"{' '.join(split[:words]).rstrip(',;:')} \u2026"


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith(_ENDS) else ".")


def titles(cites: Iterable[str], card: Scorecard) -> list[str]:
    """What is cited, in words for a reader: the topic of a criterion, the turn of an error."""
    names = {v.criterion: v.topic for v in verdicts(card)} | {
        i: f"the error in turn {e.turn}" for i, e in all_errors(card).items()
    }
    names |= {c.id: c.title.lower() for c in card.cross_cutting}
    return [names[ident] for ident in cites if ident in names]
