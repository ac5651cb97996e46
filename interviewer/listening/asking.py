"""The candidate's questions: found, taken apart, and matched with the fact that answers each. Knows the facts and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from interviewer.listening.clauses import Sentence
from interviewer.state import Ask
from knowledge.case import Fact
from knowledge.cues import Cue, Places
from knowledge.matching import Wordings
from knowledge.words import terms, tokens

SURE = 0.8  # overlap with a wording that needs no cue
SUPPORT = 0.35  # overlap that a cue needs
KNOWN = 0.55  # share of the question's words that a fact's wordings must know: the rest is another subject
FEWEST = 3  # words of a question
STATED = 2  # statements for each question, from which one that no fact answers is taken as rhetorical
ECHO = 6  # words of an opening echo
PLAIN = 0.7  # nearness in words and sense from which a fact without cues is told
FAR = 0.2  # and by how much it must be nearer than the next
OFFERED = 0.5  # nearness from which the candidate is asked whether that is what they mean
ALIKE = 1.0  # nearness to one wording alone from which the same is asked
APART = 0.1  # by how much another that is offered may be less near
MOST_OFFERED = 2
MARGIN = 0.05  # over the next fact: a wrong fact is worse than none

_OPENS = r"how|what|what's|whats|is|are|do|does|did|who|whose|where|which|can|could|should|will|would|when|why|any"
_QUESTION = re.compile(
    r"\?\s*$|^\s*(?:and |so |ok,? |okay,? |first,? |also,? |then,? |well,? |um,? |uh,? )*"
    r"(?:how (?:many|much|big|large|fast|fresh|quick\w*|often|long|soon|do we|are we)|what(?:'s| is| are| kind| sort| about)|whats|which|who (?:is|are|uses)|do (?:we|you|they)|does the|did|are (?:we|there|the)|is (?:there|it|the|this)|can (?:i|we)|should (?:i|we)|any)\b"
    r"|\b(?:can|may|should|shall) i assume\b|\bi(?:'d| would)? (?:like|want|need) to (?:know|ask|understand|clarify|check|confirm)\b|\b(?:tell me|let me ask|my question|quick question|wondering)\b",
    re.IGNORECASE,
)
_PROCEDURE = re.compile(
    r"\b(?:(?:is there )?(?:anything|something) else (?:you|i should|we should|to cover)|(?:shall|should|can|may|do you want me to) (?:i|we)? ?(?:go (?:on|back|ahead|deeper|there|in)|start there|do that|continue|move on|carry on|elaborate|stop here|expand)|do you want me to|(?:would|do) you (?:prefer|rather|like me|want me)\b|does that (?:make sense|answer)|is that (?:ok|okay|fine|enough|clear)|(?:where|which part) (?:would|do) you (?:like|want)|(?:can|could|may|shall|should) (?:we|i) (?:please )?(?:park|leave|skip|come back|do|take|start|first|jump|talk|switch|postpone))\b",
    re.IGNORECASE,
)
_OPENING = re.compile(rf"\s*(?:{_OPENS})\b", re.IGNORECASE)
_DIRECT = re.compile(
    r"\b(?:you|your|should i|can i|may i|shall i|do we have|are we|is there|how many|how much|in scope|assume)\b", re.IGNORECASE
)
_WISH = re.compile(
    r"\b(?:(?:can|may|should|shall) i assume|i(?:'d| would)? (?:like|want|need) to|tell me|let me ask|my question|quick question|wondering)\b",
    re.I,
)
_PARTS = re.compile(
    rf"\?\s*|;\s*|:\s+(?=is it\b)|,\s+(?=is it\b)|,?\s+(?:and|or|also|plus)\s+(?=(?:also |then )?(?:{_OPENS})\b)|,\s+(?=(?:{_OPENS})\b)",
    re.IGNORECASE,
)
_LEANS = re.compile(r"\b(?:it|them|that|this|those|these|they)\b|^(?:on|of|for|in|at|by|from)\b", re.IGNORECASE)
_TOO_MUCH = re.compile(
    r"\b(?:(?:what|which) (?:is|are|would be|should) (?:the )?(?:right|best|correct|good|ideal)|what (?:would|should) (?:you|i) (?:do|use|pick|choose|say|answer)|give me the (?:answer|solution)|(?:tell|give) me (?:what|which) [^.?!]{0,40}\b(?:you would|you'd|should i|is right|right one|best)|hear what the right|is (?:that|this|it) (?:right|correct|good|ok)|am i right)\b",
    re.IGNORECASE,
)


_ASKING = frozenset(
    terms(
        "know assume understand clarify check confirm ask guess wonder question tell roughly talk talking system design people video videos platform page home"
    )
)


class Questions:
    """Finds questions and the facts that answer them."""

    def __init__(self, facts: Sequence[Fact]):
        self._facts = [f.id for f in facts]
        self._cues = [tuple(Cue(c) for c in f.cues) for f in facts]
        self._words = [set(terms(" ".join([*f.asks, *f.cues, f.says]).replace("/", " "))) | _ASKING for f in facts]
        self._owner = np.array([place for place, f in enumerate(facts) for _ in f.asks])
        self._wordings = Wordings([f.asks for f in facts], [() for _ in facts])

    def asked(self, lines: Sequence[Sentence], step: str) -> list[Ask]:
        """Each part of each question, in order. After clarifying, a question that the candidate answers themselves is none."""
        found: list[Ask] = []
        direct: set[int] = set()  # places among them of what was put straight to the interviewer, at the end
        for place, line in enumerate(lines):
            if not _QUESTION.search(line.text) or _PROCEDURE.search(line.text):
                continue
            if step != "clarify" and "?" not in line.text and not _WISH.search(line.text):
                continue  # "which one matters you'd see afterwards", "how much, I don't know"
            last = place >= len(lines) - 2
            if step != "clarify" and not (last and (_DIRECT.search(line.text) or len(lines) <= 2)):
                continue
            if place == 0 and len(lines) > 2 and len(line.words) <= ECHO and not _OPENING.match(line.text):
                continue  # an echo of what was asked ("Half of them missing?"), which the candidate goes on to answer
            parts = _parts(line.text)
            if place == len(lines) - 1 and _DIRECT.search(line.text):
                direct |= set(range(len(found), len(found) + len(parts)))
            found += [self.match(part, line.text if place and _LEANS.search(part) else "") for place, part in enumerate(parts)]
        told = sum(not _QUESTION.search(line.text) for line in lines)
        if told >= STATED * max(1, len(found)):
            # asked in passing of nobody, by a candidate who goes on to say
            found = [ask for place, ask in enumerate(found) if ask.fact or ask.maybe or place in direct]
        return found

    def match(self, question: str, around: str = "") -> Ask:
        """The fact that answers one question; none when two facts are about as near, or none is near enough.

        `around` is the sentence of a part that leans on it ("and how often do they use them?").
        """
        if _TOO_MUCH.search(question):
            return Ask(text=question.strip())
        scores = self._scores(question, around or question)
        order = np.argsort(-scores)
        best, second = order[0], order[1] if len(order) > 1 else order[0]
        if scores[best] >= SURE and (len(order) == 1 or scores[best] >= scores[second] + MARGIN):
            return Ask(text=question.strip(), fact=self._facts[best], score=round(float(scores[best]), 3))
        return self._by_sense(question.strip(), around or question)

    def _by_sense(self, question: str, around: str) -> Ask:
        """The fact whose wordings are nearest in words and sense: told when that is plain and it has no cues, offered when it is likely."""
        near = self._wordings.near([question])
        both = (near.words + near.sense)[0]
        order = np.argsort(-both)
        place = int(order[0])
        lead = float(both[place] - both[order[1]]) if len(order) > 1 else 1.0
        if both[place] >= PLAIN and lead >= FAR and self._known(around)[place] >= KNOWN and not self._cues[place]:
            return Ask(text=question, fact=self._facts[place], score=round(float(both[place]), 3))
        likely = [int(n) for n in order[:MOST_OFFERED] if both[n] >= max(OFFERED, both[place] - APART)]
        single = int(near.like[0].argmax())
        if not likely and near.like[0, single] >= ALIKE:
            likely = [single]
        return Ask(text=question, maybe=tuple(self._facts[n] for n in likely), score=round(float(both[place]), 3))

    def nearest(self, question: str, most: int) -> list[str]:
        """The facts whose wordings are nearest to a question in words and sense, the nearest first, whether they answer it or not."""
        near = self._wordings.near([question])
        order = np.argsort(-(near.words + near.sense)[0])
        return [self._facts[int(place)] for place in order[:most]]

    def _scores(self, question: str, around: str) -> np.ndarray:
        """Overlap with the nearest wording of each fact; a met cue lifts it to certainty; unknown words take it down to nothing."""
        overlaps = self._wordings.overlap.scores(question)
        best = np.array([overlaps[self._owner == place].max() for place in range(len(self._facts))])
        found = tokens(question)
        places = Places(found, [0] * len(found))
        cued = np.array([any(cue.hits(places) for cue in cues) for cues in self._cues])
        return np.where(self._known(around) >= KNOWN, best + np.where(cued & (best >= SUPPORT), 0.5, 0.0), 0.0)

    def _known(self, text: str) -> np.ndarray:
        """The share of a text's words that each fact's wordings know, shape (facts,)."""
        words = set(terms(text))
        return np.array([len(words & own) / max(1, len(words)) for own in self._words])


def _parts(text: str) -> list[str]:
    """The questions of one sentence; what only announces them ("I'd like to ask three things") is none."""
    parts = [p.strip(" ,.") for p in _PARTS.split(text)]
    asked = [p for p in parts if len(tokens(p)) >= FEWEST and not _ANNOUNCES.search(p)]
    if len(asked) > 1:
        asked = [p for p in asked if not _LEADS_IN.match(p)]
    return asked or ([] if _ANNOUNCES.search(text) else [text])


_LEADS_IN = re.compile(
    r"\s*(?:before (?:i|we)|first(?: of all)?|to (?:start|begin)|just to|so|okay|ok|sure|right|great|thanks|let me)\b(?!.*\b(?:how|what|which|who|where|is|are|do|does|can)\b)",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"\b(?:a few|some|two|three|four|five|a couple of|several)\s+(?:\w+\s+)?(?:things|questions|points|clarifications)\b(?!\s+(?:are|is|do|does|we))",
    re.IGNORECASE,
)
