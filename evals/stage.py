"""What samples are measured on: the product as it is shipped, with a record of its own and models behind the cache."""

from __future__ import annotations

import subprocess
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from interviewer.office import Office
from interviewer.providers.bill import price_of
from interviewer.settings import EMBEDDED, JOBS, Job, Settings
from interviewer.state import Work

if TYPE_CHECKING:
    from evals.cache import CachedModel
    from interviewer.providers.models import ChatModel

PROMPTS = ("interviewer", "assessor", "grader", "across", "summary", "candidate", "judge")
ROOT = Path(__file__).resolve().parent.parent


class Stage(Office):
    """An office for one worker of a run. Models are opened once; `sample` gives them to one sample, counted apart."""

    def __init__(self, settings: Settings, cache: Path | None = None):
        super().__init__(settings)
        self._folder = tempfile.TemporaryDirectory(prefix="evals-", ignore_cleanup_errors=True)
        self.settings = settings.model_copy(update={"home": Path(self._folder.name)})
        self._kept_index = settings.index_folder
        self._cache_file = cache
        self._opened: dict[tuple[str, str], ChatModel] = {}
        self._now = threading.local()

    def sample(self, case: str, repeat: int) -> Tally:
        """From now on (in this thread) models work for one sample; the tally counts what they take."""
        self._now.tally = Tally(case, repeat)
        return self._now.tally

    @property
    def tally(self) -> Tally:
        """What the models of this thread's sample have taken so far."""
        return self._now.tally

    def model(self, job: Job, model: str) -> ChatModel:
        with self._lock:
            if (job, model) not in self._opened:
                self._opened[job, model] = super().model(job, model)
        tally = getattr(self._now, "tally", None)
        if tally is None:
            return self._opened[job, model]
        return tally.take(job, self._opened[job, model], self._cache)

    @property
    def _cache(self):
        from evals.cache import Cache

        with self._lock:
            if not hasattr(self, "_replies"):
                self._replies = Cache(self._cache_file or Path(self._folder.name) / "cache.db")
            return self._replies

    def open_index(self, rebuild: bool = False):
        """The index is the user's own, built once, not one a worker."""
        kept, self.settings = self.settings, self.settings.model_copy(update={"home": self._kept_index.parent})
        try:
            return super().open_index(rebuild)
        finally:
            self.settings = kept


class Tally:
    """What the models of one sample took: calls and tokens as if all were made, and those that really were."""

    def __init__(self, case: str, repeat: int):
        self._mark = (case, repeat)
        self._models: list[CachedModel] = []

    def take(self, job: str, model: ChatModel, cache) -> CachedModel:
        from evals.cache import CachedModel

        taken = CachedModel(model, cache, (job, *self._mark))
        self._models.append(taken)
        return taken

    @property
    def calls(self) -> int:
        return sum(m.calls for m in self._models)

    @property
    def spent(self) -> int:
        return sum(m.spent.tokens_in + m.spent.tokens_out for m in self._models)

    @property
    def fresh(self) -> int:
        return sum(m.fresh.tokens_in + m.fresh.tokens_out for m in self._models)

    @property
    def dollars(self) -> float:
        """What the calls that were really made cost, as far as prices are known."""
        priced = [(price_of(m.name), Work(worker=m.name).spent(m.fresh)) for m in self._models]
        return sum(price.of(work) for price, work in priced if price)


def models(settings: Settings) -> dict[str, str]:
    """Who does each job of a run, the embedded ones left out."""
    return {job: name for job in JOBS if (name := settings.model_for(job)) != EMBEDDED}


def prompts(stage: Office) -> dict[str, str]:
    """The version of each prompt that is used."""
    return {name: stage.prompt(name).version for name in PROMPTS}


def commit(folder: Path = ROOT) -> str:
    """The commit of the code, with a plus when files were changed since; "" where there is no repository."""
    try:
        told = [
            subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True, timeout=20).stdout
            for words in (["rev-parse", "--short=12", "HEAD"], ["status", "--porcelain", "--untracked-files=no"])
        ]
    except (OSError, subprocess.SubprocessError):
        return ""
    return told[0].strip() + ("+" if told[1].strip() else "")
