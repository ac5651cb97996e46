"""The page of runs: what it lists, what it shows of one, and two beside each other."""

import pytest
import streamlit as st

from evals import runs
from evals.runs import End, Figure, Head, Row, Side, Table
from interviewer.steps import STEPS
from tests.test_ui import open_app, text_of


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """A folder of runs of its own, and a hub that knows it."""
    monkeypatch.setenv("INTERVIEWER_HOME", str(tmp_path))
    st.cache_resource.clear()
    yield tmp_path
    st.cache_resource.clear()


STEP_LEVELS = dict.fromkeys(STEPS, 2)


def written(home, ident: str, value: float, finished: bool = True) -> None:
    path = runs.file(home / "runs", ident)
    runs.begin(path, Head(id=ident, name=f"name of {ident}", suites=("grading",), samples=2, models={"grader": "openai:some"}))
    runs.add(path, "row", Row(id="a", suite="grading", case="tiny", unit="a"))
    runs.add(path, "row", Row(id="b", suite="grading", case="tiny", unit="b", error="it broke"))
    figure = Figure(
        suite="grading", name="steps", title="Steps pooled", value=value, low=value - 0.1, high=value + 0.1, n=2, aim=0.8
    )
    given = {"steps": STEP_LEVELS, "recommendation": "hire", "reasons": {"data": "three points"}, "errors": []}
    rater = {"steps": STEP_LEVELS, "recommendation": "no_hire", "errors": [{"turn": 1, "what": "<i>split</i> at random"}]}
    side = Side(
        id="a",
        case="tiny",
        profile="solid",
        apart=0.5,
        raters=(rater,),
        given=given,
        transcript=(("candidate", "I <b>split</b> it."),),
    )
    table = Table(suite="grading", title="By step", heads=("step", "kappa"), rows=(("data", 0.5),))
    if finished:
        runs.add(path, "end", End(status="finished", figures=(figure,), tables=(table,), sides=(side,)))


def test_without_runs_the_page_says_how_one_is_made():
    assert "python -m evals run" in text_of(open_app(page="runs"))


def test_runs_are_listed_with_who_made_them_and_what_failed(home):
    written(home, "one", 0.7)
    written(home, "two", 0.9, finished=False)
    text = text_of(open_app(page="runs"))
    assert "name of one" in text and "grader openai:some" in text and "1 failed" in text and "not finished" in text


def test_a_run_shows_its_figures_and_where_grader_and_raters_part(home):
    written(home, "one", 0.7)
    text = text_of(open_app(page="runs", run="one"))
    assert "Steps pooled" in text and "0.60 to 0.80" in text and "no person has rated" in text
    assert "three points" in text and "no hire" in text
    assert "<b>split</b>" not in text and "&lt;b&gt;split" in text and "&lt;i&gt;split" in text


def test_another_run_is_drawn_beside_it(home):
    written(home, "one", 0.7)
    written(home, "two", 0.9)
    app = open_app(page="runs", run="one")
    app.selectbox(key="beside").select("two").run()
    assert "name of two below" in text_of(app) and "second" in text_of(app)


def test_a_run_that_is_gone_leads_back_to_the_list(home):
    written(home, "one", 0.7)
    assert "name of one" in text_of(open_app(page="runs", run="gone"))
