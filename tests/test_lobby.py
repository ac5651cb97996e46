"""Who does what, chosen in the lobby: nothing to choose without a model, a compact choice with one."""

from __future__ import annotations

import pytest
import streamlit as st

from interviewer.errors import SetupError
from interviewer.office import Office
from interviewer.state import Terms
from ui.lobby import PERSONAS


@pytest.fixture
def lobby(monkeypatch, shared_home):
    """`lobby(INTERVIEWER_MODEL=...)`: the lobby with these settings, on a hub of its own."""
    from streamlit.testing.v1 import AppTest

    from tests.test_ui import APP

    def open_with(**settings: str) -> AppTest:
        for name, value in ({"INTERVIEWER_HOME": str(shared_home), "OPENAI_API_KEY": "none"} | settings).items():
            monkeypatch.setenv(name, value)
        st.cache_resource.clear()
        app = AppTest.from_file(APP, default_timeout=20).run()
        assert not app.exception, app.exception
        return app

    yield open_with
    st.cache_resource.clear()


def box(app, label: str):
    return next((b for b in app.selectbox if b.label == label), None)


def agreed(app, monkeypatch):
    """The terms with which the round is begun."""
    begun: list[Terms] = []

    def start(self, terms, clock=None):
        begun.append(terms)
        raise SetupError("not in this test")

    monkeypatch.setattr(Office, "start", start)
    app.button(key="start").click().run()
    return begun[0]


def test_without_a_model_there_is_nothing_to_choose_but_the_case_and_its_terms(lobby):
    app = lobby()
    assert not app.radio
    assert [b.label for b in app.selectbox] == ["Case"]


def test_with_one_model_it_interviews_reads_along_and_grades_unless_something_else_is_chosen(lobby, monkeypatch):
    app = lobby(INTERVIEWER_MODEL="openai:one")
    assert app.radio(key="who").options == ["The model openai:one", "The embedded interviewer"]
    assert [box(app, label).value for label in ("Who reads along", "Who grades")] == ["openai:one", "openai:one"]
    box(app, "Who grades").set_value("embedded").run()
    terms = agreed(app, monkeypatch)
    assert terms.models == {"interviewer": "openai:one", "assessor": "openai:one", "grader": "embedded"}


def test_every_model_that_is_set_up_for_a_job_can_be_chosen_for_each(lobby):
    app = lobby(
        INTERVIEWER_MODEL="openai:one", INTERVIEWER_MODEL_GRADER="openai:strong", INTERVIEWER_MODEL_ASSESSOR="openai:small"
    )
    assert len(app.radio(key="who").options) == 4
    assert box(app, "Who grades").value == "openai:strong"
    assert box(app, "Who reads along").value == "openai:small"
    assert len(box(app, "Who grades").options) == 4


def test_the_embedded_interviewer_takes_no_reader_along_and_has_no_manner(lobby, monkeypatch):
    app = lobby(INTERVIEWER_MODEL="openai:one", INTERVIEWER_PERSONA="tough")
    app.radio(key="who").set_value("embedded").run()
    assert box(app, "Who reads along") is None
    assert [r.key for r in app.radio] == ["who"]
    assert agreed(app, monkeypatch).models == {"interviewer": "embedded", "grader": "openai:one"}


def test_a_reader_follows_the_interviewer_that_is_chosen(lobby):
    app = lobby(INTERVIEWER_MODEL="openai:one", INTERVIEWER_MODEL_GRADER="openai:strong")
    app.radio(key="who").set_value("openai:strong").run()
    assert box(app, "Who reads along").value == "openai:strong"


def test_only_a_grader_that_is_set_leaves_the_embedded_interviewer_chosen(lobby):
    app = lobby(INTERVIEWER_MODEL_GRADER="openai:strong")
    assert app.radio(key="who").value == "embedded"
    assert box(app, "Who grades").value == "openai:strong"


def test_the_personas_are_offered_each_with_its_line_and_the_setting_is_chosen(lobby, monkeypatch):
    app = lobby(INTERVIEWER_MODEL="openai:one", INTERVIEWER_PERSONA="friendly")
    manner = app.segmented_control(key="persona")
    assert manner.options == ["Calm", "Tough", "Friendly"]
    assert manner.value == "friendly"
    assert PERSONAS["friendly"] in "".join(c.value for c in app.caption)
    manner.set_value("tough").run()
    assert PERSONAS["tough"] in "".join(c.value for c in app.caption)
    assert agreed(app, monkeypatch).persona == "tough"
