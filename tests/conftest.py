"""What all tests stand on: no key, no model of the machine's settings, a data folder of their own, and the command line in one call."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from interviewer.settings import Settings

OURS = ("INTERVIEWER_", "OPENAI_", "AZURE_OPENAI_", "ANTHROPIC_", "GOOGLE_", "LANGCHAIN_", "LANGSMITH_")


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(monkeypatch, tmp_path):
    """Real models are switched off for everyone: no key, no address, no `.env`; the record is in a temporary folder."""
    for name in [n for n in os.environ if n.startswith(OURS)]:
        monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    monkeypatch.setenv("INTERVIEWER_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory) -> Path:
    """A data folder for tests that need an index and do not mind each other's interviews."""
    return tmp_path_factory.mktemp("home")


class Ran(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch, capsys, shared_home) -> Callable[..., Ran]:
    """`run("chat", "tiny", stdin="...")`: a command in this process, on the tiny case's folder and the shared data folder."""
    from interviewer import cli
    from tests.tiny import FOLDER

    monkeypatch.setenv("INTERVIEWER_CASES", str(FOLDER))
    monkeypatch.setenv("INTERVIEWER_HOME", str(shared_home))

    def command(*words: str | Path, stdin: str = "") -> Ran:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main([str(word) for word in words])
        told = capsys.readouterr()
        return Ran(int(ended.value.code or 0), told.out, told.err)

    return command
