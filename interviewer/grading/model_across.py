"""A model's reading of a round as a whole: instances of each trait and what decided it, each proved by a quote. Knows no level."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.grading.judging import Across, Instance
from interviewer.grading.model_answer import AcrossAnswer, Decided, Seen
from interviewer.grading.scorecard import CROSS, Evidence, Moment
from interviewer.grading.testimony import Testimony, same
from interviewer.providers.structured import UnreadableError, read

MOST_MOMENTS = 3
MAY_BE_EMPTY = ("tradeoffs", "quantitative")  # nothing weighed, no number: that is a finding; a talk always shows how it was led
NONE_GIVEN = "no instance of it was given"


class Overview:
    """What is found so far and proved by what the candidate said. `occasion` says whether anything was put to them after the opening."""

    def __init__(self, testimony: Testimony, occasion: bool = True):
        self._testimony, self._occasion = testimony, occasion
        self._instances: dict[str, list[Instance]] = {trait: [] for trait in CROSS}
        self._settled: set[str] = set()
        self._moments: list[Moment] = []
        self._readable = False

    def take(self, text: str) -> list[str]:
        """Adds what a reply proves; what is wrong with the rest. A trait whose quotes all stood is not opened again."""
        try:
            answer = read(text, AcrossAnswer)
        except UnreadableError as error:
            return [f"the answer was not the JSON asked for: {error}"]
        self._readable = True
        wrong = [problem for trait in CROSS for problem in self._trait(trait, getattr(answer, trait))]
        return [*wrong, *self._pivotal(answer.pivotal)]

    def _trait(self, trait: str, seen: Sequence[Seen]) -> list[str]:
        if trait in self._settled:
            return []
        wrong = [problem for each in seen if (problem := self._instance(trait, each))]
        if not wrong and not seen and self._asked_for(trait):
            wrong = [f"{trait}: {NONE_GIVEN}"]
        if not wrong:
            self._settled.add(trait)
        return wrong

    def _asked_for(self, trait: str) -> bool:
        return trait not in MAY_BE_EMPTY and (self._occasion or trait != "adaptation")

    def _instance(self, trait: str, seen: Seen) -> str:
        place = self._testimony.find(seen.quote, seen.turn)
        if place is None:
            return _unsaid(trait, seen.quote)
        known = [Evidence(turn=i.turn, quote=i.quote) for i in self._instances[trait]]
        if not any(same(place, other) for other in known):
            self._instances[trait].append(Instance(turn=place.turn, quote=place.quote, reason=seen.reason, grade=seen.grade))
        return ""

    def _pivotal(self, decided: Sequence[Decided]) -> list[str]:
        wrong = []
        for each in decided:
            place = self._testimony.find(each.quote, each.turn)
            if place is None:
                wrong.append(_unsaid("pivotal", each.quote))
            elif place not in [Evidence(turn=m.turn, quote=m.quote) for m in self._moments]:
                self._moments.append(Moment(turn=place.turn, quote=place.quote, what=each.what, good=each.good))
        return wrong

    def result(self, trouble: str = "") -> Across:
        """Each trait with its instances, or with the reason why it has none."""
        unrated = {trait: reason for trait in CROSS if (reason := self._why_not(trait, trouble))}
        found = {trait: tuple(each) for trait, each in self._instances.items() if trait not in unrated}
        named = f"Across the steps: {trouble}" if trouble else ""
        return Across(instances=found, unrated=unrated, pivotal=tuple(self._moments[:MOST_MOMENTS]), trouble=named)

    def _why_not(self, trait: str, trouble: str) -> str:
        if not self._readable:
            return f"Not rated: {trouble}"
        if trait == "adaptation" and not self._occasion:
            return "no question was put after the opening"
        if self._instances[trait] or (trait in self._settled and trait in MAY_BE_EMPTY):
            return ""
        return f"Not rated: {NONE_GIVEN} with words that were said"


def _unsaid(what: str, quote: str) -> str:
    return f'{what}: "{quote}" is in none of the candidate\'s turns'
