"""Feedback in a model's words: asked once, mended once, every sentence tied here to the verdicts of the card. Knows the card alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from interviewer.grading.feedback import NEXT, all_errors, carried, clipped, missed, offered, plain, standing, traits, verdicts
from interviewer.grading.model_answer import SECTIONS, FeedbackAnswer, Section, Told
from interviewer.grading.model_asking import ask
from interviewer.grading.scorecard import Advice, CrossResult, ErrorFound, Feedback, Scorecard, StepResult, Verdict
from interviewer.grading.testimony import Testimony
from interviewer.providers.fence import neutralise
from interviewer.providers.models import ChatModel, Message
from interviewer.providers.structured import UnreadableError, read
from prompts.library import Prompt

FEWEST, MOST = 2, 4
MOST_WORDS = 60
RULE = "Cite only ids that stand in the sheet, and say nothing that they do not show."
_QUOTED = re.compile(
    r"[\u201c\"](\w[^\u201c\u201d\"]*\s[^\u201c\u201d\"]*\s[^\u201c\u201d\"]*)[\u201d\"]"
)  # of three words or more
_HIRING = re.compile(r"\b(?:no[- ])?hir(?:e|es|ed|ing)\b", re.IGNORECASE)
_PRAISE = re.compile(r"\b(?:great|excellent|impressive(?:ly)?|amazing|fantastic|outstanding|superb|brilliant|well done|good job|nice work|awesome)\b", re.IGNORECASE)  # fmt: skip


def write(model: ChatModel, prompt: Prompt, card: Scorecard) -> Feedback:
    """The feedback as the model writes it. What it cannot tie to the card is replaced by sentences made in code, and `trouble` says so."""
    if all(s.level is None for s in card.steps):
        return plain(card)
    draft = Draft(card)
    trouble = ask(model, messages(prompt, card), draft.take, RULE)
    return draft.feedback(model.name, trouble)


def messages(prompt: Prompt, card: Scorecard) -> list[Message]:
    """What the model is sent: the rules, then the card in lines."""
    told = prompt.fill(
        question=neutralise(card.question), target_level=card.target_level, recommendation=_decided(card), levels=_levels(card),
        carried=_lines(map(_line, carried(card))), missed=_lines(map(_line, missed(card))),
        errors=_lines(_error(ident, error) for ident, error in all_errors(card).items()),
        notes=_lines(f"- {item.id}: {_one(item.title)}: {_one(item.why)}" for item in offered(card)[: 2 * NEXT]),
    )  # fmt: skip
    return [("system", told.system), ("user", told.volatile)]


class Draft:
    """The sentences of a model that are tied to the card so far."""

    def __init__(self, card: Scorecard):
        self._base, self._testimony = plain(card), Testimony(card.transcript)
        self._notes = {item.id for item in offered(card)}
        bad = {v.criterion for v in missed(card)} | set(standing(card)) | traits(card, 0, 1)
        good = {v.criterion for v in carried(card)} | traits(card, 3, 4)
        known = {v.criterion for v in verdicts(card)} | set(all_errors(card)) | traits(card, 0, 4)
        self._may: dict[Section, set[str]] = {"strengths": good, "gaps": bad, "next": known}
        self._kept: dict[Section, list[Advice]] = {section: [] for section in SECTIONS}
        self._readable = False

    def take(self, text: str) -> list[str]:
        """Adds the sentences that may stand; where a section is still short of its fewest, what is wrong with the others."""
        try:
            answer = read(text, FeedbackAnswer)
        except UnreadableError as error:
            return [f"the answer was not the JSON asked for: {error}"]
        self._readable = True
        return [problem for section in SECTIONS for problem in self._section(section, getattr(answer, section))]

    def _section(self, section: Section, told: Sequence[Told]) -> list[str]:
        wrong = []
        for each in told:
            advice = self._advice(section, each)
            if problem := self._problem(section, advice):
                wrong.append(f'{section}: "{clipped(each.text, 8)}": {problem}')
            elif not self._repeats(section, advice):
                self._kept[section].append(advice)
        short = self._fewest(section) - len(self._kept[section])
        return [*wrong, f"{section}: {short} more needed"] if short > 0 else []

    def _advice(self, section: Section, told: Told) -> Advice:
        """The sentence with those of its citations that exist and fit its section."""
        cites = tuple(dict.fromkeys(c for c in told.cites if c in self._may[section]))
        note = told.note if section == "next" and told.note in self._notes else ""
        return Advice(text=" ".join(told.text.split()), cites=cites, note=note or "")

    def _problem(self, section: Section, advice: Advice) -> str:
        """Why a sentence may not stand, or ""."""
        if section == "next" and not advice.note:
            return "its note is not one of those offered"
        if section != "next" and not advice.cites:
            return f"cites no id of what was {'carried' if section == 'strengths' else 'missed, and no error'}"
        if not advice.text or len(advice.text.split()) > MOST_WORDS:
            return f"must be a sentence or two of at most {MOST_WORDS} words"
        if found := _HIRING.search(advice.text) or _PRAISE.search(advice.text):
            return f'without "{found[0]}": no recommendation and no praise'
        unsaid = next((q for q in _QUOTED.findall(advice.text) if not self._testimony.find(q, None)), "")
        return f'"{unsaid}" was never said: quote only the candidate' if unsaid else ""

    def _repeats(self, section: Section, advice: Advice) -> bool:
        """Whether the section has this already: the same note, or nothing cited that is new; or is full."""
        kept = self._kept[section]
        if section == "next":
            return len(kept) == NEXT or advice.note in [a.note for a in kept]
        return len(kept) == MOST or set(advice.cites) <= {c for a in kept for c in a.cites}

    def _fewest(self, section: Section) -> int:
        made: tuple[Advice, ...] = getattr(self._base, section)
        return min(NEXT if section == "next" else FEWEST, len(made))

    def feedback(self, name: str, trouble: str) -> Feedback:
        """All three sections; what the model left short is filled by the sentences made in code."""
        if not self._readable:
            return self._base.model_copy(update={"trouble": f"Put together from the verdicts, because {_lower(trouble)}"})
        filled = {section: self._filled(section) for section in SECTIONS}
        short = [section for section in SECTIONS if len(filled[section]) > len(self._kept[section])]
        why = (
            f"Some sentences are put together from the verdicts ({', '.join(short)}): the model's were not tied to any."
            if short
            else ""
        )
        return Feedback(**filled, by=name, trouble=why)

    def _filled(self, section: Section) -> tuple[Advice, ...]:
        kept = list(self._kept[section])
        for advice in getattr(self._base, section):
            if len(kept) >= self._fewest(section):
                break
            if not (
                {advice.note} & {a.note for a in kept}
                if section == "next"
                else set(advice.cites) <= {c for a in kept for c in a.cites}
            ):
                kept.append(advice)
        return tuple(kept)


def _decided(card: Scorecard) -> str:
    return f"{(card.recommendation or 'none').replace('_', ' ')}: {_one(card.recommendation_reason)}"


def _levels(card: Scorecard) -> str:
    steps = [f"- {r.title}: {_level(r)}" for r in card.steps]
    return "\n".join([*steps, *(f"- {r.id}, {r.title}: {_level(r)}: {_one(r.reason)}" for r in card.cross_cutting)])


def _level(result: StepResult | CrossResult) -> str:
    return result.status.replace("_", " ") if result.level is None else f"{result.level} of 4"


def _error(ident: str, error: ErrorFound) -> str:
    mended = " Corrected later." if error.corrected else ""
    return f'- {ident}: {_one(error.what)} ("{clipped(_one(error.quote))}").{mended} {_one(error.why)}'


def _line(verdict: Verdict) -> str:
    quote = f' "{clipped(_one(verdict.evidence[0].quote))}" (turn {verdict.evidence[0].turn})' if verdict.evidence else ""
    what = f"not shown: {verdict.looks_for}" if verdict.depth in ("absent", "not_reached") else verdict.reason
    return f"- {verdict.criterion} ({verdict.depth.replace('_', ' ')}, weight {verdict.weight}), {_one(verdict.topic)}: {_one(what)}{quote}"


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines) or "none"


def _one(text: str) -> str:
    return neutralise(" ".join(text.split()))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[:4] == "The " else text
