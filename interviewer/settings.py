"""What can be set, from flags, the environment and a `.env`: the only place that reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, NamedTuple

import platformdirs
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from interviewer.errors import SetupError

Job = Literal["interviewer", "assessor", "grader", "eyes", "candidate", "judge"]
ROUND: tuple[Job, ...] = ("interviewer", "assessor", "grader", "eyes")  # what a round needs; the others are for evals
JOBS: tuple[Job, ...] = (*ROUND, "candidate", "judge")
FOLLOWS: dict[Job, Job] = {"assessor": "interviewer", "eyes": "interviewer"}  # who takes another's model, having none of its own
EMBEDDED = "embedded"
REPEATS = (1, 3, 5)


class Place(NamedTuple):
    """Where a model is asked, and with which key; empty is the provider's own. `own` says that it was set for one job."""

    base_url: str = ""
    api_key: str = ""
    own: bool = False


def _set_by(name: str) -> Any:
    return Field("", validation_alias=name)


def _key(name: str) -> Any:
    return Field("", validation_alias=name, repr=False)


class Settings(BaseSettings):
    """All settings. Names in the environment stand beside each; a flag of a command wins over them, an empty one is not set.

    A model is `embedded` (the default: no key, no download) or `PROVIDER:NAME` as LangChain's `init_chat_model` takes it.
    """

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore")

    model: str = Field(EMBEDDED, validation_alias="INTERVIEWER_MODEL")
    model_interviewer: str = _set_by("INTERVIEWER_MODEL_INTERVIEWER")
    model_assessor: str = _set_by("INTERVIEWER_MODEL_ASSESSOR")
    model_grader: str = _set_by("INTERVIEWER_MODEL_GRADER")
    model_eyes: str = _set_by("INTERVIEWER_MODEL_EYES")
    model_candidate: str = _set_by("INTERVIEWER_MODEL_CANDIDATE")
    model_judge: str = _set_by("INTERVIEWER_MODEL_JUDGE")

    base_url: str = _set_by("OPENAI_BASE_URL")
    base_url_interviewer: str = _set_by("INTERVIEWER_BASE_URL_INTERVIEWER")
    base_url_assessor: str = _set_by("INTERVIEWER_BASE_URL_ASSESSOR")
    base_url_grader: str = _set_by("INTERVIEWER_BASE_URL_GRADER")
    base_url_eyes: str = _set_by("INTERVIEWER_BASE_URL_EYES")
    base_url_candidate: str = _set_by("INTERVIEWER_BASE_URL_CANDIDATE")
    base_url_judge: str = _set_by("INTERVIEWER_BASE_URL_JUDGE")

    api_key: str = _key("OPENAI_API_KEY")
    api_key_interviewer: str = _key("INTERVIEWER_API_KEY_INTERVIEWER")
    api_key_assessor: str = _key("INTERVIEWER_API_KEY_ASSESSOR")
    api_key_grader: str = _key("INTERVIEWER_API_KEY_GRADER")
    api_key_eyes: str = _key("INTERVIEWER_API_KEY_EYES")
    api_key_candidate: str = _key("INTERVIEWER_API_KEY_CANDIDATE")
    api_key_judge: str = _key("INTERVIEWER_API_KEY_JUDGE")

    anthropic_key: str = _key("ANTHROPIC_API_KEY")
    google_key: str = _key("GOOGLE_API_KEY")
    azure_key: str = _key("AZURE_OPENAI_API_KEY")
    azure_endpoint: str = _set_by("AZURE_OPENAI_ENDPOINT")
    azure_version: str = _set_by("OPENAI_API_VERSION")

    timeout: float = Field(60.0, validation_alias="INTERVIEWER_TIMEOUT", gt=0, description="seconds a model may take")
    limit: float = Field(0.0, validation_alias="INTERVIEWER_LIMIT", ge=0, description="US dollars an interview; 0 is none")
    limit_tokens: int = Field(0, validation_alias="INTERVIEWER_LIMIT_TOKENS", ge=0, description="tokens an interview; 0 is none")
    repeats: int = Field(1, validation_alias="INTERVIEWER_REPEATS", description="how often a model grades each step")
    persona: str = Field("calm", validation_alias="INTERVIEWER_PERSONA", description="how a model that interviews behaves")
    prompts: str = Field(
        "", validation_alias="INTERVIEWER_PROMPTS", description="prompts other than the live ones: grader=v1,judge=v2"
    )
    embedding: str = Field(EMBEDDED, validation_alias="INTERVIEWER_EMBEDDING")
    home: Path = Field(Path(platformdirs.user_data_dir("ml-design-interviewer")), validation_alias="INTERVIEWER_HOME")
    cases: Path | None = Field(None, validation_alias="INTERVIEWER_CASES")

    @field_validator("repeats")
    @classmethod
    def _odd_and_few(cls, repeats: int) -> int:
        if repeats not in REPEATS:
            raise ValueError("use 1, 3 or 5")
        return repeats

    def model_for(self, job: Job) -> str:
        """The model that does a job: its own setting, else that of the job it follows, else the one for all."""
        own = getattr(self, f"model_{job}")
        return own or (self.model_for(FOLLOWS[job]) if job in FOLLOWS else self.model)

    def version(self, prompt: str) -> str | None:
        """The version of a prompt that is wanted instead of the live one; None when the live one is."""
        pairs = (part.split("=", 1) for part in self.prompts.split(",") if part.strip())
        return {name.strip(): version.strip() for name, version in pairs}.get(prompt)

    def set_by(self, job: Job) -> str:
        """The setting that says which model does a job."""
        if getattr(self, f"model_{job}"):
            return f"INTERVIEWER_MODEL_{job.upper()}"
        if job in FOLLOWS:
            return self.set_by(FOLLOWS[job])
        return "INTERVIEWER_MODEL" if self.model != EMBEDDED else ""

    def place_for(self, job: Job) -> Place:
        """Where a job's model is asked. A job with an address of its own is never sent the key for all."""
        url, key = getattr(self, f"base_url_{job}"), getattr(self, f"api_key_{job}")
        if url or key:
            return Place(url or self.base_url, key, own=True)
        if job in FOLLOWS and not getattr(self, f"model_{job}"):
            return self.place_for(FOLLOWS[job])
        return Place(self.base_url, self.api_key)

    def using(self, job: Job, model: str) -> Settings:
        """These settings with `model` doing a job, asked where they have that model."""
        if model == self.model_for(job):
            return self
        has_it = next((other for other in JOBS if self.model_for(other) == model), None)
        place = self.place_for(has_it) if has_it else Place()
        url, key = (place.base_url, place.api_key) if place.own else ("", "")
        return self.model_copy(update={f"model_{job}": model, f"base_url_{job}": url, f"api_key_{job}": key})

    def agreed(self, chosen: dict[str, str]) -> dict[str, str]:
        """Who does what in a round: what was chosen, the rest from here. A job without a setting follows the one chosen."""
        models: dict[str, str] = {}
        for job in ROUND:
            own = getattr(self, f"model_{job}")
            models[job] = chosen.get(job) or own or (models[FOLLOWS[job]] if job in FOLLOWS else self.model)
        return models

    @property
    def database(self) -> Path:
        return self.home / "record.db"

    @property
    def index_folder(self) -> Path:
        return self.home / "index"


def load(**flags) -> Settings:
    """The settings with `flags` (None means not given) over the environment; SetupError names what is wrong."""
    given = {str(Settings.model_fields[name].validation_alias): value for name, value in flags.items() if value is not None}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        raise SetupError(f"setting {'.'.join(map(str, first['loc']))}: {first['msg'].removeprefix('Value error, ')}") from error
    for job in JOBS:
        _check_model(settings.model_for(job), settings.set_by(job))
    _check_model(settings.embedding, "INTERVIEWER_EMBEDDING")
    _check_persona(settings.persona)
    _check_prompts(settings.prompts)
    return settings


def _check_prompts(wanted: str) -> None:
    from prompts.library import PromptError
    from prompts.library import load as prompt

    for part in filter(str.strip, wanted.split(",")):
        name, there, version = part.partition("=")
        if not there:
            raise SetupError(f"INTERVIEWER_PROMPTS={wanted!r}: write NAME=VERSION, for example grader=v1")
        try:
            prompt(name.strip(), version.strip())
        except PromptError as error:
            raise SetupError(f"INTERVIEWER_PROMPTS={wanted!r}: {error}") from error


def _check_persona(name: str) -> None:
    from prompts.library import personas

    if name not in personas():
        raise SetupError(f"INTERVIEWER_PERSONA={name!r} is none: use {', '.join(personas())}")


def _check_model(name: str, setting: str) -> None:
    if name != EMBEDDED and (":" not in name or name.startswith(":") or name.endswith(":")):
        raise SetupError(f"{setting}={name!r} is not a model: use `embedded` or PROVIDER:NAME, for example openai:gpt-5-mini")
