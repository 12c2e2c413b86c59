"""The tables of the review room. A change of them needs a migration (`migrations/versions`)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, DateTime, Float, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class LabelRow(Base):
    __tablename__ = "review_labels"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    session_id: Mapped[str] = mapped_column(String(32), index=True)
    technique: Mapped[str] = mapped_column(String(64))
    start_ms: Mapped[int] = mapped_column(Integer)
    end_ms: Mapped[int] = mapped_column(Integer)
    hands: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(Integer)


class CommentRow(Base):
    __tablename__ = "review_comments"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    session_id: Mapped[str] = mapped_column(String(32), index=True)
    time_ms: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    zone: Mapped[str] = mapped_column(String(32))
    u: Mapped[float | None] = mapped_column(Float)
    v: Mapped[float | None] = mapped_column(Float)
    drawing: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    author: Mapped[str] = mapped_column(String(80))
    author_id: Mapped[str] = mapped_column(String(32))
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ChangeRow(Base):
    __tablename__ = "review_log"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    session_id: Mapped[str] = mapped_column(String(32), index=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    who: Mapped[str] = mapped_column(String(80))
    what: Mapped[dict[str, Any]] = mapped_column(JSON)


class PersonRow(Base):
    __tablename__ = "review_people"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    group_name: Mapped[str] = mapped_column(String(80))


class OwnerRow(Base):
    __tablename__ = "review_owners"

    session_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(32), index=True)


class GradeRow(Base):
    __tablename__ = "review_grades"

    session_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    grader: Mapped[str] = mapped_column(String(16), primary_key=True)
    criterion: Mapped[str] = mapped_column(String(40), primary_key=True)
    level: Mapped[int] = mapped_column(Integer)


class AccountRow(Base):
    __tablename__ = "review_accounts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    """The name without regard to capitals."""
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[str] = mapped_column(String(32), index=True)
    password: Mapped[str] = mapped_column(String(200))
    """Argon2's hash, of the start code while ``fresh``."""
    fresh: Mapped[bool] = mapped_column(Boolean)
    epoch: Mapped[int] = mapped_column(Integer)
    """Raised when all that was signed before is to be void."""


class TeachesRow(Base):
    __tablename__ = "review_teaches"

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    group_name: Mapped[str] = mapped_column(String(80), primary_key=True)


class KeepingRow(Base):
    __tablename__ = "review_keeping"

    session_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    video: Mapped[bool] = mapped_column(Boolean)
    until: Mapped[date | None] = mapped_column(Date, index=True)
    example: Mapped[bool] = mapped_column(Boolean)
