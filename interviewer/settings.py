"""What can be set, from flags, the environment and a `.env`: the only place that reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from interviewer.errors import SetupError

Job = Literal["interviewer", "grader"]
JOBS: tuple[Job, ...] = ("interviewer", "grader")
EMBEDDED = "embedded"


class Settings(BaseSettings):
    """All settings. Names in the environment stand beside each; a flag of a command wins over them.

    A model is `embedded` (the default: no key, no download) or `PROVIDER:NAME` as LangChain's `init_chat_model` takes it.
    """

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore")

    model: str = Field(EMBEDDED, validation_alias="INTERVIEWER_MODEL")
    model_interviewer: str = Field("", validation_alias="INTERVIEWER_MODEL_INTERVIEWER")
    model_grader: str = Field("", validation_alias="INTERVIEWER_MODEL_GRADER")
    base_url: str = Field("", validation_alias="OPENAI_BASE_URL")
    api_key: str = Field("", validation_alias="OPENAI_API_KEY", repr=False)
    timeout: float = Field(60.0, validation_alias="INTERVIEWER_TIMEOUT", gt=0, description="seconds a model may take")
    embedding: str = Field(EMBEDDED, validation_alias="INTERVIEWER_EMBEDDING")
    home: Path = Field(Path(platformdirs.user_data_dir("ml-design-interviewer")), validation_alias="INTERVIEWER_HOME")
    cases: Path | None = Field(None, validation_alias="INTERVIEWER_CASES")

    def model_for(self, job: Job) -> str:
        """The model that does a job: its own setting, else the one for all."""
        return getattr(self, f"model_{job}") or self.model

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
        raise SetupError(f"setting {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    for job in JOBS:
        _check_model(
            settings.model_for(job),
            f"INTERVIEWER_MODEL_{job.upper()}" if getattr(settings, f"model_{job}") else "INTERVIEWER_MODEL",
        )
    _check_model(settings.embedding, "INTERVIEWER_EMBEDDING")
    return settings


def _check_model(name: str, setting: str) -> None:
    if name != EMBEDDED and (":" not in name or name.startswith(":") or name.endswith(":")):
        raise SetupError(f"{setting}={name!r} is not a model: use `embedded` or PROVIDER:NAME, for example openai:gpt-5-mini")
