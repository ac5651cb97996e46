"""Nothing acknowledged is lost when the program is killed."""

import pytest

from evals.kill import moment
from interviewer.office import Office
from interviewer.settings import load


@pytest.mark.slow
def test_two_kills_lose_nothing_and_double_nothing(tmp_path):
    _ = Office(load(home=tmp_path)).index
    for seed in (3, 11):
        kept, note = moment(seed, 2.5, tmp_path / "index")
        assert kept, note
