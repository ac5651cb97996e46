"""What an answer shows, at once and without a model: claims with polarity and support, questions, intents. Knows no clock or policy."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from interviewer.listening.aside import without_asides
from interviewer.listening.asking import Questions
from interviewer.listening.clauses import (
    Sentence,
    argues,
    considers,
    foresees_failure,
    gives_reason,
    polarity,
    sentences,
    vague,
    weighs,
)
from interviewer.listening.intents import agenda, destination, intents
from interviewer.listening.numbers import numbers, slip
from interviewer.listening.recognising import KINDS, Piece, Targets, features, least, pieces, probability
from interviewer.listening.stance import own_view, signs, stance
from interviewer.state import Claim, Polarity, Reading, TargetKind, Turn
from interviewer.whiteboard.diagram import unarrowed
from knowledge.case import STEPS, CaseStudy, Choice, Criterion, Pitfall, Step, Twist
from knowledge.cues import Cue, Hit, Places, patterns
from knowledge.matching import Near, Wordings
from knowledge.words import folded, terms

FULL = 7  # different words of a sentence that argues
WHOLE = 0.7  # weight of the whole answer, beside the sentence itself, in saying what step it is about
AT_HAND = 0.15  # and of the step at hand
NEAREST = 2  # points of a step that say how near a text is to it
CLOSE = 5  # tokens that may lie between the words that tell most of a target
TELLING = 0.5  # share of the most telling word's weight from which a word belongs to what is meant
AS_NEAR = 0.85  # of the nearest piece, from which another sentence of the answer says the target as well
LEAST_LIKE = 0.2  # nearness to an assertion that a cue needs beside it
UNLIKE = 0.1  # by which a near miss may be nearer than an assertion and a cue still counts
SOUNDS = 0.05  # by which a piece that only sounds like a point or a design is nearer to a near miss of it
SHARP = 0.12  # how sharply the nearest target of a sentence stands out when its share is told
MOST_TOPICS = 8  # of each kind, in what an answer is about
MOST_TELLING = 0.9  # share from which a word names a design by itself
TOUCHES = 0.75  # chance of a design from which the points it touches are taken as named with it
QUOTE = 320  # characters of a quote
NAMES = 0.45  # nearness from which words name a step by its content
NAMES_APART = 0.08  # and by how much it must be nearer than the next
NEAR_FACTS = 2  # facts near to a question that none surely answers
KEPT = 48  # answers that stay taken apart (about 0.2 MB each)
_NO_STEP = -1
_LAST_QUESTION = re.compile(r"[^.?!]*\?\s*$")
_UNKNOWN = re.compile(
    r"\b(?:(?:don't|do not) know (?:the|what the|how (?:many|much|often|fast))|need to know|you (?:didn't|did not) say)\b",
    re.IGNORECASE,
)

Hits = dict[tuple[int, int], Hit]


@dataclass(frozen=True)
class Heard:
    """An answer taken apart: its sentences, its pieces, where cues are met, and how near each piece stands to each target."""

    text: str
    lines: list[Sentence]
    cut: list[Piece]
    hits: Hits
    near: Near
    whole: Near

    def around(self, line: int) -> tuple[str, str]:
        """The sentences before and after one."""
        after = self.lines[line + 1].text if line + 1 < len(self.lines) else ""
        return self.lines[line - 1].text if line else "", after

    def only_sounds(self, piece: int, target: int) -> bool:
        """Whether the sentence of a piece is nearer to a near miss of a target than to what says it."""
        mine = [n for n, other in enumerate(self.cut) if other.line == self.cut[piece].line]
        return bool(self.near.unlike[mine, target].max() > self.near.like[mine, target].max() + SOUNDS)


class Reader:
    """Reads answers against one case. Building it compares and weighs every wording (about 0.7 s); reading takes milliseconds."""

    def __init__(self, case: CaseStudy):
        self.case = case
        self.ids: list[tuple[TargetKind, str]] = (
            [("criterion", c.id) for c in case.rubric] + [("choice", c.id) for c in case.choices]
            + [("pitfall", p.id) for p in case.pitfalls] + [("twist", t.id) for t in case.twists]
        )  # fmt: skip
        things: list[Criterion | Choice | Pitfall | Twist] = [*case.rubric, *case.choices, *case.pitfalls, *case.twists]
        steps = [STEPS.index(thing.step) if hasattr(thing, "step") else _NO_STEP for thing in things]
        self._cues = [(target, Cue(pattern)) for target, thing in enumerate(things) for pattern in patterns(thing)]
        self._by_form: dict[str, list[int]] = defaultdict(list)
        for n, (_, cue) in enumerate(self._cues):
            for form in min(cue.wanted, key=len, default=frozenset()):
                self._by_form[form].append(n)
        self.targets = Targets(
            np.array([KINDS.index(kind) for kind, _ in self.ids]),
            np.array(steps),
            np.array([bool(thing.cues) for thing in things]),
        )
        self.wordings = Wordings([t.sayings for t in things], [getattr(t, "near_misses", ()) for t in things])
        self._points = [np.flatnonzero((self.targets.kinds == 0) & (self.targets.steps == n)) for n in range(len(STEPS))]
        self._question = lru_cache(maxsize=64)(lambda asked: self.wordings.near([asked]))
        self._heard = lru_cache(maxsize=KEPT)(self._take_apart)
        self.questions = Questions(case.facts)

    def read(self, text: str, step: str = "", twists: Collection[str] = (), asked: str = "") -> Reading:
        """The reading of one answer to the question `asked` in `step` ("" when not known), after `twists` were put.

        Offsets and quotes are of `text` itself.
        """
        said = without_asides(text)
        heard = self.hear(said)
        claims = self._claims(heard, self.see(heard, step, asked)) if heard.cut else []
        claims = [c for c in claims if c.kind != "twist" or c.target in twists]
        asks = self.questions.asked(heard.lines, step)
        about = [t for t in set(terms(said)) if self.wordings.overlap.knows(t)]
        substance = len(about) if claims or len(about) >= 2 else 0
        return Reading(
            intents=intents(said, claims, asks, substance, said != text), claims=tuple(claims), asks=tuple(asks), numbers=numbers(said),
            words=len(said.split()), substance=substance, slip=slip(said), wants=agenda(said) or self._wanted(destination(said)),
            about=self._about(heard) if heard.cut else {},
        )  # fmt: skip

    def near_facts(self, turn: Turn) -> tuple[str, ...]:
        """The facts that the questions of an answer may be about where the reader is not sure, the likeliest first."""
        asks = turn.reading.asks if turn.reading else ()
        open_ones = [a for a in asks if not a.fact]
        found = [f for a in open_ones for f in (*a.maybe, *self.questions.nearest(a.text, NEAR_FACTS))]
        if not asks:
            found = [f for q in _LAST_QUESTION.findall(turn.text) for f in self.questions.nearest(q, NEAR_FACTS)]
        found += [f for line in sentences(turn.text) if _UNKNOWN.search(line.text) for f in self.questions.nearest(line.text, 1)]
        return tuple(dict.fromkeys(found))

    def likeness(self, text: str, others: Sequence[str]) -> np.ndarray:
        """How near a text stands to each of some others in sense and words, 0 to 2, shape (others,)."""
        vectors, words = self.wordings.vectors.of([text, *others]), [set(terms(t)) for t in (text, *others)]
        shared = [len(words[0] & other) / max(1, min(len(words[0]), len(other))) for other in words[1:]]
        return vectors[1:] @ vectors[0] + np.array(shared)

    def _wanted(self, words: str) -> Step | None:
        """The step that some words name by its content ("candidate generation"), when they plainly do."""
        if not words:
            return None
        lean = self._lean(self.wordings.near([words]))[0]
        first, second = np.sort(lean)[::-1][:2]
        return STEPS[int(lean.argmax())] if first >= NAMES and first >= second + NAMES_APART else None

    def hear(self, text: str, without: float = 2.0) -> Heard:
        """An answer taken apart; `without` as in `Wordings.near`. The last ones are kept: a grade reads what the round has read."""
        return self._heard(text, without)

    def _take_apart(self, text: str, without: float) -> Heard:
        plain = unarrowed(text)  # as long as the text: an arrow that is drawn is no reason, and quotes are of the text itself
        lines = sentences(plain)
        cut = pieces(plain, lines)
        near = self.wordings.near([*(piece.text for piece in cut), _even(plain)], without)
        pieces_only, whole = (Near(*(part[rows] for part in near)) for rows in (slice(0, len(cut)), slice(len(cut), None)))
        return Heard(text, lines, cut, self.hits(lines), pieces_only, whole)

    def _claims(self, heard: Heard, seen: np.ndarray) -> list[Claim]:
        """The claims of an answer, in order: of each sentence and target the piece that most likely says it."""
        chance, cut = probability(seen, self.targets), heard.cut
        found: dict[tuple[int, int], int] = {}
        for place, target in zip(*np.nonzero(chance >= least(self.targets)), strict=True):
            key = (int(target), cut[place].line)
            if key not in found or chance[place, target] > chance[found[key], target]:
                found[key] = int(place)
        both = heard.near.words + heard.near.sense
        best = {target: max(float(both[p, t]) for (t, _), p in found.items() if t == target) for target, _ in found}
        kept = [(t, p) for (t, line), p in found.items() if both[p, t] >= AS_NEAR * best[t] or (t, line) in heard.hits]
        read = (self._claim(heard, target, place, float(chance[place, target])) for target, place in kept)
        claims = [*self._plain(heard), *(claim for claim in read if claim)]
        return sorted(self._sound([*claims, *self._touched(heard, claims)]), key=lambda c: (c.start, c.target))

    def _touched(self, heard: Heard, claims: Sequence[Claim]) -> Iterator[Claim]:
        """The points that a design picked for a reason carries with it, where nothing else in that place claims them."""
        for claim in claims:
            if claim.kind != "choice" or claim.polarity != "asserted" or claim.score < TOUCHES:
                continue
            place = next(n for n, piece in enumerate(heard.cut) if piece.start <= claim.start < piece.end)
            for ident in self.case.choice(claim.target).touches:
                if heard.only_sounds(place, self.ids.index(("criterion", ident))):
                    continue
                if not any(c.target == ident and c.start < claim.end and claim.start < c.end for c in claims):
                    yield claim.model_copy(update={"kind": "criterion", "target": ident})

    def hits(self, lines: Sequence[Sentence]) -> Hits:
        """The cues that are met, by target and sentence: the tightest hit of each, its tokens counted within the sentence."""
        owner = [place for place, line in enumerate(lines) for _ in line.words]
        begins = [0, *np.cumsum([len(line.words) for line in lines]).tolist()]
        places = Places([word for line in lines for word in line.words], owner)
        found: Hits = {}
        met = sorted({n for form in places.forms for n in self._by_form.get(form, ())})
        for target, cue in (self._cues[n] for n in met):
            whole = self.ids[target][0] in ("pitfall", "choice")
            for hit in cue.hits(places):
                line = owner[hit.last - 1]
                if owner[hit.first] != line and whole:
                    continue
                inside = Hit(max(0, hit.first - begins[line]), hit.last - begins[line], hit.negative)
                old = found.get((target, line))
                if old is None or inside.last - inside.first < old.last - old.first:
                    found[target, line] = inside
        return found

    def see(self, heard: Heard, step: str, asked: str) -> np.ndarray:
        """What the model sees of each piece and target, in `step` and after the question `asked` ("" when not known)."""
        question = self._question(asked) if asked else heard.whole
        at = STEPS.index(step) if step else int((self._lean(heard.whole) + self._lean(question)).argmax())
        cued = np.zeros(heard.near.words.shape)
        for n, piece in enumerate(heard.cut):
            for (target, line), hit in heard.hits.items():
                if line == piece.line and hit.first < piece.last and piece.first < hit.last:
                    cued[n, target] = 1.0
        return features(self.targets, heard.cut, heard.near, heard.whole, question, cued, at)

    def _plain(self, heard: Heard) -> list[Claim]:
        """Mistakes that are told by a cue: sure when they are plainly asserted, whatever the wordings say."""
        whole = {piece.line: n for n, piece in enumerate(heard.cut) if piece.text == heard.lines[piece.line].text}
        found = []
        for (target, line), hit in heard.hits.items():
            if self.ids[target][0] != "pitfall":
                continue
            like, unlike = heard.near.like[whole[line], target], heard.near.unlike[whole[line], target]
            meant = polarity(heard.lines[line], hit.first, hit.last, *heard.around(line), strict=True, own=hit.negative)
            if like >= LEAST_LIKE and not (meant == "asserted" and unlike > like + UNLIKE):
                found.append(self._supported(heard, target, whole[line], meant, 1.0))
        return found

    def _about(self, heard: Heard) -> dict[str, float]:
        """What an answer is mostly about: the shares of its sentences, by length, over criteria and over choices."""
        cut, near = heard.cut, heard.near
        whole = [n for n, piece in enumerate(cut) if piece.text == heard.lines[piece.line].text]
        both = (near.words + near.sense)[whole]
        length = np.array([cut[n].last for n in whole], dtype=float)
        shares: dict[str, float] = {}
        for kind in ("criterion", "choice"):
            mine = np.flatnonzero(self.targets.kinds == KINDS.index(kind))
            sharp = np.exp((both[:, mine] - both[:, mine].max(axis=1, keepdims=True)) / SHARP)
            share = (sharp / sharp.sum(axis=1, keepdims=True) * length[:, None]).sum(axis=0) / length.sum()
            shares |= {self.ids[mine[n]][1]: round(float(share[n]), 3) for n in np.argsort(-share)[:MOST_TOPICS]}
        return shares

    def arguments(self, text: str, step: str = "") -> list[tuple[str, str]]:
        """(step, sentence) of what is argued in `text` beyond any point of the case: a reason, a cost or a number, and nothing vague."""
        lines = sentences(unarrowed(without_asides(text)))
        claims = [c for c in self.read(text, step).claims if c.kind == "criterion"]
        return [
            (topic, text[line.start : line.end])
            for line, topic in zip(lines, self._topics(without_asides(text), lines, step), strict=True)
            if not any(c.start < line.end and line.start < c.end for c in claims)
            and argues(line.text)
            and len(set(terms(line.text))) >= FULL
        ]

    def question(self, asked: str) -> np.ndarray:
        """How near a question stands to each target, shape (targets,); zeros when nothing was asked."""
        near = self._question(asked) if asked else None
        return near.words[0] + near.sense[0] if near else np.zeros(len(self.ids))

    def leaning(self, heard: Heard, asked: str = "") -> np.ndarray:
        """How near a whole answer, and half as much the question before it, is to each step, shape (7,)."""
        return self._lean(heard.whole)[0] + (0.5 * self._lean(self._question(asked))[0] if asked else 0.0)

    def topic(self, text: str) -> str:
        """The step that a whole answer is most likely about."""
        return STEPS[int(self._lean(self.wordings.near([_even(without_asides(text))]))[0].argmax())]

    def _topics(self, text: str, lines: Sequence[Sentence], step: str) -> list[str]:
        """The step that each sentence is likely about: from itself, from the whole answer, and from the step at hand."""
        if not lines:
            return []
        lean = self._lean(self.wordings.near([_even(text), *(line.text for line in lines)]))
        whole = lean[0].copy()
        if step:
            whole[STEPS.index(step)] += AT_HAND
        return [STEPS[int(n)] for n in (lean[1:] + WHOLE * whole).argmax(axis=1)]

    def _lean(self, near: Near) -> np.ndarray:
        """How near texts are to each step: the mean of the nearest of its points, shape (texts, 7)."""
        both = near.words + near.sense
        return np.stack(
            [np.sort(both[:, mine], axis=1)[:, -NEAREST:].mean(axis=1) if len(mine) else both[:, 0] * 0 for mine in self._points],
            axis=1,
        )

    def _claim(self, heard: Heard, target: int, place: int, chance: float) -> Claim | None:
        """What a piece claims of a target, with its polarity; None when it only sounds like it."""
        piece, (kind, ident) = heard.cut[place], self.ids[target]
        line, hit = heard.lines[piece.line], heard.hits.get((target, piece.line))
        first, last = (hit.first, hit.last) if hit else self.focus(line, piece, target)
        where = (line, first, last, *heard.around(piece.line))
        if kind == "pitfall":
            like, unlike = float(heard.near.like[place, target]), float(heard.near.unlike[place, target])
            signed = signs(*where, like - unlike, like)
            own = own_view(signed)
            meant, chance = stance(own, *where), chance * (own if signed["strict"] else min(own, 1 - own))
        else:
            meant = polarity(*where)
            told_before = piece.start < line.start and considers(heard.around(piece.line)[0])
            if (
                kind == "choice"
                and meant == "asserted"
                and (told_before or self._set_aside(line, piece, target, heard.around(piece.line)))
            ):
                meant = "rejected"
        if meant in ("asserted", "hedged") and heard.only_sounds(place, target):
            if kind != "pitfall":
                return None
            meant = "rejected" if meant == "asserted" else meant
        if ident.startswith("clarify.") and meant == "hedged":
            meant = "asserted"  # a question or an assumption is what that step asks for
        return self._supported(heard, target, place, meant, chance)

    def _supported(self, heard: Heard, target: int, place: int, meant: Polarity, chance: float) -> Claim:
        """A claim with what stands beside it in support."""
        piece, (kind, ident) = heard.cut[place], self.ids[target]
        line, after = heard.lines[piece.line], heard.around(piece.line)[1]
        around = line.text + (" " + after if _CARRIES_ON.match(after) else "")
        woolly = vague(line.text) > 0 and not numbers(line.text)
        start, end = span_of(line, piece)
        return Claim(
            kind=kind, target=ident, polarity=meant, reason=gives_reason(around) and not woolly, weighed=weighs(around) and not woolly,
            failure=foresees_failure(around), numbers=numbers(around), quote=heard.text[start:end], start=start, end=end,
            score=round(chance, 3),
        )  # fmt: skip

    def _set_aside(self, line: Sentence, piece: Piece, target: int, around: tuple[str, str]) -> bool:
        """Whether a design is turned down at any place of a piece that names it ("minutes rather than clicks, since clicks ...")."""
        told = [(n, self.wordings.typical(target, folded(line.words[n].word))) for n in range(piece.first, piece.last)]
        most = max((weight for _, weight in told), default=0.0)
        return most > 0 and any(
            polarity(line, n, n + 1, *around) == "rejected" for n, weight in told if weight >= MOST_TELLING * most
        )

    def focus(self, line: Sentence, piece: Piece, target: int) -> tuple[int, int]:
        """The tokens of a piece that tell most of its target, without the rest of the piece."""
        telling = [self.wordings.typical(target, folded(w.word)) for w in line.words[piece.first : piece.last]]
        most = max(telling, default=0.0)
        if most <= 0:
            return piece.first, piece.last
        middle = telling.index(most)
        near = [n for n, weight in enumerate(telling) if weight >= TELLING * most and abs(n - middle) <= CLOSE]
        return piece.first + near[0], piece.first + near[-1] + 1

    def _sound(self, claims: list[Claim]) -> list[Claim]:
        """The claims without those that a sentence makes by asserting a mistake of the same step: a mistake carries no point."""
        wrong = [(c, self.case.pitfall(c.target)) for c in claims if c.kind == "pitfall" and c.polarity == "asserted"]
        return [
            c
            for c in claims
            if c.kind != "criterion"
            or not any(
                e.start < c.end and c.start < e.end and (c.target == p.notes or c.target.startswith(f"{p.step}."))
                for e, p in wrong
            )
        ]


_CARRIES_ON = re.compile(
    r"\s*(?:because|since|otherwise|that (?:way|means|gives|lets|keeps|makes|is)|that's|this|so\b|which|it\b|the reason|the (?:cost|price|downside|catch|trade)|but\b|if\b|and (?:that|it|this|if)|then)",
    re.IGNORECASE,
)


def _even(text: str) -> str:
    """`text` with single spaces: how much room stands between words says nothing."""
    return " ".join(text.split())


def span_of(line: Sentence, piece: Piece) -> tuple[int, int]:
    """The sentence, or the clauses of the piece when the sentence is long."""
    if line.end - line.start <= QUOTE:
        return line.start, line.end
    start, end = line.words[piece.first].start, line.words[piece.last - 1].end
    return start, min(end, start + QUOTE) if end - start > 2 * QUOTE else end
