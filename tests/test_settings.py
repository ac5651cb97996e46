"""Settings from flags, the environment and a `.env`."""

from pathlib import Path

import pytest

from interviewer.errors import SetupError
from interviewer.settings import Settings, load


def test_without_anything_set_the_embedded_interviewer_speaks_and_grades(monkeypatch):
    monkeypatch.delenv("INTERVIEWER_HOME")
    settings = load()
    assert {settings.model_for("interviewer"), settings.model_for("grader"), settings.embedding} == {"embedded"}
    assert settings.home.name == "ml-design-interviewer"
    assert settings.cases is None


def test_the_environment_sets_all_jobs_or_one(monkeypatch):
    monkeypatch.setenv("INTERVIEWER_MODEL", "openai:a")
    monkeypatch.setenv("INTERVIEWER_MODEL_GRADER", "openai:b")
    settings = load()
    assert settings.model_for("interviewer") == "openai:a"
    assert settings.model_for("grader") == "openai:b"


def test_a_flag_goes_before_the_environment_and_one_that_is_not_given_does_not(monkeypatch):
    monkeypatch.setenv("INTERVIEWER_MODEL", "openai:environment")
    monkeypatch.setenv("INTERVIEWER_HOME", "/environment")
    assert load(model="embedded").model == "embedded"
    assert load(model=None, home=None).model == "openai:environment"
    assert load(home=Path("/flag")).database == Path("/flag/record.db")


def test_a_dot_env_file_is_read_and_the_environment_goes_before_it(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("INTERVIEWER_MODEL=openai:file\nINTERVIEWER_CASES=cases\nSOMETHING_ELSE=1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(Settings.model_config, "env_file", ".env")
    assert load().model == "openai:file"
    assert load().cases == Path("cases")
    monkeypatch.setenv("INTERVIEWER_MODEL", "openai:environment")
    assert load().model == "openai:environment"


@pytest.mark.parametrize("name", ["gpt-5", "openai:", ":x", "Embedded"])
def test_a_model_that_is_none_is_told_with_its_setting(monkeypatch, name):
    monkeypatch.setenv("INTERVIEWER_MODEL_GRADER", name)
    with pytest.raises(SetupError, match=r"INTERVIEWER_MODEL_GRADER=.*PROVIDER:NAME"):
        load()


def test_a_value_of_the_wrong_kind_is_told_with_its_setting(monkeypatch):
    monkeypatch.setenv("INTERVIEWER_TIMEOUT", "soon")
    with pytest.raises(SetupError, match="INTERVIEWER_TIMEOUT"):
        load()


def test_the_key_is_never_shown(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert load().api_key == "sk-secret"
    assert "sk-secret" not in repr(load())
