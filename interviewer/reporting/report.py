"""A scorecard as a debrief: HTML, Markdown or JSON. Knows the card's values only: no record, case file or model."""

from __future__ import annotations

from interviewer.grading.feedback import titles
from interviewer.grading.scorecard import Advice, CrossResult, Feedback, Scorecard, StepResult, Verdict

RECOMMENDATIONS = {
    "strong_no_hire": "Strong no hire", "no_hire": "No hire", "hire": "Hire", "strong_hire": "Strong hire", None: "No recommendation",
}  # fmt: skip
GROUPS = (
    ("Carried", ("quantified", "weighed", "justified")),
    ("Wrong", ("wrong",)),
    ("Named only", ("named",)),
    ("Missed", ("absent",)),
    ("Not reached", ("not_reached",)),
    ("Unrated", ("unrated",)),
)
SCALE = "0 not addressed · 1 superficial or wrong · 2 partial · 3 solid · 4 exceptional"
FEEDBACK = "In short: strengths, gaps, the next three"


def html(card: Scorecard) -> str:
    """The debrief as one self-contained page: no script, nothing loaded from anywhere."""
    from interviewer.reporting.report_html import page

    return page(card)


def as_json(card: Scorecard) -> str:
    """The whole card as JSON."""
    return card.model_dump_json(indent=2) + "\n"


def markdown(card: Scorecard) -> str:
    """The debrief as Markdown; what the candidate said is escaped, so that it shows as it was said."""
    from interviewer.reporting.report_markdown import text

    return text(card)


# --- words that all forms share -------------------------------------------------------------------------------------


def level_words(result: StepResult | CrossResult) -> str:
    """A level for people: "3 of 4", "unrated" or "not reached"; never a number that was not given."""
    return f"{result.level} of 4" if result.level is not None else "not reached" if result.status == "not_reached" else "unrated"


def groups(step: StepResult) -> list[tuple[str, list[Verdict]]]:
    """The verdicts of a step by how they came out; groups without any are left out."""
    found = [(name, [v for v in step.verdicts if v.depth in depths]) for name, depths in GROUPS]
    return [(name, verdicts) for name, verdicts in found if verdicts]


def timed(card: Scorecard) -> bool:
    """Whether there was a clock."""
    return any(s.planned or s.used for s in card.steps)


def minutes(seconds: float) -> str:
    """Seconds as 12:05."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def subtitle(card: Scorecard) -> str:
    """For whom and with what help: one line."""
    parts = [f"target level {card.target_level}"]
    if card.hints:
        parts.append(f"{card.hints} hint{'s' * (card.hints > 1)} asked for")
    if card.practised:
        parts.append("this case was practised before")
    if card.opened:
        parts.append("notes were open during the round")
    return " · ".join(parts)


def spoken(role: str, text: str) -> str:
    """A turn's text; silence and pressed buttons are said to be such."""
    return text if text.strip() else "(nothing said)"


def sections(feedback: Feedback | None) -> list[tuple[str, tuple[Advice, ...]]]:
    """The feedback by headings; those without a sentence are left out."""
    if feedback is None:
        return []
    named = (("What worked", feedback.strengths), ("What was missing", feedback.gaps), ("Learn next", feedback.next))
    return [(title, advices) for title, advices in named if advices]


def rests_on(advice: Advice, card: Scorecard) -> str:
    """What a sentence of the feedback cites, in words, where the sentence does not name it itself."""
    note = next((item.title for item in card.study if item.id == advice.note), "") if advice.note else ""
    named = [*titles(advice.cites, card), *([f"notes: {note}"] if note and note not in advice.text else [])]
    return ", ".join(name for name in named if name not in advice.text)


def repeated(card: Scorecard) -> str:
    """That the steps were judged more than once, in a sentence; empty when they were not."""
    most = max((s.runs for s in card.steps), default=1)
    return f"Every step was graded {most} times, and the middle one counts." if most > 1 else ""


def runs(step: StepResult) -> str:
    """How far several judgements of a step lay apart: "3 runs: 2 to 3"; empty for a single one and where they agreed."""
    low, high = step.spread or (0, 0)
    return f"{step.runs} runs: {low} to {high}" if low != high else ""


def varied(verdict: Verdict) -> str:
    """From which to which depth the runs went: "named to weighed"; empty when they agreed."""
    low, high = verdict.spread or ("", "")
    return f"{low} to {high}" if low != high else ""


def graded_by(card: Scorecard) -> str:
    """Who graded, and told by which prompts."""
    who = "the embedded grader" if card.grader == "embedded" else card.grader
    return f"graded by {who}" + (f" ({', '.join(card.prompts)})" if card.prompts else "")
