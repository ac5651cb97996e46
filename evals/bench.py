"""How long a candidate waits for the embedded interviewer: each reply, and the first question of `interviewer chat`.

python -m evals.bench
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time

from evals.marked import answers
from interviewer.clock import VirtualClock
from interviewer.office import Office
from interviewer.settings import load
from interviewer.state import Terms

ROUNDS = 6
STARTS = 7


def replies(home: str) -> list[float]:
    """Milliseconds from an answer to the last word of its reply, over whole rounds; disk, reading, search and policy included."""
    office = Office(load(home=home))
    texts = [answer.text for answer in answers("development")]
    taken = []
    for number in range(ROUNDS):
        interview = office.start(Terms(case="video_recommendation", pace="spoken"), VirtualClock())
        "".join(interview.speak())
        _ = interview._file.search("warm", "model")  # the index is opened while the candidate reads the question
        for text in texts[number::ROUNDS] * 2:
            if interview.finished:
                break
            begun = time.perf_counter()
            "".join(interview.reply(text))
            taken.append((time.perf_counter() - begun) * 1000)
    return taken


def first_questions(home: str) -> list[float]:
    """Seconds from the command `interviewer chat` to its first question on standard output."""
    taken = []
    for _ in range(STARTS):
        begun = time.perf_counter()
        command = [
            sys.executable,
            "-c",
            "from interviewer.cli import main; main()",
            "--home",
            home,
            "chat",
            "video_recommendation",
        ]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout
            heard = ""
            while "where would you like to start?" not in heard and (letter := process.stdout.read(1)):
                heard += letter
            taken.append(time.perf_counter() - begun)
            process.kill()
    return taken


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        took = sorted(replies(home))
        nine = took[int(len(took) * 0.95)]
        print(
            f"reply, {len(took)} turns: median {statistics.median(took):.1f} ms (aim 30), 95th percentile {nine:.1f} ms (aim 80)"
        )
        starts = first_questions(home)
        print(
            f"first question of `interviewer chat`, {len(starts)} starts: median {statistics.median(starts):.2f} s (aim 1.5), longest {max(starts):.2f} s"
        )


if __name__ == "__main__":
    main()
