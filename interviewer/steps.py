"""The seven steps of a round: what each is for and its share of the clock. Values only."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from knowledge.case import STEPS, Step

__all__ = ["STEP", "STEPS", "Step", "StepPlan", "after", "plan", "reserve", "total"]

SLACK_MINUTES = 5.0
TYPED_STRETCH = 1.5
OVERRUN = 1.3


class StepPlan(BaseModel):
    """One step: its names for people (`spoken` fits after "let's move on to"), its minutes of a 45-minute round, and how the interviewer opens it."""

    model_config = ConfigDict(frozen=True)

    id: Step
    title: str
    short: str
    spoken: str
    minutes: float
    purpose: str
    opening: str


_ALL = [
    StepPlan(
        id="clarify", title="Clarifying requirements", short="Clarify", spoken="the requirements", minutes=5,
        purpose="settle the goal, the scale and the limits before designing",
        opening="Where would you like to start?",
    ),
    StepPlan(
        id="frame", title="Framing the problem as an ML task", short="Frame", spoken="framing this as a learning task", minutes=4,
        purpose="turn the goal into something a model can be trained for",
        opening="How would you frame this as a machine learning task?",
    ),
    StepPlan(
        id="data", title="Data preparation", short="Data", spoken="the data", minutes=8,
        purpose="say what is learned from: collection, labels, features",
        opening="What would the training data look like, from the labels to the features?",
    ),
    StepPlan(
        id="model", title="Model development", short="Model", spoken="the models", minutes=8,
        purpose="choose models, losses and how they are trained",
        opening="Which models would you build, and how would you train them?",
    ),
    StepPlan(
        id="evaluate", title="Evaluation", short="Evaluate", spoken="evaluation", minutes=5,
        purpose="show offline and online that it is better",
        opening="How would you find out whether it is any good, before and after launch?",
    ),
    StepPlan(
        id="serve", title="Deployment and serving", short="Serve", spoken="serving", minutes=6,
        purpose="answer a request in time, at peak, when parts fail",
        opening="Take me through what happens when one request comes in.",
    ),
    StepPlan(
        id="monitor", title="Monitoring and infrastructure", short="Monitor", spoken="what comes after launch", minutes=4,
        purpose="keep it healthy once it is live",
        opening="It has been live for a month: how do you keep it healthy?",
    ),
]  # fmt: skip

STEP: dict[str, StepPlan] = {s.id: s for s in _ALL}


def plan(minutes: float, pace: str = "spoken") -> dict[str, float]:
    """Planned seconds of each step for a round of `minutes`; `pace` "typed" stretches the plan by half."""
    stretch = TYPED_STRETCH if pace == "typed" else 1.0
    share = minutes / (sum(s.minutes for s in _ALL) + SLACK_MINUTES)
    return {s.id: s.minutes * share * stretch * 60 for s in _ALL}


def total(minutes: float, pace: str = "spoken") -> float:
    """Seconds of the whole round, slack and closing included."""
    return minutes * 60 * (TYPED_STRETCH if pace == "typed" else 1.0)


def reserve(minutes: float, pace: str = "spoken") -> float:
    """Seconds that must be left for evaluation, serving and monitoring: eight minutes of a 45-minute round."""
    return total(minutes, pace) * 8 / 45


def after(step: str) -> Step | None:
    """The step that follows, or None after the last."""
    place = [s.id for s in _ALL].index(step) + 1  # type: ignore[arg-type]
    return _ALL[place].id if place < len(_ALL) else None
