"""The record: interviews, turns, observations and scorecards in SQL. The only door to SQLAlchemy; knows no model and no policy."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from interviewer.errors import InputError, SetupError, StaleError
from interviewer.grading.scorecard import Scorecard
from interviewer.state import Assessment, Claim, Status, Terms, Turn, Value

HEAD = "0002"
metadata = MetaData()

interviews = Table(
    "interviews", metadata,
    Column("id", String(40), primary_key=True),
    Column("case_slug", String(80), nullable=False),
    Column("case_version", String(40), nullable=False),
    Column("terms", Text, nullable=False),
    Column("status", String(12), nullable=False),
    Column("version", Integer, nullable=False),
    Column("clock", Float, nullable=False),
    Column("created", String(32), nullable=False),
    Column("updated", String(32), nullable=False),
)  # fmt: skip
turns = Table(
    "turns", metadata,
    Column("interview_id", ForeignKey("interviews.id"), primary_key=True),
    Column("idx", Integer, primary_key=True),
    Column("role", String(12), nullable=False),
    Column("body", Text, nullable=False),
    Column("created", String(32), nullable=False),
)  # fmt: skip
observations = Table(
    "observations", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("interview_id", ForeignKey("interviews.id"), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("worker", String(80), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("target", String(80), nullable=False),
    Column("polarity", String(14), nullable=False),
    Column("depth", String(14), nullable=False),
    Column("quote", Text, nullable=False),
    Index("observations_by_interview", "interview_id", "turn"),
)  # fmt: skip
scorecards = Table(
    "scorecards", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("interview_id", ForeignKey("interviews.id"), nullable=False),
    Column("grader", String(80), nullable=False),
    Column("rubric", String(40), nullable=False),
    Column("body", Text, nullable=False),
    Column("created", String(32), nullable=False),
    UniqueConstraint("interview_id", "id", name="scorecards_by_interview"),
)  # fmt: skip
openings = Table(
    "openings", metadata,
    Column("case_slug", String(80), primary_key=True),
    Column("created", String(32), nullable=False),
)  # fmt: skip


class Record(Value):
    """One interview's row: `version` is the number of its turns, `clock` the candidate's seconds so far."""

    id: str
    terms: Terms
    case_version: str
    status: Status
    version: int
    clock: float
    created: str
    updated: str


class Archive:
    """The record in one database. `url` is an SQLAlchemy URL; a path means SQLite there."""

    def __init__(self, url: str | Path):
        self.url = url if isinstance(url, str) and "://" in url else f"sqlite:///{Path(url).as_posix()}"
        self._engine = _open(self.url)
        _migrate(self._engine)

    def begin(self, terms: Terms, case_version: str) -> Record:
        """A new, empty interview with a long random id."""
        now = _now()
        row = {
            "id": secrets.token_hex(16), "case_slug": terms.case, "case_version": case_version,
            "terms": terms.model_dump_json(), "status": "open", "version": 0, "clock": 0.0, "created": now, "updated": now,
        }  # fmt: skip
        with self._write() as db:
            db.execute(insert(interviews).values(row))
        return self.record(row["id"])  # type: ignore[arg-type]

    def record(self, ident: str) -> Record:
        """The row of one interview; InputError when there is none."""
        with self._engine.connect() as db:
            row = db.execute(select(interviews).where(interviews.c.id == ident)).mappings().first()
        if row is None:
            raise InputError(f"no interview {ident!r} in this record: `interviewer past` lists them")
        return _record(row)

    def past(self) -> list[Record]:
        """All interviews, the newest first."""
        with self._engine.connect() as db:
            rows = db.execute(select(interviews).order_by(interviews.c.created.desc())).mappings().all()
        return [_record(row) for row in rows]

    def append(self, ident: str, turn: Turn, status: Status | None = None) -> int:
        """Write one turn (and the interview's new `status`) in one transaction; StaleError when that place is already taken."""
        values = {"version": turn.index + 1, "clock": turn.clock, "updated": _now()} | ({"status": status} if status else {})
        try:
            with self._write() as db:
                moved = db.execute(
                    update(interviews).where(interviews.c.id == ident, interviews.c.version == turn.index).values(values)
                )
                if moved.rowcount != 1:
                    raise StaleError("this interview has moved on: the answer was not taken twice")
                row = {
                    "interview_id": ident,
                    "idx": turn.index,
                    "role": turn.role,
                    "body": turn.model_dump_json(),
                    "created": _now(),
                }
                db.execute(insert(turns).values(row))
        except IntegrityError as error:
            raise StaleError("this interview has moved on: the answer was not taken twice") from error
        return turn.index + 1

    def annotate(self, ident: str, turn: Turn, worker: str, claims: tuple[Claim, ...]) -> None:
        """Put the reading of a turn beside what was said: its body is replaced, its observations are added."""
        rows = [
            {
                "interview_id": ident, "turn": turn.index, "worker": worker, "kind": c.kind, "target": c.target,
                "polarity": c.polarity, "depth": c.depth, "quote": c.quote,
            }
            for c in claims
        ]  # fmt: skip
        with self._write() as db:
            where = (turns.c.interview_id == ident, turns.c.idx == turn.index)
            db.execute(update(turns).where(*where).values(body=turn.model_dump_json()))
            if rows:
                db.execute(insert(observations), rows)

    def observe(self, ident: str, index: int, assessment: Assessment) -> Turn:
        """Put a model's assessment beside a turn, whatever else was put there meanwhile; the turn as it is then."""
        where = (turns.c.interview_id == ident, turns.c.idx == index)
        rows = [
            *(("criterion", c.target, c.polarity, c.depth, c.quote) for c in assessment.claims),
            *(("mistake", s.pitfall or "", "asserted", "", s.quote) for s in assessment.slips),
        ]
        names = ("kind", "target", "polarity", "depth", "quote")
        base = {"interview_id": ident, "turn": index, "worker": assessment.work.worker}
        with self._write() as db:
            body = db.execute(select(turns.c.body).where(*where)).scalar_one()
            turn = Turn.model_validate_json(body)
            if turn.assessed:  # it was made twice: the first is what the round went on with
                return turn
            turn = turn.model_copy(update={"assessment": assessment})
            db.execute(update(turns).where(*where).values(body=turn.model_dump_json()))
            if rows:
                db.execute(insert(observations), [base | dict(zip(names, row, strict=True)) for row in rows])
        return turn

    def turns(self, ident: str) -> list[Turn]:
        """The turns of one interview in order."""
        with self._engine.connect() as db:
            query = select(turns.c.body).where(turns.c.interview_id == ident).order_by(turns.c.idx)
            return [Turn.model_validate_json(body) for body in db.execute(query).scalars()]

    def observations(self, ident: str) -> list[dict]:
        """What was observed of one interview, by turn: worker, kind, target, polarity, depth, quote."""
        with self._engine.connect() as db:
            query = select(observations).where(observations.c.interview_id == ident).order_by(observations.c.id)
            return [dict(row) for row in db.execute(query).mappings()]

    def keep(self, ident: str, *, clock: float | None = None, status: Status | None = None) -> None:
        """Write the clock (it never runs backwards) or the status of an interview."""
        values: dict = {"updated": _now()} | ({"status": status} if status else {})
        with self._write() as db:
            if clock is not None:
                db.execute(update(interviews).where(interviews.c.id == ident, interviews.c.clock < clock).values(clock=clock))
            db.execute(update(interviews).where(interviews.c.id == ident).values(values))

    def grade(self, ident: str, card: Scorecard) -> None:
        """Add a scorecard; earlier ones stay."""
        row = {
            "interview_id": ident, "grader": card.grader, "rubric": card.rubric, "body": card.model_dump_json(), "created": _now(),
        }  # fmt: skip
        with self._write() as db:
            db.execute(insert(scorecards).values(row))

    def scorecards(self, ident: str) -> list[Scorecard]:
        """All scorecards of one interview, the newest first."""
        with self._engine.connect() as db:
            query = select(scorecards.c.body).where(scorecards.c.interview_id == ident).order_by(scorecards.c.id.desc())
            return [Scorecard.model_validate_json(body) for body in db.execute(query).scalars()]

    def open_notes(self, slug: str, during: Sequence[str] = ()) -> None:
        """Note that the notes of a case (of none: the concepts) were opened, and mark the rounds that were under way."""
        with self._write() as db:
            if slug and not db.execute(select(openings.c.case_slug).where(openings.c.case_slug == slug)).first():
                db.execute(insert(openings).values(case_slug=slug, created=_now()))
            for ident in during:
                held = db.execute(select(interviews.c.terms).where(interviews.c.id == ident)).scalar_one()
                terms = Terms.model_validate_json(held).model_copy(update={"opened": True})
                db.execute(update(interviews).where(interviews.c.id == ident).values(terms=terms.model_dump_json()))

    def agree(self, ident: str, models: dict[str, str]) -> None:
        """Write who does what from here on, for the jobs that are given."""
        with self._write() as db:
            held = db.execute(select(interviews.c.terms).where(interviews.c.id == ident)).scalar_one()
            terms = Terms.model_validate_json(held)
            terms = terms.model_copy(update={"models": terms.models | models})
            db.execute(update(interviews).where(interviews.c.id == ident).values(terms=terms.model_dump_json()))

    def openings(self) -> set[str]:
        """The cases whose notes were opened before a round on them was over."""
        with self._engine.connect() as db:
            return set(db.execute(select(openings.c.case_slug)).scalars())

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._engine.begin() as db:
            yield db


def _open(url: str) -> Engine:
    if url.startswith("sqlite:///"):
        folder = Path(url.removeprefix("sqlite:///")).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SetupError(
                f"cannot make the data folder {folder}: {error}. Set INTERVIEWER_HOME to a folder you may write"
            ) from error
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _pragmas)
    return engine


def _pragmas(connection, _record) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _migrate(engine: Engine) -> None:
    """Bring the tables to HEAD. A record that is there already is recognised without importing Alembic."""
    if _revision(engine) == HEAD:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect() as db:
        config.attributes["connection"] = db
        command.upgrade(config, HEAD)
        db.commit()


def _revision(engine: Engine) -> str | None:
    try:
        with engine.connect() as db:
            if "alembic_version" not in inspect(db).get_table_names():
                return None
            revision = db.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    except Exception as error:
        raise SetupError(f"cannot open the record at {engine.url}: {error}") from error
    return revision


def _record(row) -> Record:
    return Record(
        id=row["id"], terms=Terms.model_validate(json.loads(row["terms"])), case_version=row["case_version"],
        status=row["status"], version=row["version"], clock=row["clock"], created=row["created"], updated=row["updated"],
    )  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
