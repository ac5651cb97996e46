"""What an answer shows, at once and without a model: claims with polarity and support, questions, intents. Knows no clock or policy."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from interviewer.asking import Questions
from interviewer.clauses import Sentence, argues, foresees_failure, gives_reason, polarity, sentences, vague, weighs
from interviewer.intents import agenda, intents
from interviewer.numbers import numbers, slip
from interviewer.state import Claim, Reading, TargetKind
from knowledge.case import STEPS, CaseStudy
from knowledge.matching import Cue, Hit, Overlap, Places
from knowledge.words import terms

SOFT = 0.47  # overlap with a signal at which a sentence counts without a cue
SOFT_PITFALL = 0.55  # the same for a mistake: one false challenge ends trust
MARGIN = 0.04  # by which a signal must beat the near misses
SUPPORT = 0.14  # overlap with any signal that a cue needs beside it, where the point belongs to the step at hand
ELSEWHERE = 0.16  # and this much more where it belongs to another step
TOPICS = 1  # steps that a sentence may be about
WHOLE = 0.7  # weight of the whole answer, beside the sentence itself, in saying what step it is about
AT_HAND = 0.15  # and of the step at hand
FULL = 7  # different words of a sentence that argues
FEWEST = 5  # different words that a sentence needs to count without a cue
TIGHT = 9  # words that a design's wording may span to be named aloud
REFUSED = 0.99  # score of a pitfall that a sentence turns down in the words of one of its near misses
REFUSAL = 0.42  # overlap with such a near miss, beyond that with any assertion of it
PLAIN = 0.6  # overlap with a near miss that takes back what reads as a plain assertion
NEAR = 0.5  # overlap from which a near miss counts
QUOTE = 320  # characters of a quote


@dataclass(frozen=True)
class Target:
    """Something of the case that a text can show, with its rows among the overlap's sentences."""

    kind: TargetKind
    id: str
    cues: tuple[Cue, ...]
    signals: slice
    near: slice


class Reader:
    """Reads answers against one case. Building it compiles every wording (about 0.2 s); reading takes milliseconds."""

    def __init__(self, case: CaseStudy):
        self.case = case
        rows: list[str] = []
        self.targets: list[Target] = []

        def add(kind: TargetKind, ident: str, cues: list[str], signals: list[str], near: list[str]) -> None:
            first = len(rows)
            rows.extend(signals + near)
            middle = first + len(signals)
            self.targets.append(Target(kind, ident, tuple(Cue(c) for c in cues), slice(first, middle), slice(middle, len(rows))))

        for criterion in case.rubric:
            add("criterion", criterion.id, criterion.cues, criterion.signals, criterion.near_misses)
        for choice in case.choices:
            add("choice", choice.id, choice.wordings, [], [])
        for pitfall in case.pitfalls:
            barred = f" + !{'/'.join(pitfall.bars)}" if pitfall.bars else ""
            add("pitfall", pitfall.id, [cue + barred for cue in pitfall.cues], pitfall.signals, pitfall.near_misses)
        for twist in case.twists:
            add("twist", twist.id, twist.cues, twist.signals, [])
        self.overlap = Overlap(rows)
        self._rows = [np.zeros(len(rows), dtype=bool) for _ in STEPS]
        for target in self.targets:
            if target.kind == "criterion":
                self._rows[STEPS.index(target.id.split(".")[0])][target.signals] = True
        self.questions = Questions(case.facts)

    def read(self, text: str, step: str = "", twists: Collection[str] = ()) -> Reading:
        """The reading of one answer given in `step` ("" when not known), after `twists` were put. Offsets and quotes are of `text` itself."""
        lines = sentences(text)
        claims = [c for c in self._claims(text, lines, step) if c.kind != "twist" or c.target in twists]
        asks = self.questions.asked(lines, step)
        about = [t for t in set(terms(text)) if self.overlap.knows(t)]
        substance = len(about) if claims or len(about) >= 2 else 0
        return Reading(
            intents=intents(text, claims, asks, substance), claims=tuple(claims), asks=tuple(asks), numbers=numbers(text),
            words=len(text.split()), substance=substance, slip=slip(text), wants=agenda(text),
        )  # fmt: skip

    def _claims(self, text: str, lines: list[Sentence], step: str) -> list[Claim]:
        words = [t for line in lines for t in line.words]
        owner = [place for place, line in enumerate(lines) for _ in line.words]
        places = Places(words, owner)
        overlaps = [self.overlap.scores(line.text) for line in lines]
        topics = self._topics(text, overlaps, step)
        fullness = [len(set(terms(line.text))) for line in lines]
        starts = np.cumsum([0] + [len(line.words) for line in lines])
        found: dict[tuple[str, str, int], Claim] = {}
        for target in self.targets:
            for line, hit, score in self._hits(target, places, owner, overlaps, starts, topics, fullness):
                claim = _claim(text, lines, line, hit, target, score)
                if claim.kind == "pitfall" and claim.polarity == "asserted" and _beaten(target, overlaps[line], PLAIN):
                    continue
                key = (target.id, claim.polarity, line)
                if key not in found or claim.score > found[key].score:
                    found[key] = claim
        return sorted(self._sound(list(found.values())), key=lambda c: (c.start, c.target))

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

    def arguments(self, text: str, step: str = "") -> list[tuple[str, str]]:
        """(step, sentence) of what is argued in `text` beyond any point of the case: a reason, a cost or a number, and nothing vague."""
        lines = sentences(text)
        claims = [c for c in self._claims(text, lines, step) if c.kind == "criterion"]
        topics = self._topics(text, [self.overlap.scores(line.text) for line in lines], step)
        return [
            (next(iter(topic)), line.text)
            for line, topic in zip(lines, topics, strict=True)
            if not any(c.start < line.end and line.start < c.end for c in claims)
            and argues(line.text)
            and len(set(terms(line.text))) >= FULL
        ]

    def topic(self, text: str) -> str:
        """The step that a whole answer is most likely about."""
        return STEPS[int(self._lean(self.overlap.scores(text)).argmax())]

    def _topics(self, text: str, overlaps: list[np.ndarray], step: str) -> list[set[str]]:
        """The steps that each sentence is likely about: from itself, from the whole answer, and from the step at hand."""
        whole = self._lean(self.overlap.scores(text))
        if step:
            whole[STEPS.index(step)] += AT_HAND
        found = []
        for scores in overlaps:
            lean = self._lean(scores) + WHOLE * whole
            found.append({STEPS[n] for n in np.argsort(-lean)[:TOPICS]})
        return found

    def _lean(self, scores: np.ndarray) -> np.ndarray:
        """How near a text is to each step: the mean of its three nearest signals there, shape (7,)."""
        return np.array([np.sort(scores[rows])[-3:].mean() if rows.any() else 0.0 for rows in self._rows])

    def _hits(
        self,
        target: Target,
        places: Places,
        owner: list[int],
        overlaps: list[np.ndarray],
        starts: np.ndarray,
        topics: list[set[str]],
        fullness: list[int],
    ):
        """(sentence, token range within it, score) of each place where a target is met with a margin over its near misses."""
        extra = [0.0 if target.kind != "criterion" or target.id.split(".")[0] in topic else ELSEWHERE for topic in topics]
        met: set[int] = set()
        for cue in target.cues:
            for hit in cue.hits(places):
                line, begun = owner[hit.last - 1], owner[hit.first]
                if begun != line and target.kind in ("pitfall", "choice"):
                    continue
                support = max(_support(target, overlaps[n]) for n in {begun, line})
                if support < SUPPORT + extra[line] or (target.kind != "pitfall" and _beaten(target, overlaps[line])):
                    continue
                met.add(line)
                first = max(hit.first, int(starts[line]))
                tight = 1.0 if hit.last - hit.first <= TIGHT else 0.7
                yield (
                    line,
                    Hit(first - int(starts[line]), hit.last - int(starts[line]), hit.negative),
                    tight if target.signals.stop == target.signals.start else min(1.0, 0.5 + support),
                )
        for line, scores in enumerate(overlaps):
            if fullness[line] < FEWEST or target.signals.stop == target.signals.start:
                continue
            if target.kind == "pitfall" and line not in met and _refused(target, scores):
                yield line, Hit(0, int(starts[line + 1] - starts[line])), REFUSED
                continue
            least = SOFT_PITFALL if target.kind == "pitfall" else SOFT + extra[line] / 2
            if line not in met and _support(target, scores) >= least and not _beaten(target, scores, least=0.0):
                yield line, Hit(0, int(starts[line + 1] - starts[line])), float(scores[target.signals].max())


def _support(target: Target, scores: np.ndarray) -> float:
    """Overlap with the target's nearest signal; 1 where it has none (a choice is its wordings)."""
    return float(scores[target.signals].max()) if target.signals.stop > target.signals.start else 1.0


def _refused(target: Target, scores: np.ndarray) -> bool:
    """Whether a sentence is much like a near miss of a pitfall: the mistake turned down, supposed or told of others."""
    if target.near.stop == target.near.start:
        return False
    near = float(scores[target.near].max())
    return near >= REFUSAL and near > _support(target, scores)


def _beaten(target: Target, scores: np.ndarray, least: float = NEAR) -> bool:
    """Whether a near miss is about as near as the nearest signal."""
    if target.near.stop == target.near.start:
        return False
    near = float(scores[target.near].max())
    return near >= least and _support(target, scores) < near + MARGIN


def _claim(text: str, lines: list[Sentence], place: int, hit: Hit, target: Target, score: float) -> Claim:
    line = lines[place]
    before = lines[place - 1].text if place else ""
    after = lines[place + 1].text if place + 1 < len(lines) else ""
    meant = polarity(line, hit.first, hit.last, before, after, strict=target.kind == "pitfall", own=hit.negative)
    if score == REFUSED:
        meant = "hypothetical" if meant == "asserted" else "rejected"
    if target.id.startswith("clarify.") and meant == "hedged":
        meant = "asserted"  # a question or an assumption is what that step asks for
    around = line.text + (" " + after if _CARRIES_ON.match(after) else "")
    woolly = vague(line.text) > 0 and not numbers(line.text)
    start, end = _span(line, hit)
    return Claim(
        kind=target.kind, target=target.id, polarity=meant, reason=gives_reason(around) and not woolly, weighed=weighs(around) and not woolly,
        failure=foresees_failure(around), numbers=numbers(around), quote=text[start:end], start=start, end=end, score=round(score, 3),
    )  # fmt: skip


_CARRIES_ON = re.compile(
    r"\s*(?:because|since|otherwise|that (?:way|means|gives|lets|keeps|makes|is)|that's|this|so\b|which|it\b|the reason|the (?:cost|price|downside|catch|trade)|but\b|if\b|and (?:that|it|this|if)|then)",
    re.IGNORECASE,
)


def _span(line: Sentence, hit: Hit) -> tuple[int, int]:
    """The sentence, or the clauses around the match when the sentence is long."""
    if line.end - line.start <= QUOTE or not line.clauses:
        return line.start, line.end
    low = max((a for a, _ in line.clauses if a <= hit.first), default=0)
    high = min((b for _, b in line.clauses if b >= hit.last), default=len(line.words))
    start, end = line.words[low].start, line.words[high - 1].end
    return start, min(end, start + QUOTE) if end - start > 2 * QUOTE else end
