"""From a transcript to a scorecard."""

import json
from itertools import count
from pathlib import Path

import pytest

from evals import gold
from evals.fake_server import FakeServer, Reply
from interviewer.casefile import CaseFile
from interviewer.errors import ModelError
from interviewer.grading import levels
from interviewer.grading.embedded_judge import EmbeddedJudge
from interviewer.grading.feedback import clipped
from interviewer.grading.grader import grade
from interviewer.grading.judging import Across, Judged, JudgedError, Observed, StepJudgement, WholeJudge
from interviewer.grading.model_judge import ModelJudge
from interviewer.grading.scorecard import CROSS, Evidence, Feedback, Scorecard, Verdict
from interviewer.providers.models import RETRIES, open_model
from interviewer.record.transcript import Line, Transcript
from interviewer.settings import load
from interviewer.state import Move
from knowledge.library import Library
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
    assert mended.errors[0].corrected
    assert levels.capped(3, "argued", wrong.errors)[0] == 1 and levels.capped(3, "argued", mended.errors) == (3, "argued")


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


def test_length_without_substance_lifts_no_step_and_moves_none_far():
    filler = " That is something one can say a lot about, and I would, you know, go into it in more detail later on."
    plain, padded = card(*SOLID.values()), card(*(a + filler * 4 for a in SOLID.values()))
    moved = [after.estimate - before.estimate for before, after in zip(plain.steps, padded.steps, strict=True)]
    assert max(moved) < 0.1 and min(moved) > -0.3


def test_the_debrief_says_what_a_strong_answer_has_and_where_it_stands():
    missed = verdict(card(SOLID["model"]), "monitor.watch")
    assert missed.strong and missed.note.id == "monitor.watch" and "Calibration" in missed.note.text


def _verdict(depth: str, kind: str = "core", weight: int = 3) -> Verdict:
    return Verdict(
        criterion="model.x", step="model", topic="x", looks_for="x", kind=kind, weight=weight, expected_from="mid", depth=depth, reason="x",
    )  # fmt: skip


def test_arguing_two_things_well_beats_naming_five():
    argued = [_verdict("weighed"), _verdict("justified"), *[_verdict("absent")] * 3]
    assert (
        levels.FULLY_READ.step_level(argued, [], "senior")[0]
        > levels.FULLY_READ.step_level([_verdict("named")] * 5, [], "senior")[0]
    )


def test_a_four_needs_numbers_and_failure_modes():
    deep = [
        _verdict("weighed").model_copy(update={"failure": True}),
        _verdict("quantified"),
        _verdict("weighed"),
        _verdict("justified"),
    ]
    assert levels.FULLY_READ.step_level(deep, [], "senior")[0] == 4
    assert levels.FULLY_READ.step_level([_verdict("justified"), _verdict("justified"), _verdict("weighed")], [], "senior")[0] == 3


# --- a judge that reads the round as a whole, and more than once ---------------------------------------------------------


class Several:
    """A judge whose runs over a step give these depths, one after another, with what the candidate said last."""

    name, parallel, prompts = "several", 1, ("grader/v9",)

    def __init__(self, *depths: str, errors=(), outside=()):
        self.repeats, self._depths, self._errors, self._outside = len(depths), depths, errors, outside
        self.seen, self.whole, self._turns = [], None, count()

    def judge(self, sheet, transcript):
        self.seen.append(sheet)
        depth = self._depths[next(self._turns) % len(self._depths)]
        kept = () if depth in ("absent", "unrated") else (Evidence(turn=1, quote=transcript[1][1]),)
        verdicts = tuple(Judged(criterion=c.id, evidence=kept, reason=depth, depth=depth) for c in sheet.criteria)
        return StepJudgement(step=sheet.step, verdicts=verdicts, errors=self._errors, outside=self._outside)

    def across(self, whole, transcript):
        self.whole = whole
        return Across(trouble="Across the steps: nothing")

    def advise(self, card):
        return Feedback(by="several")


def test_both_kinds_of_judge_are_told_apart():
    assert isinstance(Several("named"), WholeJudge) and not isinstance(EmbeddedJudge(READER), WholeJudge)


def test_a_step_judged_three_times_gets_the_middle_and_shows_from_where_to_where():
    judge = Several("named", "weighed", "justified")
    scorecard = card(SOLID["model"], judge=judge)
    step = scorecard.step("model")
    assert {v.depth for v in step.verdicts} == {"justified"} and step.verdicts[0].spread == ("named", "weighed")
    low, high = step.spread
    assert step.runs == 3 and low == 1 and high == 3 and low <= step.level <= high
    assert len(judge.seen) == 21


def test_runs_that_could_not_be_read_do_not_count_and_most_of_them_leave_a_step_unrated():
    step = card(SOLID["model"], judge=Several("weighed", "unrated", "named")).step("model")
    assert (step.runs, step.status, step.verdicts[0].depth) == (2, "rated", "named")
    lost = card(SOLID["model"], judge=Several("unrated", "unrated", "named")).step("model")
    assert (lost.status, lost.level, lost.spread, lost.runs) == ("unrated", None, (), 1)


def test_one_run_shows_no_spread():
    step = card(SOLID["model"], judge=Several("weighed")).step("model")
    assert (step.runs, step.spread, step.verdicts[0].spread) == (1, (), ())


def test_an_error_that_every_steps_call_reports_caps_one_step_and_a_slip_none():
    core = JudgedError(turn=1, quote="two tower model, because", what="w", core=True)
    capped = card(SOLID["model"], judge=Several("weighed", errors=(core,)))
    assert len(capped.errors) == 1
    assert sorted(s.level for s in capped.steps) == [1, 3, 3, 3, 3, 3, 3]
    slipped = card(SOLID["model"], judge=Several("weighed", errors=(core.model_copy(update={"core": False}),)))
    assert [s.level for s in slipped.steps] == [3] * 7 and len(slipped.errors) == 1


def test_one_argument_beyond_the_sheets_counts_for_one_step_and_not_when_it_already_carries_a_point():
    beyond = (Evidence(turn=1, quote="the show side can be computed ahead"),)
    assert [e.quote for e in card(SOLID["model"], judge=Several("absent", outside=beyond)).outside] == [beyond[0].quote]
    assert card(SOLID["model"], judge=Several("weighed", outside=beyond)).outside == ()


def test_the_judge_is_told_what_was_put_to_the_candidate_and_which_errors_were_noted():
    lines = (
        Line(role="interviewer", text="Go.", move=Move(kind="open", step="clarify", why="w")),
        Line(role="candidate", text=SOLID["model"]),
        Line(role="interviewer", text="But?", move=Move(kind="challenge", step="model", why="w")),
        Line(role="candidate", text=SOLID["data"]),
    )
    noted = (Observed(turn=1, quote="q", what="here", step="model"), Observed(turn=3, quote="q", what="anywhere"))
    judge = Several("named")
    scorecard = grade(Transcript(id="t", case="tiny", lines=lines), FILE, judge, observed=noted)
    assert judge.whole.moves == ((2, "challenge"),)
    assert [[o.what for o in sheet.observed] for sheet in judge.seen if sheet.step in ("data", "model")] == [
        ["anywhere"],
        ["here", "anywhere"],
    ]
    assert (scorecard.prompts, scorecard.feedback.by, scorecard.trouble) == (
        ("grader/v9",),
        "several",
        ("Across the steps: nothing",),
    )


def test_what_a_judge_of_the_whole_did_not_rate_is_never_filled_in_by_another_rule():
    assert [(c.level, c.reason) for c in card(SOLID["model"], judge=Several("weighed")).cross_cutting] == [
        (None, "Across the steps: nothing")
    ] * 4


def test_without_a_model_the_feedback_rests_on_the_same_verdicts():
    scorecard = card(*SOLID.values())
    assert scorecard.feedback.by == "embedded" and len(scorecard.feedback.next) == 3
    known = {v.criterion for s in scorecard.steps for v in s.verdicts}
    cited = {c for a in (*scorecard.feedback.strengths, *scorecard.feedback.gaps) for c in a.cites}
    assert cited and cited <= known


# --- a model over HTTP ---------------------------------------------------------------------------------------------------


def thinking(body: dict) -> Reply:
    """Replies as a grader would that finds the same words for everything: which call it is, is read from what it was told."""
    told = body["messages"][-1]["content"]
    place = {"turn": 1, "quote": "I would use a two tower model"}
    if "Write the feedback now" in told:
        ids = [
            line.split()[1]
            for line in told.partition("## Carried")[2].partition("## Missed")[0].splitlines()
            if line.startswith("- ")
        ]
        notes = [line.split()[1].rstrip(":") for line in told.partition("## Notes")[2].splitlines() if line.startswith("- ")]
        texts = [{"text": f"You argued {i}.", "cites": [i]} for i in ids[:2]]
        return Reply(json.dumps({"strengths": texts, "gaps": [], "next": [{"text": f"Read {n}.", "note": n} for n in notes[:3]]}))
    if "Give the instances" in told:
        seen = place | {"reason": "it decides", "grade": "strong"}
        traits = {trait: [seen] for trait in CROSS}
        return Reply(json.dumps(traits | {"pivotal": [place | {"what": "It decides.", "good": True}]}))
    criteria = [line[4:] for line in told.splitlines() if line.startswith("### ")]
    verdicts = [{"criterion": c, "evidence": [place], "reason": "so", "failure": False, "depth": "weighed"} for c in criteria]
    return Reply(json.dumps({"verdicts": verdicts, "errors": [], "outside": []}))


def by_model(script, repeats: int = 1) -> tuple[Scorecard, list[dict]]:
    with FakeServer(script) as server:
        settings = load(model="openai:fake", base_url=server.url, api_key="k", timeout=2)
        judge = ModelJudge(open_model(settings, "grader"), repeats=repeats)
        return card(SOLID["model"], SOLID["data"], judge=judge), server.requests


@pytest.mark.parametrize(("repeats", "calls"), [(1, 9), (3, 23)])
def test_a_whole_round_is_graded_by_a_model(repeats, calls):
    scorecard, requests = by_model(thinking, repeats)
    assert len(requests) == calls
    assert [s.level for s in scorecard.steps] == [3] * 7 and scorecard.trouble == ()
    assert scorecard.prompts == ("grader/v2", "across/v1", "summary/v1")
    assert [c.status for c in scorecard.cross_cutting] == ["rated"] * 4
    assert [m.what for m in scorecard.pivotal] == ["It decides."]
    assert scorecard.feedback.by == "openai:fake" and scorecard.feedback.trouble == ""
    assert [s.spread for s in scorecard.steps] == [() if repeats == 1 else (3, 3)] * 7


def test_a_model_that_fails_in_one_step_leaves_that_step_unrated_and_the_rest_stands(monkeypatch):
    monkeypatch.setitem(RETRIES, "grader", 0)

    def failing(body: dict) -> Reply:
        serving = '<sheet step="serve">' in body["messages"][-1]["content"]
        return Reply(status=500, code="server_error", message="no") if serving else thinking(body)

    scorecard, _ = by_model(failing)
    assert {s.step: s.status for s in scorecard.steps if s.status != "rated"} == {"serve": "unrated"}
    assert scorecard.recommendation is not None
    assert len(scorecard.trouble) == 1 and scorecard.trouble[0].startswith("Deployment and serving: ")


def test_a_scorecard_of_the_first_shape_can_still_be_read_and_shown():
    from interviewer.reporting import report

    old = Path(__file__).with_name("scorecard_levels-3.json").read_text("utf-8")
    assert '"feedback"' not in old
    scorecard = Scorecard.model_validate_json(old)
    assert (scorecard.feedback, scorecard.prompts, scorecard.cost, scorecard.steps[0].spread) == (None, (), (), ())
    assert "graded by the embedded grader" in report.html(scorecard) and "graded by the embedded grader" in report.markdown(
        scorecard
    )


def test_a_point_that_rests_on_a_mistake_is_wrong_and_not_carried():
    """An interview of the gold set whose candidate shuffles sixty days of impressions and defends it."""
    one = gold.by_id()["g73"]
    file = CaseFile(Library().entry(one.case))
    given = grade(one.transcript, file, EmbeddedJudge(file.reader))
    split = next(v for s in given.steps for v in s.verdicts if v.criterion == "evaluate.temporal_split")
    assert split.depth == "wrong" and "random" in split.reason and "shuffle" in split.evidence[0].quote
    assert given.step("evaluate").level == 1
    perhaps = [e for e in given.errors if e.what.startswith("perhaps ")]
    assert perhaps and all(e.unsure and not e.core and e.why and e.correction for e in perhaps)
    told = [a.text for a in given.feedback.gaps]
    assert any(t.startswith("Look again at") and perhaps[0].what in t for t in told)
    assert not any("left it standing" in t and clipped(e.quote) in t for t in told for e in perhaps)
