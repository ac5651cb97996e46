"""The debrief as HTML, Markdown and JSON."""

import json
import re
from html.parser import HTMLParser

import pytest

from interviewer.grading.scorecard import (
    Advice,
    CrossResult,
    ErrorFound,
    Evidence,
    Feedback,
    Moment,
    MoveNote,
    Note,
    Scorecard,
    StepResult,
    StudyItem,
    Verdict,
)
from interviewer.reporting import report, report_markdown
from interviewer.reporting.report_svg import bars, diagram
from interviewer.steps import STEP, STEPS
from interviewer.whiteboard.layering import parse
from interviewer.whiteboard.placing import arrange

NASTY = '<script>alert("x")</script> & <b onclick=x>bold</b> \u2028 "quoted" \'single\' `code` *star* [a](javascript:x) | pipe'
QUOTE = f"I'd split by time, {NASTY}"
MERMAID = """flowchart LR
  subgraph serving[Serving path]
    app["The app <b>"]
    service["Home service"]
  end
  subgraph training[Training path]
    log["Event log"]
    train["Training"]
  end
  app -->|page load| service
  service --> log
  log -->|a|b| train
  train --> service
  app --> nowhere"""


def verdict(depth: str, ident: str = "data.labels", **rest) -> Verdict:
    given = {
        "topic": f"topic of {depth}",
        "looks_for": f"looks for {depth}",
        "reason": f"reason of {depth}",
        "strong": f"strong {depth}",
    }
    kept = (Evidence(turn=1, quote=QUOTE),) if depth not in ("absent", "unrated", "not_reached") else ()
    note = Note(
        id=ident,
        title="The note",
        text="First **bold**.\n\n- one\n- <i>two</i>",
        sources=("A paper. Somebody, 2020. https://example.org/a?b=1&c=2",),
    )
    return Verdict(
        criterion=ident,
        step="data",
        kind="core",
        weight=1,
        expected_from="mid",
        depth=depth,
        evidence=kept,
        note=note,
        **(given | rest),
    )


def step(ident: str, level: int | None, status: str = "rated", *verdicts: Verdict, **rest) -> StepResult:
    return StepResult(
        step=ident, title=STEP[ident].title, level=level, status=status, reason=f"because {ident}", verdicts=verdicts, **rest
    )


@pytest.fixture
def card() -> Scorecard:
    depths = ("quantified", "weighed", "justified", "named", "absent", "wrong")
    steps = {s: step(s, 3) for s in STEPS}
    steps["clarify"] = step("clarify", 0)
    steps["data"] = step("data", 2, "rated", *(verdict(d) for d in depths), shows="mid", planned=480, used=301)
    steps["serve"] = step("serve", None, "not_reached", verdict("not_reached"))
    steps["monitor"] = step("monitor", None, "unrated", verdict("unrated"))
    return Scorecard(
        interview="id-1", case="tiny", title=f"A case {NASTY}", question=f"Design it. {NASTY}", target_level="senior", recommendation="hire",
        recommendation_reason=f"reason {NASTY}", steps=tuple(steps.values()),
        cross_cutting=(
            CrossResult(id="tradeoffs", title="Trade-off reasoning", level=3, status="rated", reason="r", evidence=(Evidence(turn=1, quote=QUOTE),)),
            CrossResult(id="adaptation", title="Adaptation", level=None, status="unrated", reason="no question was put"),
        ),
        errors=(ErrorFound(turn=1, what="splits at random", pitfall="random_split", step="evaluate", core=True, quote=QUOTE, why="it leaks", correction="split by time", corrected=True),),
        pivotal=(Moment(turn=1, quote=QUOTE, what="argued the split", good=True),),
        study=(StudyItem(title="Splitting", why="it was wrong", text="Read **this**.", sources=("A blog. 2021. https://example.org",)),),
        hints=2, notes_on_moves=(MoveNote(turn=2, kind="probe", why=f"they said {NASTY}", passages=("tiny/data.labels",)),),
        outside=(Evidence(turn=1, quote="A thought of one's own"),), diagram=MERMAID, sources=("A paper. Somebody, 2020. https://example.org/p",),
        transcript=(("interviewer", "Design it."), ("candidate", QUOTE), ("interviewer", "Why?"), ("candidate", "")),
        grader="embedded", rubric="levels-1/abc", trouble=(f"Monitoring: the model failed {NASTY}",), practised=True,
    )  # fmt: skip


class Page(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def test_what_was_said_cannot_become_markup(card):
    page = Page(report.html(card))
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "iframe", "object", "embed", "link", "img", "form", "b", "i"}
    assert not [a for _, attrs in page.tags for a in attrs if a.startswith("on")]
    assert NASTY in page.text


def test_every_quote_stands_in_the_page_verbatim_with_its_turn(card):
    page = Page(report.html(card))
    assert page.text.count(QUOTE) >= 7
    targets = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    links = [attrs["href"][1:] for tag, attrs in page.tags if tag == "a" and attrs["href"].startswith("#")]
    assert links
    assert set(links) <= targets


def test_nothing_is_loaded_from_anywhere(card):
    text = report.html(card)
    page = Page(text)
    assert not [attrs for _, attrs in page.tags if "src" in attrs or attrs.get("rel") == "stylesheet"]
    assert not re.search(r"url\(\s*['\"]?(?!#)|@import|@font-face", text)
    addresses = {a["href"] for t, a in page.tags if t == "a" and not a["href"].startswith("#")}
    assert addresses == {"https://example.org/a?b=1&c=2", "https://example.org", "https://example.org/p"}
    assert "default-src 'none'" in text


def test_unrated_and_not_reached_are_words_and_never_numbers(card):
    for text in (Page(report.html(card)).text, report.markdown(card)):
        assert re.search(r"Deployment and serving\W*not reached", text)
        assert re.search(r"Monitoring and infrastructure\W*unrated", text)
        assert re.search(r"Adaptation\W*unrated", text)
        assert re.search(r"Clarifying requirements\W*0 of 4", text)
        assert "None" not in text


def test_a_step_without_a_level_gets_a_frame_and_no_bar(card):
    drawn = bars(card.steps)
    assert drawn.count('class="level') == 5
    assert drawn.count('rect class="none"') == 2
    assert 'class="level l0"' in drawn


def test_points_are_grouped_by_how_they_came_out(card):
    headings = [line.strip("# ") for line in report.markdown(card).splitlines() if line.startswith("#### ")]
    assert headings == ["Carried", "Wrong", "Named only", "Missed", "Not reached", "Unrated"]
    assert set(headings) <= set(re.findall(r"<h4>(.*?)</h4>", report.html(card)))


def test_both_forms_hold_all_that_a_debrief_needs(card):
    wanted = ("Hire", "because data", "looks for absent", "strong absent", "it leaks", "split by time", "corrected later", "argued the split",
              "A thought of one", "5:01", "8:00", "Read", "tiny/data.labels", "levels-1/abc", "practised before", "2 hints", "the model failed")  # fmt: skip
    for text in (Page(report.html(card)).text, report.markdown(card)):
        assert [w for w in wanted if w not in text] == []


def test_the_notes_are_shown_as_text_with_lists_and_links(card):
    text = report.html(card)
    assert "<strong>bold</strong>" in text
    assert "<li>&lt;i&gt;two&lt;/i&gt;</li>" in text


def test_markdown_escapes_what_was_said(card):
    text = report.markdown(card)
    assert "<script>" not in text
    assert re.sub(r"\\(.)", r"\1", text).count(QUOTE) >= 7
    assert report_markdown.escape("&lt;b&gt; R&D") == "&amp;lt;b&amp;gt; R&D"


def test_silence_is_said_to_be_silence(card):
    assert "(nothing said)" in report.html(card)
    assert "(nothing said)" in report.markdown(card)


def test_without_a_clock_there_is_no_table_of_times(card):
    plain = card.model_copy(update={"steps": tuple(s.model_copy(update={"planned": 0.0, "used": 0.0}) for s in card.steps)})
    assert "Planned" not in report.html(plain)
    assert "Planned" not in report.markdown(plain)


def test_json_gives_the_card_back(card):
    assert Scorecard.model_validate_json(report.as_json(card)) == card
    assert json.loads(report.as_json(card))["steps"][5]["level"] is None


def test_a_card_with_next_to_nothing_in_it_can_be_shown(card):
    bare = Scorecard(
        interview="x", case="c", title="t", question="q", target_level="mid", recommendation=None, recommendation_reason="too little",
        steps=tuple(step(s, None, "unrated") for s in STEPS), cross_cutting=(),
    )  # fmt: skip
    assert "No recommendation" in report.html(bare)
    assert "No recommendation" in report.markdown(bare)


def test_the_design_is_read_from_its_source():
    graph = parse(MERMAID)
    assert list(graph.nodes) == ["app", "service", "log", "train"]
    assert graph.arrows == [
        ("app", "service", "page load"),
        ("service", "log", ""),
        ("log", "train", "a|b"),
        ("train", "service", ""),
    ]
    assert graph.nodes["log"].group == "training"


def test_the_drawing_escapes_names_and_keeps_every_arrow():
    drawn = diagram(MERMAID)
    assert "<b>" not in drawn
    assert drawn.count('<path class="arrow"') == 4
    assert diagram("not a diagram") == ""


def test_no_box_covers_another_and_no_label_covers_a_box():
    from knowledge.library import Library
    from tests.tiny import FOLDER

    library = Library(FOLDER)
    for slug in library.folders():
        drawing = arrange(parse(library.case(slug).diagram.mermaid()))
        rects = [(b.x, b.y, b.width, b.height) for b in drawing.boxes]
        for n, (x, y, w, h) in enumerate(rects):
            assert x - w / 2 >= 0 and x + w / 2 <= drawing.width and y + h / 2 <= drawing.height
            for ox, oy, ow, oh in rects[n + 1 :]:
                assert abs(x - ox) >= (w + ow) / 2 or abs(y - oy) >= (h + oh) / 2
            for label in drawing.labels:
                assert abs(x - label.x) >= w / 2 or abs(y - label.y) >= h / 2


def test_the_page_is_made_in_no_time(card):
    import time

    report.html(card)
    begun = time.perf_counter()
    report.html(card)
    assert time.perf_counter() - begun < 0.2


@pytest.fixture
def rich(card) -> Scorecard:
    """A card that a model wrote the feedback of, judged three times, with what it took."""
    data = card.step("data")
    varied = data.verdicts[0].model_copy(update={"spread": ("named", "quantified")})
    judged = data.model_copy(update={"runs": 3, "spread": (1, 3), "verdicts": (varied, *data.verdicts[1:])})
    feedback = Feedback(
        strengths=(Advice(text=f"You argued it. {NASTY}", cites=("data.labels",)),),
        gaps=(Advice(text="You split at random.", cites=("E1",)),),
        next=(Advice(text="Work through one split.", note="n"),),
        by="openai:x", trouble="Some sentences are put together from the verdicts.",
    )  # fmt: skip
    study = (card.study[0].model_copy(update={"id": "n"}),)
    steps = tuple(judged if s.step == "data" else s for s in card.steps)
    return card.model_copy(
        update={
            "feedback": feedback, "steps": steps, "study": study, "grader": "openai:x", "prompts": ("grader/v2", "across/v1"),
            "cost": ("grader: 9 calls, 61,000 tokens, about $0.12",),
        }
    )  # fmt: skip


def test_the_feedback_comes_first_after_the_recommendation_and_says_what_it_rests_on(rich):
    for text in (Page(report.html(rich)).text, report.markdown(rich)):
        places = [
            text.index(part)
            for part in (
                "Hire",
                report.FEEDBACK,
                "What worked",
                "You argued it.",
                "What was missing",
                "Learn next",
                "because data",
            )
        ]
        assert places == sorted(places)
        assert "the error in turn 1" in text and "notes: Splitting" in text and "put together from the verdicts" in text
    assert NASTY in Page(report.html(rich)).text and "<script>" not in report.markdown(rich)


def test_a_spread_is_shown_quietly_and_only_where_there_were_several_runs(rich, card):
    for make in (report.html, report.markdown):
        assert "3 runs: 1 to 3" in make(rich) and "named to quantified" in make(rich) and "graded 3 times" in make(rich)
        assert " runs" not in make(card) and "times, and the middle" not in make(card)
    agreed = rich.step("data").model_copy(update={"spread": (2, 2)})
    assert (report.runs(agreed), report.runs(card.step("data"))) == ("", "")


def test_who_graded_by_which_prompts_and_what_it_took_are_said(rich):
    for text in (Page(report.html(rich)).text, report.markdown(rich)):
        assert "graded by openai:x (grader/v2, across/v1)" in text
        assert "9 calls, 61,000 tokens, about $0.12" in text.replace("\\$", "$")


def test_a_rich_card_comes_back_whole_from_json(rich):
    assert Scorecard.model_validate_json(report.as_json(rich)) == rich
    assert rich.compact()["prompts"] == ["grader/v2", "across/v1"]


def test_a_sentence_that_names_its_point_does_not_name_it_twice(rich):
    said = rich.feedback.strengths[0].model_copy(update={"text": "On topic of unrated, you gave a reason."})
    assert report.rests_on(said, rich) == ""
    assert report.rests_on(rich.feedback.gaps[0], rich) == "the error in turn 1"
