"""Scripted candidates: a hidden skill for each step, spoken from a case's own material in varied words. Seeded; no model.

The truth is known by construction: what an interviewer's scores must rise with. They say near-misses where they know little, wordings
of a point where they know it, and its reasons and figures where they know it well.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import NamedTuple

from interviewer.steps import STEP, STEPS
from knowledge.case import CaseStudy, Criterion
from knowledge.words import terms

PAUSE = 75.0  # seconds before an answer: with it twenty answers fill a round of 45 minutes
KNOWN = (0.0, 0.1, 0.4, 0.7, 0.95)  # share of the points that are known, by skill: of the others only near-misses are said
REASONS = (0, 0, 0, 1, 9)  # sentences of reasons and figures that are said of a known point
OPENED = (0, 1, 2, 2, 3)  # points that are spoken of when a step is opened, by skill
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_FILLERS = (
    "Um, ", "So, ", "Right. ", "Okay, ", "Hmm, let me think. ", "Well, ", "Good, so ", "Let me see. ", "I mean, ", "Yeah. ", "", "", "", "",
)  # fmt: skip
_LOST = (
    "I'm not sure about that one, I would have to look it up.", "I don't know, I haven't done that part before.",
    "That's usually somebody else's work where I come from.", "No idea at the moment, sorry.",
    "I'd ask a colleague who has built one of these.", "I have never had to think about that.",
)  # fmt: skip
_VAGUE = (
    "We'd do what's standard there.", "There are good tools for that.", "It depends on a lot of things.", "I'd keep it simple at first.",
    "That can be tuned later.", "We'd see in practice how it goes.",
)  # fmt: skip
_ROUND = (  # what people say around their points: it says nothing, and grades must not move by it
    "I've been turning that over while you were talking", "maybe I should first say where I am in my head", "I'll go at it from the user's end",
    "let me put my pen down for a second", "I find it easier to say it out loud", "I'll try to stay with one thing", "I know that I jump around a bit",
    "I had a friend who asked me the same thing", "it's one of those parts that look small from outside", "I'd rather be slow here than wrong",
    "I'm going to talk you through it the way I'd tell a new colleague", "there's a longer story to it, but let me give the short one",
    "I want to come back to the whiteboard for this", "you can hear that I'm making it up as I go", "I'd normally sleep on that one",
    "let me see whether I still know what I said before", "that's the bit where people usually start to argue", "I'm aware of the time",
)  # fmt: skip
WORDS = 85  # that an answer has at least: people go on when they have little to say, too
_JOINTS = ("And ", "Then, ", "Besides that, ", "Also, ", "One more thing: ", "")
_ON = ("I think that's the main part.", "That would be my approach.", "That's what I'd do here.", "I'd go with that.", "")


class Asked(NamedTuple):
    """What a question is about: a point of the rubric, or a whole step."""

    step: str
    point: str = ""


class Scripted:
    """One candidate for one case. `skills` are levels 0 to 4 by step; the same seed says the same things."""

    pause = PAUSE

    def __init__(self, case: CaseStudy, skills: dict[str, int], seed: int):
        self.name = f"scripted {seed}"
        self.skills, self._case, self._seed = skills, case, seed
        self._asks = _asks(case)

    def answer(self, question: str, transcript: Sequence[tuple[str, str]]) -> str:
        """The next words: they hang on the last question, on the skill for its step, and on what was said already."""
        pick = random.Random(f"{self._seed} {len(transcript)}")
        before = " ".join(text for role, text in transcript if role == "candidate")
        if len(transcript) <= 1 and (first := self._clarifying(pick)):
            return first
        asked = self._about(transcript[-1][1] if transcript else "", transcript)
        points = self._points(asked, before)
        if not points:
            return self._say(pick, [pick.choice(_LOST if self.skills[asked.step] == 0 else _VAGUE)])
        return self._say(pick, [self._told(self._case.criterion(p), before, pick) for p in points])

    def _about(self, asked: str, transcript: Sequence[tuple[str, str]]) -> Asked:
        """The point or the step that a question is about; where it is none that was written, the one before it."""
        plain = _plain(asked)
        found = next((about for text, about in self._asks if text in plain), None)
        if found is None:
            words = set(terms(asked))
            near = max(self._asks, key=lambda item: len(words & set(terms(item[0]))) / (len(set(terms(item[0]))) or 1))
            share = len(words & set(terms(near[0]))) / (len(set(terms(near[0]))) or 1)
            found = near[1] if share > 0.5 else None
        earlier = [line for line in transcript[:-1] if line[0] == "interviewer"]
        return found or (
            self._about(earlier[-1][1], transcript[: transcript.index(earlier[-1]) + 1]) if earlier else Asked("clarify")
        )

    def _points(self, asked: Asked, before: str) -> list[str]:
        """Which points are spoken of: the one that was asked about, or when a step is opened as many as the skill gives."""
        skill = self.skills[asked.step]
        if skill == 0:
            return []
        if asked.point:
            return [asked.point]
        mine = self._case.criteria(asked.step)
        fresh = [c.id for c in sorted(mine, key=lambda c: (c.kind != "core", -c.weight)) if not _said(c, before)]
        return fresh[: OPENED[skill]]

    def _told(self, point: Criterion, before: str, pick: random.Random) -> str:
        """One point, as well as the skill for its step allows, in words that were not used yet."""
        skill = self.skills[point.step]
        if random.Random(f"{self._seed} {point.id}").random() >= KNOWN[skill]:
            return _fresh(point.near_misses or list(_VAGUE), before, pick)
        said = _fresh(point.signals, before, pick)
        reasons = [s for s in _SENTENCE.split(point.strong) if s not in before]
        return " ".join([said, *reasons[: REASONS[skill]]])

    def _clarifying(self, pick: random.Random) -> str:
        """What is asked at the start: more, the better one knows what to ask."""
        wanted = (0, 0, 1, 2, 3)[self.skills["clarify"]]
        facts = pick.sample(self._case.facts, min(wanted, len(self._case.facts)))
        return " ".join(pick.choice(f.asks) for f in facts if f.asks)

    def _say(self, pick: random.Random, parts: Sequence[str]) -> str:
        told = [parts[0], *(pick.choice(_JOINTS) + part for part in parts[1:])]
        told = [pick.choice(_FILLERS) + told[0], *told[1:], pick.choice(_ON)]
        for remark in pick.sample(_ROUND, len(_ROUND)):
            if sum(len(part.split()) for part in told) >= WORDS:
                break
            told.insert(pick.randint(0, len(told) - 1), f"{remark[:1].upper()}{remark[1:]}.")
        return " ".join(filter(None, told))


def skills(seed: int) -> dict[str, int]:
    """A hidden skill for each step: around one ability, with some steps better and some worse."""
    pick = random.Random(f"skills {seed}")
    ability = pick.uniform(0.3, 4.2)
    return {step: max(0, min(4, round(ability + pick.gauss(0, 0.7)))) for step in STEPS}


def _fresh(wordings: Sequence[str], before: str, pick: random.Random) -> str:
    left = [w for w in wordings if w not in before] or list(wordings)
    return pick.choice(left)


def _said(point: Criterion, before: str) -> bool:
    return any(wording in before for wording in (*point.signals, *point.near_misses))


def _asks(case: CaseStudy) -> list[tuple[str, Asked]]:
    """Every question that is written, plain, with what it is about; the longest first."""
    found = [(_plain(p.ask), Asked(c.step, c.id)) for c in case.rubric for p in c.probes]
    rubric = {c.id for c in case.rubric}
    for choice in case.choices:
        for q in choice.questions:
            about = getattr(q, "about", "") or ""
            found.append((_plain(q.ask), Asked(choice.step, about if about in rubric else "")))
    found += [(_plain(p.challenge), Asked(p.step, p.notes if p.notes in rubric else "")) for p in case.pitfalls]
    found += [(_plain(t.says), Asked(t.touches[0].split(".")[0], t.touches[0])) for t in case.twists]
    found += [(_plain(step.opening), Asked(step.id)) for step in STEP.values()]
    return sorted(found, key=lambda item: -len(item[0]))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
