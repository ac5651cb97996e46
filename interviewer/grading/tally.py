"""Several judgements as one: the median of runs over one step, and what several steps say of one statement. Arithmetic only; reads no text."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.grading.judging import Judged, JudgedError, StepJudgement
from interviewer.grading.scorecard import Evidence
from interviewer.grading.testimony import same

ORDER = ("wrong", "absent", "named", "justified", "weighed", "quantified")
CARRIED = ("justified", "weighed", "quantified")


# --- several runs over one step ------------------------------------------------------------------------------------------


def median(runs: Sequence[StepJudgement]) -> StepJudgement:
    """The runs as one: each criterion's median depth (of an even number the lower), with the evidence of a run that gave it.

    An error or an argument beyond the sheet stands when more than half of the runs that could be read have it.
    """
    if len(runs) == 1:
        return runs[0]
    verdicts = tuple(_middle([run.verdicts[place] for run in runs]) for place in range(len(runs[0].verdicts)))
    read = [run for run in runs if readable(run)]
    troubles = dict.fromkeys(run.trouble for run in runs if run.trouble)
    return StepJudgement(
        step=runs[0].step, verdicts=verdicts, errors=_errors(read), outside=_outside(read),
        trouble="; ".join(troubles) if any(v.depth == "unrated" for v in verdicts) else "",
    )  # fmt: skip


def readable(run: StepJudgement) -> bool:
    """Whether a run says anything at all of its step."""
    return any(v.depth != "unrated" for v in run.verdicts)


def _middle(verdicts: Sequence[Judged]) -> Judged:
    rated = sorted((v for v in verdicts if v.depth != "unrated"), key=lambda v: ORDER.index(v.depth))
    if 2 * len(rated) < len(verdicts):
        return next(v for v in verdicts if v.depth == "unrated")
    middle = rated[(len(rated) - 1) // 2]
    return middle.model_copy(update={"spread": (rated[0].depth, rated[-1].depth) if len(rated) > 1 else ()})


def _errors(read: Sequence[StepJudgement]) -> tuple[JudgedError, ...]:
    groups: list[dict[int, JudgedError]] = []
    for number, run in enumerate(read):
        for error in run.errors:
            group = next((g for g in groups if any(_alike(error, other) for other in g.values())), None)
            if group is None:
                groups.append({number: error})
            else:
                group.setdefault(number, error)
    return tuple(_agreed([*g.values()]) for g in groups if 2 * len(g) > len(read))


def _alike(one: JudgedError, other: JudgedError) -> bool:
    return (one.pitfall is not None and one.pitfall == other.pitfall) or same(_place(one), _place(other))


def _agreed(group: Sequence[JudgedError]) -> JudgedError:
    """One error as most runs have it; where they are even, in the candidate's favour."""
    corrected = 2 * sum(e.corrected for e in group) >= len(group)
    return group[0].model_copy(update={"corrected": corrected, "core": 2 * sum(e.core for e in group) > len(group)})


def _outside(read: Sequence[StepJudgement]) -> tuple[Evidence, ...]:
    kept: list[Evidence] = []
    for place in (p for run in read for p in run.outside):
        having = sum(any(same(place, other) for other in run.outside) for run in read)
        if 2 * having > len(read) and not any(same(place, other) for other in kept):
            kept.append(place)
    return tuple(kept)


# --- several steps over one transcript -----------------------------------------------------------------------------------


def once(judged: Sequence[StepJudgement]) -> list[StepJudgement]:
    """Each statement counted once: every step's call reads the whole talk, so that two may claim the same words.

    A mistake that the case lists goes before one that it does not; what carries a criterion, or is an error, is no argument beyond it.
    """
    listed = [_place(e) for j in judged for e in j.errors if e.pitfall]
    taken = listed + [e for j in judged for v in j.verdicts if v.depth in CARRIED for e in v.evidence]
    kept = []
    for judgement in judged:
        errors = _merged(judgement.errors, listed)
        listed += [_place(e) for e in errors if not e.pitfall]
        outside = [e for e in judgement.outside if not any(same(e, other) for other in [*taken, *listed])]
        taken += outside
        kept.append(judgement.model_copy(update={"errors": tuple(errors), "outside": tuple(outside)}))
    return kept


def _merged(errors: Sequence[JudgedError], elsewhere: Sequence[Evidence]) -> list[JudgedError]:
    """A listed mistake that was made twice is one, corrected when the last of them is; an unlisted one gives way to what is known."""
    kept: dict[str, JudgedError] = {}
    for error in sorted(errors, key=lambda e: e.turn):
        if error.pitfall in kept:
            kept[error.pitfall] = kept[error.pitfall].model_copy(update={"corrected": error.corrected})
        elif error.pitfall:
            kept[error.pitfall] = error
        elif not any(same(_place(error), other) for other in [*elsewhere, *map(_place, kept.values())]):
            kept[f"{error.turn}:{error.quote}"] = error
    return list(kept.values())


def _place(error: JudgedError) -> Evidence:
    return Evidence(turn=error.turn, quote=error.quote)
