"""From a transcript to a scorecard."""

from interviewer import levels
from interviewer.casefile import CaseFile
from interviewer.embedded_judge import EmbeddedJudge
from interviewer.errors import ModelError
from interviewer.grader import grade
from interviewer.judging import Judged, StepJudgement
from interviewer.scorecard import Evidence, Verdict
from interviewer.transcript import Line, Transcript
from tests.test_policy import SOLID
from tests.tiny import ENTRY, READER

FILE = CaseFile(ENTRY)


def transcript(*answers: str, **parts) -> Transcript:
    lines = [line for a in answers for line in (Line(role="interviewer", text="And then?"), Line(role="candidate", text=a))]
    return Transcript(id="t", case="tiny", lines=tuple(lines), **parts)


def card(*answers: str, judge=None, **parts):
    return grade(transcript(*answers, **parts), FILE, judge or EmbeddedJudge(READER))


def verdict(scorecard, criterion: str):
    return next(v for s in scorecard.steps for v in s.verdicts if v.criterion == criterion)


def test_every_quote_stands_verbatim_in_the_turn_it_names():
    scorecard = card(*SOLID.values())
    quotes = [e for s in scorecard.steps for v in s.verdicts for e in v.evidence]
    assert quotes
    for evidence in quotes:
        role, text = scorecard.transcript[evidence.turn]
        assert role == "candidate" and evidence.quote in text


def test_naming_a_thing_never_passes_level_one():
    scorecard = card("A two tower model. An index with nearest candidates in memory. Ranking task. Labels finished.")
    assert all((s.level or 0) <= 1 for s in scorecard.steps)
    assert scorecard.recommendation == "strong_no_hire"


def test_reasons_lift_a_step_above_its_vocabulary():
    named, argued = card("I would use a two tower model."), card(SOLID["model"])
    assert argued.step("model").level > named.step("model").level


def test_an_uncorrected_core_error_caps_its_step_and_a_corrected_one_does_not():
    wrong = card(SOLID["evaluate"], "I shuffle the rows and take eighty percent, because it is balanced.")
    mended = card(
        "I shuffle the rows and take eighty percent.", "I take that back, I would not split at random. " + SOLID["evaluate"]
    )
    assert wrong.step("evaluate").level == 1 and not wrong.errors[0].corrected
    assert mended.step("evaluate").level > 1 and mended.errors[0].corrected


def test_a_later_rejection_takes_back_what_was_said():
    assert verdict(card("I would use a two tower model.", "I would not use a two tower model."), "model.ranker").depth == "absent"


def test_a_step_the_clock_never_reached_is_not_zero_and_an_untouched_one_without_a_clock_is():
    reached = card(SOLID["clarify"], spent={"clarify": 100.0}, entered=("clarify",))
    assert (reached.step("monitor").level, reached.step("monitor").status) == (None, "not_reached")
    assert (card(SOLID["clarify"]).step("monitor").level, card(SOLID["clarify"]).step("monitor").status) == (0, "rated")


class Liar:
    """A judge whose quotes were never said."""

    name = "liar"
    parallel = 1

    def judge(self, sheet, transcript):
        quote = (Evidence(turn=1, quote="something nobody said"),)
        return StepJudgement(
            step=sheet.step,
            verdicts=tuple(Judged(criterion=c.id, evidence=quote, reason="because", depth="quantified") for c in sheet.criteria),
        )


class Broken:
    """A judge whose model fails."""

    name = "broken"
    parallel = 7

    def judge(self, sheet, transcript):
        raise ModelError("The model did not answer.", "timeout")


def test_a_quote_that_was_never_said_makes_the_verdict_unrated_not_low():
    scorecard = card(SOLID["model"], judge=Liar())
    assert {v.depth for s in scorecard.steps for v in s.verdicts} == {"unrated"}
    assert scorecard.recommendation is None


def test_a_failed_model_leaves_steps_unrated_with_the_reason():
    scorecard = card(SOLID["model"], judge=Broken())
    assert all(s.level is None and s.status == "unrated" and "did not answer" in s.reason for s in scorecard.steps)
    assert scorecard.recommendation is None and len(scorecard.trouble) == 7


def test_the_compact_form_has_the_ids_of_the_scale():
    row = card(*SOLID.values()).compact()
    assert list(row["steps"]) == ["clarify", "frame", "data", "model", "evaluate", "serve", "monitor"]
    assert set(row["steps"]["model"]) >= {"level", "status", "evidence"} and row["recommendation"] in (
        "strong_no_hire", "no_hire", "hire", "strong_hire",
    )  # fmt: skip
    assert list(row["cross_cutting"]) == ["tradeoffs", "quantitative", "communication", "adaptation"]


def test_length_without_substance_moves_no_step():
    filler = " That is something one can say a lot about, and I would, you know, go into it in more detail later on."
    plain, padded = card(*SOLID.values()), card(*(a + filler * 4 for a in SOLID.values()))
    assert [s.level for s in plain.steps] == [s.level for s in padded.steps]


def test_the_debrief_says_what_a_strong_answer_has_and_where_it_stands():
    missed = verdict(card(SOLID["model"]), "monitor.watch")
    assert missed.strong and missed.note.id == "monitor.watch" and "Calibration" in missed.note.text


def _verdict(depth: str, kind: str = "core", weight: int = 3) -> Verdict:
    return Verdict(
        criterion="model.x", step="model", topic="x", looks_for="x", kind=kind, weight=weight, expected_from="mid", depth=depth, reason="x",
    )  # fmt: skip


def test_arguing_two_things_well_beats_naming_five():
    argued = [_verdict("weighed"), _verdict("justified"), *[_verdict("absent")] * 3]
    assert levels.step_level(argued, [], "senior")[0] > levels.step_level([_verdict("named")] * 5, [], "senior")[0]


def test_a_four_needs_numbers_and_failure_modes():
    deep = [
        _verdict("weighed").model_copy(update={"failure": True}),
        _verdict("quantified"),
        _verdict("weighed"),
        _verdict("justified"),
    ]
    assert levels.step_level(deep, [], "senior")[0] == 4
    assert levels.step_level([_verdict("justified"), _verdict("justified"), _verdict("weighed")], [], "senior")[0] == 3
