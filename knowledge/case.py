"""What a case study is: pydantic values, unknown keys refused. Knows no file, index or interview."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Step = Literal["clarify", "frame", "data", "model", "evaluate", "serve", "monitor"]
STEPS: tuple[Step, ...] = ("clarify", "frame", "data", "model", "evaluate", "serve", "monitor")
Level = Literal["mid", "senior", "staff"]
Asked = Literal["most", "often", "sometimes"]
Kind = Literal["core", "depth", "tradeoff", "bottleneck", "quantitative"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
CriterionId = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(STEPS)})\.[a-z][a-z0-9_]*$")]


class Value(BaseModel):
    """A frozen value that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Fact(Value):
    """Something the interviewer reveals when asked, and never otherwise.

    `asks` are ways a candidate may ask for it; `cues` are patterns of words that lift a question which holds them: groups
    joined by " + " must all occur, alternatives inside a group are separated by "/", "!" before a group forbids it.
    A `vague` fact is left to the candidate on purpose: `says` is then what the interviewer answers instead.
    """

    id: Slug
    asks: list[Text] = Field(min_length=1)
    cues: list[Text] = Field(default=[])
    says: Text
    vague: bool = False


class Question(Value):
    """A question that a choice invites. `about` names the criterion it opens, so that a settled point is not asked again."""

    ask: Text
    about: CriterionId


class Choice(Value):
    """A design that a candidate may pick: how we name it, how they word it, and what follows from it.

    `signals` are ways of picking it, whole sentences and phrases in passing alike; `near_misses` speak of it and do not.
    `phrase` is a noun phrase that fits after "You have", "You mentioned" and "With" ("one index on each replica").
    `follows` are consequences (bottleneck, cost, failure) in one sentence each, shown in the debrief only.
    `touches` are the criteria that picking it shows, as deep as the reason that is given with it.
    """

    id: Slug
    step: Step
    phrase: Text
    signals: list[Text] = Field(min_length=1)
    cues: list[Text] = Field(default=[])
    near_misses: list[Text] = Field(default=[])
    follows: list[Text] = Field(min_length=1)
    questions: list[Question] = Field(min_length=1)
    touches: list[CriterionId] = Field(default=[])

    @property
    def sayings(self) -> list[str]:
        """All sentences that say it: the signals, its name, and what follows from it."""
        return [*self.signals, self.phrase, *self.follows]


class Probe(Value):
    """A question that contains no answer. `when` names the choices, criteria or pitfalls that make it the natural one."""

    ask: Text
    when: list[Text] = Field(default=[])


class Criterion(Value):
    """One observable thing that a good answer shows.

    `signals` are ways in which candidates say it, whole sentences and phrases in passing alike, in plain words as well as in
    textbook ones; `near_misses` sound like it and do not count. The reader without a model compares answers with both.
    `cues`, where there are any, are patterns of words that make it surer (see `knowledge.cues`).
    """

    id: CriterionId
    kind: Kind
    level: Level = "mid"
    weight: int = Field(ge=1, le=3)
    topic: Text
    looks_for: Text
    accepts: list[Text] = Field(default=[])
    strong: Text
    signals: list[Text] = Field(min_length=1)
    cues: list[Text] = Field(default=[])
    near_misses: list[Text] = Field(default=[])
    probes: list[Probe] = Field(default=[])
    hint: Text
    notes: Text
    concepts: list[Slug] = Field(default=[])

    @property
    def step(self) -> Step:
        return self.id.split(".")[0]  # type: ignore[return-value]

    @property
    def sayings(self) -> list[str]:
        """All sentences that say it: the signals, a strong answer, what is accepted, and what is looked for."""
        return [*self.signals, *_sentences(self.strong), *self.accepts, self.looks_for]


class Pitfall(Value):
    """A substantive error that candidates really make: recognised when asserted, challenged with a question.

    `core` marks an error that caps its step when it is not corrected. `near_misses` turn the mistake down, suppose it, or tell
    it of others. `cues`, where there are any, are patterns of words that a plain assertion holds (see `knowledge.cues`); `bars`
    are words that keep every one of them from counting in their sentence. They make the challenge of this mistake surer.
    `like` names a mistake of many cases in `knowledge/mistakes.yaml`, whose cues and bars it takes over.
    """

    id: Slug
    step: Step
    core: bool = True
    says: Text
    why: Text
    correction: Text
    like: Slug | None = None
    signals: list[Text] = Field(min_length=1)
    cues: list[Text] = Field(default=[])
    bars: list[Text] = Field(default=[])
    near_misses: list[Text] = Field(default=[])
    challenge: Text
    notes: Text

    @property
    def sayings(self) -> list[str]:
        """All sentences that make it, or speak of what it leads to: the signals, its name, and why it is wrong."""
        return [*self.signals, self.says, *_sentences(self.why)]


class Twist(Value):
    """A changed requirement for the middle of the round, and how an adapted answer sounds."""

    id: Slug
    says: Text
    touches: list[CriterionId] = Field(min_length=1)
    strong: Text
    signals: list[Text] = Field(min_length=1)
    cues: list[Text] = Field(default=[])

    @property
    def sayings(self) -> list[str]:
        """All sentences of somebody who adapts: the signals and a strong answer."""
        return [*self.signals, *_sentences(self.strong)]


class Quantity(Value):
    """An input of an estimate."""

    value: float
    unit: Text


class Estimate(Value):
    """A back-of-envelope number: `formula` over the names of `inputs` gives `figure` in `unit`.

    `within` is the factor by which a candidate may be off and still have the order of magnitude right.
    """

    id: Slug
    title: Text
    inputs: dict[str, Quantity] = Field(min_length=1)
    formula: Text
    figure: float
    unit: Text
    within: float = Field(default=3.0, gt=1)
    criterion: CriterionId


class Component(Value):
    """A box of the reference diagram."""

    id: Slug
    label: Text
    path: Literal["serving", "training", "both"]


class Arrow(Value):
    """An arrow of the reference diagram, between component ids."""

    start: Slug
    end: Slug
    label: str = ""


class Diagram(Value):
    """The reference architecture: serving and training path."""

    components: list[Component] = Field(min_length=1)
    arrows: list[Arrow] = Field(min_length=1)

    def mermaid(self) -> str:
        """The diagram as Mermaid source, one subgraph a path."""
        lines = ["flowchart LR"]
        for path in ("serving", "both", "training"):
            lines.append(f"  subgraph {path}[{path.capitalize()} path]" if path != "both" else "  subgraph shared[Shared]")
            lines += [f'    {c.id}["{c.label}"]' for c in self.components if c.path == path]
            lines.append("  end")
        lines += [f"  {a.start} -->|{a.label}| {a.end}" if a.label else f"  {a.start} --> {a.end}" for a in self.arrows]
        return "\n".join(lines)


class Source(Value):
    """Where facts and figures come from."""

    id: Slug
    title: Text
    who: Text
    year: int = Field(ge=1950, le=2100)
    where: Text


class Head(Value):
    """What may be known of a case before a round; the first lines of `case.yaml`. `slug` is the folder's name.

    `asked` is how often interviews ask it: an estimate, not a count.
    """

    slug: Slug
    title: Text
    question: Text
    domains: list[Text] = Field(min_length=1)
    levels: list[Level] = Field(min_length=1)
    asked: Asked = "sometimes"


class CaseStudy(Head):
    """One case study, as `case.yaml` holds it. How much is enough, `knowledge.check` says."""

    facts: list[Fact] = Field(min_length=1)
    choices: list[Choice] = Field(min_length=1)
    rubric: list[Criterion] = Field(min_length=1)
    pitfalls: list[Pitfall] = Field(min_length=1)
    twists: list[Twist] = Field(min_length=1)
    estimates: list[Estimate] = Field(min_length=1)
    diagram: Diagram
    sources: list[Source] = Field(min_length=1)

    def criteria(self, step: str) -> list[Criterion]:
        """The criteria of one step, in rubric order."""
        return [c for c in self.rubric if c.step == step]

    def criterion(self, ident: str) -> Criterion:
        """The criterion with this id; KeyError when there is none."""
        return _by_id(self.rubric, ident)

    def choice(self, ident: str) -> Choice:
        """The choice with this id; KeyError when there is none."""
        return _by_id(self.choices, ident)

    def pitfall(self, ident: str) -> Pitfall:
        """The pitfall with this id; KeyError when there is none."""
        return _by_id(self.pitfalls, ident)

    def fact(self, ident: str) -> Fact:
        """The fact with this id; KeyError when there is none."""
        return _by_id(self.facts, ident)

    def twist(self, ident: str) -> Twist:
        """The twist with this id; KeyError when there is none."""
        return _by_id(self.twists, ident)


def _by_id(values, ident: str):
    for value in values:
        if value.id == ident:
            return value
    raise KeyError(ident)


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+", text) if part]
