"""Fits the weights of the embedded reader on marked answers: what is recognised, from which chance on, and how mistakes are meant.

    python -m evals.fitting          fits on the development sets and writes interviewer/listening/weights.yaml
    python -m evals.fitting --apart  each case without cues, read with weights that were fitted on the others: a first contact
                                     (it flatters where wordings of the case were taken from these answers)

Wordings that overlap an answer by more than `COPIED` are left out while it is weighed, since some were taken from these answers.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import yaml

from evals.marked import FIRST, Answer, answers, sentences_of, sets
from interviewer.listening import recognising as recognising_module
from interviewer.listening.clauses import Sentence, sentences
from interviewer.listening.reading import Reader
from interviewer.listening.recognising import FEATURES, KINDS, Piece, pieces
from interviewer.listening.stance import SIGNS, signs
from knowledge.library import Library

COPIED = 0.6  # overlap from which a wording counts as taken from the answer
ROUNDS = 6  # of choosing the telling piece and fitting again
RIDGE = 1.0  # on weights of standardised features
FOUND = {  # how many are found for each one that is marked: more where wordings are few, so that a new hand is heard too
    True: {"criterion": 1.3, "choice": 1.3, "pitfall": 1.1},
    False: {"criterion": 1.5, "choice": 1.5, "pitfall": 1.2},
}
TUNED = "ABCDE"  # hands on whose answers cues were tuned
START = {"words": 3.0, "sense": 3.0}
_shipped = recognising_module.weights
NOTE = "Fitted by `python -m evals.fitting` on the development sets of evals/listening; do not edit by hand."


def logistic(rows: np.ndarray, labels: np.ndarray, ridge: float = RIDGE) -> tuple[np.ndarray, float]:
    """Slopes and bias of a ridge-penalised logistic regression, by Newton steps on standardised rows."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    x = np.hstack([(rows - mean) / spread, np.ones((len(rows), 1))])
    penalty = np.diag([ridge] * rows.shape[1] + [1e-6])
    beta = np.zeros(x.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-(x @ beta)))
        step = np.linalg.solve((x * (chance * (1 - chance))[:, None]).T @ x + penalty, x.T @ (labels - chance) - penalty @ beta)
        beta += step
        if np.abs(step).max() < 1e-6:
            break
    slopes = beta[:-1] / spread
    return slopes, float(beta[-1] - (mean * slopes).sum())


def recognising(groups: Sequence[tuple[Reader, Sequence[Answer]]], cued: bool) -> tuple[dict, dict]:
    """The weights and least chances by kind, over the readers of some cases and marked answers to each."""
    seen = [(reader, answer, _seen(reader, answer, cued)) for reader, marked in groups for answer in marked]
    fitted, least = {}, {}
    for number, kind in enumerate(KINDS[:3]):
        mine = [np.flatnonzero(reader.targets.kinds == number) for reader, _, _ in seen]
        wanted = np.concatenate([_wanted(reader, answer, kind, t) for (reader, answer, _), t in zip(seen, mine, strict=True)])
        slopes, bias = np.array([START.get(name, 0.0) for name in FEATURES]), 0.0
        for _ in range(ROUNDS):
            rows = np.concatenate([_best(features[:, t], slopes) for (_, _, features), t in zip(seen, mine, strict=True)])
            slopes, bias = logistic(rows, wanted)
        rows = np.concatenate([_best(features[:, t], slopes) for (_, _, features), t in zip(seen, mine, strict=True)])
        chance = 1 / (1 + np.exp(-(rows @ slopes + bias)))
        fitted[kind] = {name: round(float(v), 4) for name, v in zip(FEATURES, slopes, strict=True)} | {"bias": round(bias, 4)}
        least[kind] = round(float(np.sort(chance)[::-1][int(FOUND[cued][kind] * wanted.sum())]), 3)
    return fitted, least


def _wanted(reader: Reader, answer: Answer, kind: str, targets: np.ndarray) -> np.ndarray:
    return np.array([float((kind, reader.ids[t][1]) in answer.targets) for t in targets])


def _seen(reader: Reader, answer: Answer, cued: bool) -> np.ndarray:
    heard = reader.hear(answer.text, COPIED)
    heard = heard if cued else replace(heard, hits={})
    return reader.see(heard, answer.step, answer.asked)


def _best(features: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """What is seen of each target in the piece that speaks most for it, shape (targets, features)."""
    return features[(features @ slopes).argmax(axis=0), np.arange(features.shape[1])]


def stance(groups: Sequence[tuple[Reader, Sequence[Answer]]]) -> dict[str, float]:
    """The weights of what speaks for a mistake being the candidate's own view, over the answers and sentences of some cases."""
    cases = [row for reader, marked in groups for row in (*_of_answers(reader, marked), *_of_sentences(reader))]
    rows = np.array([[seen[name] for name in SIGNS] for seen, _ in cases])
    slopes, bias = logistic(rows, np.array([float(own) for _, own in cases]), ridge=3.0)
    return {name: round(float(v), 4) for name, v in zip(SIGNS, slopes, strict=True)} | {"bias": round(bias, 4)}


def _of_answers(reader: Reader, marked: Sequence[Answer]) -> Iterator[tuple[dict[str, float], bool]]:
    for answer in marked:
        lines = sentences(answer.text)
        cut = pieces(answer.text, lines)
        for mark in answer.marks:
            start = answer.text.find(mark["quote"])
            near_it = [p for p in cut if p.start < start + len(mark["quote"]) and start < p.end]
            if mark["kind"] == "pitfall" and near_it and ("pitfall", mark["target"]) in reader.ids:
                target = reader.ids.index(("pitfall", mark["target"]))
                yield _signs(reader, lines, near_it, target), mark["polarity"] == "asserted"


def _of_sentences(reader: Reader) -> Iterator[tuple[dict[str, float], bool]]:
    mistakes = np.flatnonzero(reader.targets.kinds == KINDS.index("pitfall"))
    for row in sentences_of("development", reader.case.slug):
        lines = sentences(row["text"])
        cut = pieces(row["text"], lines)
        near = reader.wordings.near([p.text for p in cut], COPIED)
        target = int(mistakes[(near.words + near.sense)[:, mistakes].max(axis=0).argmax()])
        yield _signs(reader, lines, cut, target), row["asserted"]


def _signs(reader: Reader, lines: list[Sentence], cut: list[Piece], target: int) -> dict[str, float]:
    near = reader.wordings.near([p.text for p in cut], COPIED)
    best = int((near.words + near.sense)[:, target].argmax())
    line = cut[best].line
    first, last = reader.focus(lines[line], cut[best], target)
    before, after = lines[line - 1].text if line else "", lines[line + 1].text if line + 1 < len(lines) else ""
    like, unlike = float(near.like[best, target]), float(near.unlike[best, target])
    return signs(lines[line], first, last, before, after, like - unlike, like)


def fit(cued: tuple[Reader, Sequence[Answer]], plain: Sequence[tuple[Reader, Sequence[Answer]]]) -> dict:
    """All the weights: of targets that have cues, of those that have none, and of how mistakes are meant.

    Cues were tuned on some of the answers (`TUNED`), so theirs are fitted on the others.
    """
    reader, marked = cued
    with_cues, least_cued = recognising([(reader, [a for a in marked if a.id[0] not in TUNED])], cued=True)
    without, least_plain = recognising(plain, cued=False)
    return {
        "recognising": {"plain": without, "cued": with_cues}, "least": {"plain": least_plain, "cued": least_cued},
        "stance": stance([cued, *plain]),
    }  # fmt: skip


def groups() -> dict[str, tuple[Reader, list[Answer]]]:
    """The reader and the marked answers of every case that has any. All but the first have hardly any cues."""
    library = Library()
    marked = [case for case in library.folders() if "development" in sets(case)]
    return {case: (Reader(library.case(case)), answers("development", case)) for case in marked}


def apart(found: dict[str, tuple[Reader, list[Answer]]]) -> Iterator[tuple[str, int, int]]:
    """For each case without cues (case, claims found with the right polarity, claims marked), its own answers left out of the fit."""
    from evals.listening import claims

    for case, (reader, _) in found.items():
        if case == FIRST:
            continue
        weights, least = recognising([pair for other, pair in found.items() if other not in (FIRST, case)], cued=False)
        with fitted_instead(weights, least):
            rows = claims(reader, "development")["rows"].values()
        yield case, sum(row[1] for row in rows), sum(row[0] for row in rows)


@contextmanager
def fitted_instead(weights: dict, least: dict) -> Iterator[None]:
    """Read with other weights for targets without cues than those of the package."""
    shipped = recognising_module.weights()
    other = {
        **shipped, "recognising": {**shipped["recognising"], "plain": weights}, "least": {**shipped["least"], "plain": least},
    }  # fmt: skip
    recognising_module.weights = lambda: other  # type: ignore[assignment]
    try:
        yield
    finally:
        recognising_module.weights = _shipped


def main(argv: Sequence[str] | None = None) -> None:
    """Fit and write, or measure cases apart."""
    parser = argparse.ArgumentParser(prog="python -m evals.fitting", description=__doc__)
    parser.add_argument("--apart", action="store_true", help="write nothing; read each case with weights fitted on the others")
    found = groups()
    if parser.parse_args(argv).apart:
        rows = list(apart(found))
        for case, right, wanted in rows:
            print(f"{case:24} {right:4} of {wanted:4} = {right / wanted:.1%}")
        print(
            f"{'all':24} {sum(r[1] for r in rows):4} of {sum(r[2] for r in rows):4} = {sum(r[1] for r in rows) / sum(r[2] for r in rows):.1%}"
        )
        return
    fitted = fit(found[FIRST], [pair for case, pair in found.items() if case != FIRST])
    place = Path(recognising_module.__file__).with_name("weights.yaml")
    place.write_text(f"# {NOTE}\n" + yaml.safe_dump(fitted, sort_keys=False), "utf-8")
    marks = {case: f"{len(marked)} answers with {sum(len(a.marks) for a in marked)} marks" for case, (_, marked) in found.items()}
    print(f"{place.name}: fitted on", "; ".join(f"{case}: {told}" for case, told in marks.items()))


if __name__ == "__main__":
    main()
