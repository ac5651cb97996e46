"""The bar that a case must meet, and what falls below it."""

import shutil
from pathlib import Path

import pytest
import yaml

from interviewer.deciding.challenging import certain
from interviewer.listening.reading import Reader
from knowledge.arithmetic import FormulaError, evaluate
from knowledge.case import CaseStudy
from knowledge.check import check, check_all, check_concept, check_folder
from knowledge.leaks import found, leaks, pairs
from knowledge.library import HERE, Library
from knowledge.schema import FILE, schema
from tests.tiny import FOLDER

LIBRARY = Library()
CASES = sorted(LIBRARY.folders())


def changed(tmp_path: Path, change, notes=lambda text: text) -> list[str]:
    """The findings of the tiny case with something changed in it, as lines."""
    folder = tmp_path / "tiny"
    shutil.copytree(FOLDER / "tiny", folder)
    data = yaml.safe_load((folder / "case.yaml").read_text())
    change(data)
    (folder / "case.yaml").write_text(yaml.safe_dump(data))
    (folder / "notes.md").write_text(notes((folder / "notes.md").read_text()))
    return [str(finding) for finding in check_folder(folder)]


def lines(findings: list[str], *words: str) -> list[str]:
    return [line for line in findings if all(word in line for word in words)]


# --- the cases of the package ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", CASES)
def test_every_case_of_the_package_meets_the_bar(slug):
    assert [str(f) for f in check(LIBRARY.entry(slug))] == []


def test_every_concept_page_meets_the_bar():
    assert [str(f) for page in sorted((HERE / "concepts").glob("*.md")) for f in check_concept(page)] == []


@pytest.mark.parametrize("slug", CASES)
def test_no_near_miss_is_read_as_the_real_thing(slug):
    case = LIBRARY.case(slug)
    reader = Reader(case)
    counted = [
        (owner.id, text)
        for owner in (*case.rubric, *case.pitfalls)
        for text in owner.near_misses
        for claim in reader.read(text, owner.step).claims
        if claim.target == owner.id
        and claim.polarity == "asserted"
        and (claim.score >= certain(owner) if claim.kind == "pitfall" else claim.depth != "named")
    ]
    assert counted == []


@pytest.mark.parametrize("slug", CASES)
def test_every_signal_is_read_as_what_it_signals(slug):
    case = LIBRARY.case(slug)
    reader = Reader(case)
    missed = [
        (owner.id, text)
        for owner in (*case.rubric, *case.pitfalls)
        for text in owner.signals
        if not any(c.target == owner.id and c.polarity in ("asserted", "hedged") for c in reader.read(text, owner.step).claims)
    ]
    signals = sum(len(owner.signals) for owner in (*case.rubric, *case.pitfalls))
    assert len(missed) <= 0.1 * signals, missed


def test_the_schema_beside_the_cases_is_up_to_date():
    assert FILE.read_text() == schema(), "run `make schema`"


# --- what falls below it --------------------------------------------------------------------------------------------


def test_too_few_of_anything_is_told_with_the_number_wanted(tmp_path):
    findings = changed(tmp_path, lambda data: None)
    for key, least in (("facts", 12), ("choices", 15), ("pitfalls", 8), ("twists", 2), ("sources", 6)):
        assert lines(findings, f"case.yaml: {key}: there are", f"write at least {least}")
    assert lines(findings, "rubric (data): there are", "have 4 to 6")
    assert lines(findings, "rubric[clarify.goal].signals: there are", "write at least 8")
    assert lines(findings, "notes.md: length:", "have 2,500 to 5,000")


def test_an_id_that_stands_twice_is_told(tmp_path):
    assert lines(changed(tmp_path, lambda d: d["facts"].append(d["facts"][0])), "facts[users]: this id stands twice")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda d: d["choices"][0].update(touches=["serve.nothing"]),
            "choices[two_tower].touches: 'serve.nothing' names no criterion",
        ),
        (
            lambda d: d["choices"][0]["questions"][0].update(about="data.nothing"),
            "questions.about: 'data.nothing' names no criterion",
        ),
        (
            lambda d: d["rubric"][0]["probes"][0].update(when=["nothing"]),
            "probes.when: 'nothing' names no choice, criterion or pitfall",
        ),
        (lambda d: d["rubric"][0].update(notes="clarify.gaol"), "rubric[clarify.goal].notes: 'clarify.gaol' names no section"),
        (lambda d: d["rubric"][0].update(concepts=["alchemy"]), "rubric[clarify.goal].concepts: 'alchemy' names no concept page"),
        (lambda d: d["twists"][0].update(touches=["serve.nothing"]), "touches: 'serve.nothing' names no criterion"),
        (lambda d: d["estimates"][0].update(criterion="serve.nothing"), "criterion: 'serve.nothing' names no criterion"),
        (lambda d: d["diagram"]["arrows"][0].update(end="nowhere"), "diagram.arrows: 'nowhere' names no component"),
    ],
)
def test_a_name_that_names_nothing_is_told(tmp_path, change, told):
    assert lines(changed(tmp_path, change), told)


def test_a_section_without_a_criterion_and_a_citation_without_a_source_are_told(tmp_path):
    findings = changed(
        tmp_path, lambda d: None, lambda text: text + "\n### Spare {#monitor.spare}\nAs in [nobody2020].\n\n### No anchor\nx\n"
    )
    assert lines(findings, "#monitor.spare: no criterion rests on this section")
    assert lines(findings, "#monitor.spare: cites [nobody2020], which is no source")
    assert lines(findings, "No anchor: the heading has no anchor")


def test_an_estimate_that_does_not_come_out_is_told(tmp_path):
    assert lines(changed(tmp_path, lambda d: d["estimates"][0].update(figure=1)), "figure: is 1, but the formula gives")
    shutil.rmtree(tmp_path / "tiny")
    assert lines(changed(tmp_path, lambda d: d["estimates"][0].update(formula="__import__('os')")), "more than arithmetic")


def test_a_cue_that_can_never_be_met_is_told(tmp_path):
    cues = ["! a + !b", "goal+success", "a/-- + goal", "one two three four five six seven words"]
    findings = changed(tmp_path, lambda d: d["pitfalls"][0].update(cues=cues))
    assert lines(findings, "wants nothing")
    assert lines(findings, "a space on both sides")
    assert lines(findings, "has no word")
    assert lines(findings, "more than 6 words")


def test_a_case_that_cannot_be_loaded_is_a_finding_too(tmp_path):
    assert lines(changed(tmp_path, lambda d: d.pop("facts")), "case.yaml: facts: cannot be used: add this key")


def test_a_concept_page_without_sources_or_with_a_wrong_citation_is_told(tmp_path):
    page = tmp_path / "alchemy.md"
    page.write_text("# Alchemy\n\nGold from lead.\n\n## How {#how}\nSee [x2020].\n")
    assert "## Sources" in str(check_concept(page)[0])
    page.write_text(
        "# Alchemy\n\nGold from lead.\n\n## How {#how}\nSee [x2020].\n\n## Sources {#sources}\n- y: A book. Nobody. https://example.org\n"
    )
    told = [str(f) for f in check_concept(page)]
    assert lines(told, "cites [x2020], which is no source")
    assert lines(told, "sources[y]: has no year")


def test_only_the_cases_that_are_named_are_checked():
    findings = check_all(Library(FOLDER), ["tiny"])
    assert findings
    assert all("tiny" in f.file or "concepts" in f.file for f in findings)


# --- arithmetic -----------------------------------------------------------------------------------------------------


def test_formulas_are_worked_out():
    assert evaluate("a * b / 86_400 + ceil(2.1)", {"a": 86400, "b": 3}) == 6
    assert evaluate("-(2 ** 10)", {}) == -1024


@pytest.mark.parametrize(
    "formula",
    [
        "a.b",
        "open('x')",
        "c + 1",
        "1 if a else 2",
        "2 ** 9999",
        "1 / 0",
        "(-8) ** 0.5",
        "a +",
        "'x' * 3",
        "max()",
        "[1][0]",
        "1e308 * 10",
    ],
)
def test_anything_but_arithmetic_is_refused(formula):
    with pytest.raises(FormulaError):
        evaluate(formula, {"a": 1.0})


# --- leaks ----------------------------------------------------------------------------------------------------------


def questions(kind: str) -> list[tuple[str, str]]:
    raw = yaml.safe_load((Path(__file__).parent / "leaky.yaml").read_text())[kind]
    return [(ident, text) for ident, texts in raw.items() for text in texts]


@pytest.mark.parametrize(("kind", "least"), [("written", 0.95), ("paraphrased", 0.7)])
def test_questions_that_give_an_answer_away_are_found(kind, least):
    asked = questions(kind)
    hits = found(LIBRARY.case("video_recommendation"), asked)
    missed = [question for question, hit in zip(asked, hits, strict=True) if not hit]
    assert sum(hits) >= least * len(asked), missed


def test_honest_questions_pass():
    case = LIBRARY.case("video_recommendation")
    assert pairs(case) > 15_000
    assert [leak.problem for leak in leaks(case)] == []


@pytest.mark.parametrize(
    ("part", "key"),
    [("hint", "rubric[serve.ann_index].hint"), ("topic", "rubric[serve.ann_index].topic")],
)
def test_a_leak_is_found_wherever_it_is_said(part, key):
    case = LIBRARY.case("video_recommendation")
    told = "Would clustered lists with int8 codes hold their recall against an exact search?"
    rubric = [c.model_copy(update={part: told}) if c.id == "serve.ann_index" else c for c in case.rubric]
    spoilt: CaseStudy = case.model_copy(update={"rubric": rubric})
    assert part == "topic" or key in {leak.key for leak in leaks(spoilt)}
    choice = case.choices[0].model_copy(update={"questions": [case.choices[0].questions[0].model_copy(update={"ask": told})]})
    spoilt = case.model_copy(update={"choices": [choice]})
    assert any(leak.key.startswith("choices") and leak.criterion == "serve.ann_index" for leak in leaks(spoilt))
