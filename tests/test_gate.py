"""The deterministic gate as it is run on every commit: it must pass, within two minutes."""

import os
import subprocess
import sys
import time
from xml.etree import ElementTree

import pytest

from evals import runs
from evals.suites import NAMES

LIMIT = 240  # seconds here, where other tests may run beside it; on two idle cores it takes about one minute


@pytest.mark.slow
@pytest.mark.timeout(LIMIT + 60)
def test_the_gate_passes_and_covers_every_suite(tmp_path):
    command = [sys.executable, "-m", "evals", "gate", "--out", str(tmp_path), "--junit", str(tmp_path / "gate.xml")]
    began = time.monotonic()
    done = subprocess.run(command, env={**os.environ, "INTERVIEWER_HOME": str(tmp_path / "home")}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert time.monotonic() - began < LIMIT
    run = runs.read(next(tmp_path.glob("*.jsonl")))
    assert {row.suite for row in run.rows} == set(NAMES) and run.errors == []
    assert ElementTree.parse(tmp_path / "gate.xml").getroot().get("failures") == "0"
