"""Settings from flags, the environment and a `.env`."""

import re
from pathlib import Path

import pytest

from interviewer.errors import SetupError
from interviewer.office import Office
from interviewer.settings import FOLLOWS, JOBS, Place, Settings, load


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


def test_assessor_and_eyes_follow_the_interviewer_and_the_rest_the_model_for_all(monkeypatch):
    monkeypatch.setenv("INTERVIEWER_MODEL", "openai:all")
    monkeypatch.setenv("INTERVIEWER_MODEL_INTERVIEWER", "openai:speaks")
    monkeypatch.setenv("INTERVIEWER_MODEL_JUDGE", "openai:judges")
    settings = load()
    assert [settings.model_for(job).partition(":")[2] for job in JOBS] == ["speaks", "speaks", "all", "speaks", "all", "judges"]
    assert [settings.set_by(job).removeprefix("INTERVIEWER_MODEL") for job in JOBS] == [
        "_INTERVIEWER", "_INTERVIEWER", "", "_INTERVIEWER", "", "_JUDGE",
    ]  # fmt: skip


@pytest.mark.parametrize("job", JOBS)
def test_every_job_can_have_a_model_an_address_and_a_key_of_its_own(monkeypatch, job):
    for setting, value in (("MODEL", "openai:own"), ("BASE_URL", "http://own/v1"), ("API_KEY", "own-key")):
        monkeypatch.setenv(f"INTERVIEWER_{setting}_{job.upper()}", value)
    settings = load(base_url="http://all/v1", api_key="key-for-all")
    assert settings.model_for(job) == "openai:own"
    assert settings.place_for(job) == Place("http://own/v1", "own-key", own=True)
    assert "own-key" not in repr(settings)
    others = [other for other in JOBS if other != job and job not in (other, *_followed(other))]
    assert {settings.place_for(other) for other in others} == {Place("http://all/v1", "key-for-all")}


def _followed(job):
    return (FOLLOWS[job],) if job in FOLLOWS else ()


def test_the_key_for_all_is_never_sent_to_the_address_of_one_job():
    settings = load(api_key="key-for-all", base_url_grader="http://elsewhere/v1")
    assert settings.place_for("grader") == Place("http://elsewhere/v1", "", own=True)


def test_who_follows_the_interviewer_is_asked_at_the_same_address_unless_it_has_a_model_of_its_own():
    settings = load(
        model="openai:all", base_url="http://all/v1", base_url_interviewer="http://speaks/v1", model_eyes="openai:sees"
    )
    assert settings.place_for("assessor").base_url == "http://speaks/v1"
    assert settings.place_for("eyes").base_url == "http://all/v1"


def test_what_is_chosen_for_a_round_goes_before_the_settings_and_the_rest_follows():
    settings = load(model="openai:all", model_grader="openai:grades")
    assert settings.agreed({"interviewer": "openai:other"}) == {
        "interviewer": "openai:other", "assessor": "openai:other", "grader": "openai:grades", "eyes": "openai:other",
    }  # fmt: skip
    assert settings.agreed({"interviewer": "embedded"})["assessor"] == "embedded"
    assert load(model_assessor="openai:small", model="openai:all").agreed({})["assessor"] == "openai:small"


def test_a_model_chosen_for_another_job_is_asked_where_the_settings_have_it():
    settings = load(
        model_interviewer="openai:a",
        model_grader="openai:b",
        base_url_grader="http://b/v1",
        api_key_grader="b",
        base_url="http://all/v1",
    )
    speaking = settings.using("interviewer", "openai:b")
    assert speaking.model_for("interviewer") == "openai:b"
    assert speaking.place_for("interviewer") == Place("http://b/v1", "b", own=True)
    grading = settings.using("grader", "openai:a")
    assert grading.place_for("grader").base_url == "http://all/v1"
    assert settings.using("grader", "openai:b") is settings


def test_a_setting_that_is_empty_is_not_set(monkeypatch):
    for name in (
        "INTERVIEWER_LIMIT",
        "INTERVIEWER_LIMIT_TOKENS",
        "INTERVIEWER_CASES",
        "INTERVIEWER_MODEL",
        "INTERVIEWER_REPEATS",
    ):
        monkeypatch.setenv(name, "")
    settings = load()
    assert (settings.limit, settings.limit_tokens, settings.cases, settings.model, settings.repeats) == (
        0,
        0,
        None,
        "embedded",
        1,
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("INTERVIEWER_REPEATS", "2", "1, 3 or 5"),
        ("INTERVIEWER_LIMIT", "-1", "greater than or equal to 0"),
        ("INTERVIEWER_LIMIT_TOKENS", "many", "integer"),
        ("INTERVIEWER_PERSONA", "rude", "calm, friendly, tough"),
        ("INTERVIEWER_PROMPTS", "grader=v99", "versions of 'grader' that exist: v1, v2"),
        ("INTERVIEWER_PROMPTS", "grader", "write NAME=VERSION"),
        ("INTERVIEWER_MODEL_EYES", "gpt", "PROVIDER:NAME"),
    ],
)
def test_a_value_that_is_none_is_told_with_its_setting_and_what_is_possible(monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    with pytest.raises(SetupError, match=f"{name}.*{said}"):
        load()


def test_the_readme_names_every_setting():
    told = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    names = [str(field.validation_alias) for field in Settings.model_fields.values()]
    jobs = re.compile(f"({'|'.join(job.upper() for job in JOBS)})$")
    missing = [name for name in names if f"`{name}`" not in told and f"`{jobs.sub('<JOB>', name)}`" not in told]
    assert missing == []


def test_every_setting_is_used_beyond_its_own_file():
    code = "".join(f.read_text("utf-8") for f in (Path(__file__).parent.parent / "interviewer").rglob("*.py"))
    alone = [name for name in Settings.model_fields if not re.search(rf"(settings|self)\.{name}\b", code)]
    assert [name for name in alone if not re.match(r"(model|base_url|api_key)_", name)] == []


def test_a_prompt_is_the_live_one_unless_another_version_is_wanted(monkeypatch):
    assert load().version("grader") is None
    monkeypatch.setenv("INTERVIEWER_PROMPTS", "grader=v1, assessor=v1")
    assert (load().version("grader"), load().version("assessor"), load().version("summary")) == ("v1", "v1", None)
    assert Office(load()).prompt("grader").id == "grader/v1"
