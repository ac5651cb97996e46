"""What an answer shows, at once and without a model: claims with polarity and support, questions, intents. Knows no clock or policy."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from interviewer.asking import Questions
from interviewer.clauses import Sentence, foresees_failure, gives_reason, polarity, sentences, weighs
from interviewer.intents import intents
from knowledge.matching import Cue, Hit, Overlap, Places
from interviewer.numbers import numbers, slip
from interviewer.state import Claim, Reading, TargetKind
from knowledge.case import CaseStudy
from knowledge.words import NEGATIVE, terms

SOFT = 0.52  # overlap with a signal at which a sentence counts without a cue
MARGIN = 0.04  # by which a signal must beat the near misses
SUPPORT = 0.0  # overlap with any signal that a cue needs beside it
QUOTE = 320  # characters of a quote


@dataclass(frozen=True)
class Target:
    """Something of the case that a text can show, with its rows among the overlap's sentences."""

    kind: TargetKind
    id: str
    cues: tuple[Cue, ...]
    signals: slice
    near: slice
    negative: bool


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
            negative = bool(NEGATIVE.search(" ".join(cues)))
            compiled = tuple(Cue(c) for c in cues)
            self.targets.append(Target(kind, ident, compiled, slice(first, middle), slice(middle, len(rows)), negative))

        for criterion in case.rubric:
            add("criterion", criterion.id, criterion.cues, criterion.signals, criterion.near_misses)
        for choice in case.choices:
            add("choice", choice.id, choice.wordings, [], [])
        for pitfall in case.pitfalls:
            add("pitfall", pitfall.id, pitfall.cues, pitfall.signals, pitfall.near_misses)
        for twist in case.twists:
            add("twist", twist.id, twist.cues, twist.signals, [])
        self.overlap = Overlap(rows)
        self.questions = Questions(case.facts)

    def read(self, text: str, step: str = "clarify") -> Reading:
        """The reading of one answer given in `step`. Offsets and quotes are of `text` itself."""
        lines = sentences(text)
        claims = self._claims(text, lines)
        asks = self.questions.asked(lines, step)
        substance = len(set(terms(text)))
        return Reading(
            intents=intents(text, claims, asks, substance), claims=tuple(claims), asks=tuple(asks), numbers=numbers(text),
            words=len(text.split()), substance=substance if claims or substance >= 4 else 0, slip=slip(text),
        )  # fmt: skip

    def _claims(self, text: str, lines: list[Sentence]) -> list[Claim]:
        words = [t for line in lines for t in line.words]
        owner = [place for place, line in enumerate(lines) for _ in line.words]
        places = Places(words, owner)
        overlaps = [self.overlap.scores(line.text) for line in lines]
        starts = np.cumsum([0] + [len(line.words) for line in lines])
        found: dict[tuple[str, str, int], Claim] = {}
        for target in self.targets:
            for line, hit, score in self._hits(target, places, owner, overlaps, starts):
                claim = _claim(text, lines, line, hit, target, score)
                key = (target.id, claim.polarity, line)
                if key not in found or claim.score > found[key].score:
                    found[key] = claim
        return sorted(found.values(), key=lambda c: (c.start, c.target))

    def _hits(self, target: Target, places: Places, owner: list[int], overlaps: list[np.ndarray], starts: np.ndarray):
        """(sentence, token range within it, score) of each place where a target is met with a margin over its near misses."""
        met: set[int] = set()
        for cue in target.cues:
            for hit in cue.hits(places):
                line = owner[hit.last - 1]
                first = max(hit.first, int(starts[line]))
                if target.kind in ("pitfall", "choice") and owner[hit.first] != line:
                    continue
                if not self._clear(target, overlaps[line], SUPPORT) and owner[hit.first] == line:
                    continue
                met.add(line)
                yield line, Hit(first - int(starts[line]), hit.last - int(starts[line])), 1.0
        if target.signals.start == target.signals.stop:
            return
        for line, scores in enumerate(overlaps):
            if line not in met and self._clear(target, scores, SOFT):
                yield line, Hit(0, int(starts[line + 1] - starts[line])), float(scores[target.signals].max())

    def _clear(self, target: Target, scores: np.ndarray, least: float) -> bool:
        """Whether the signals reach `least` and are not beaten by a near miss."""
        if target.signals.start == target.signals.stop:
            return True
        best = float(scores[target.signals].max())
        near = float(scores[target.near].max()) if target.near.stop > target.near.start else 0.0
        if least == SOFT:
            return best >= SOFT and best >= near + MARGIN
        return best >= least and (near < 0.5 or best >= near + MARGIN)


def _claim(text: str, lines: list[Sentence], place: int, hit: Hit, target: Target, score: float) -> Claim:
    line = lines[place]
    before = lines[place - 1].text if place else ""
    after = lines[place + 1].text if place + 1 < len(lines) else ""
    meant = polarity(line, hit.first, hit.last, before, after, strict=target.kind == "pitfall", own=target.negative)
    around = line.text + (" " + after if _CARRIES_ON.match(after) else "")
    start, end = _span(line, hit)
    return Claim(
        kind=target.kind, target=target.id, polarity=meant, reason=gives_reason(around), weighed=weighs(around),
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
