"""The history of practice as one HTML page with plots, which needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from trainer.html import templates_of
from trainer.library.measures import Measures
from trainer.library.store import Kept
from trainer.score.figures.axis import clock, duration, nice_ceiling, share
from trainer.strokes.techniques import Techniques, load_techniques

_LEAST = 2
"""A plot needs so many points."""


@dataclass(frozen=True)
class Point:
    """A session on a plot: ``x`` and ``y`` from 0 to 100 (y upwards), ``tip`` for the pointer."""

    x: float
    y: float
    tip: str


@dataclass(frozen=True)
class Plot:
    """One measure over the sessions. ``runs`` are its stretches without a gap; ``band`` (low, high) from 0 to 100 of
    what is taught; ``low``, ``high`` the labels of the scale's ends; ``latest`` in words."""

    title: str
    about: str
    runs: tuple[tuple[Point, ...], ...]
    low: str
    high: str
    latest: str
    band: tuple[float, float] | None = None

    @property
    def points(self) -> tuple[Point, ...]:
        return tuple(point for run in self.runs for point in run)


def history_page(sessions: Sequence[Kept], techniques: Techniques | None = None) -> str:
    """The page of these sessions, in order of time."""
    known = [(kept, kept.measures) for kept in sessions if kept.measures is not None]
    techniques = techniques or load_techniques()
    worked = sum(m.duration_s for _, m in known)
    return str(
        _template().render(
            sessions=sessions[::-1], plots=[p for p in _plots(known) if p is not None],
            tempi=[p for p in _tempi(known, techniques) if p is not None], count=len(known), worked=duration(worked),
            days=len({kept.started_at.date() for kept, _ in known}), css=_css(),
        )
    )  # fmt: skip


Known = list[tuple[Kept, Measures]]


def _plots(known: Known) -> list[Plot | None]:
    return [
        _shares(known, "Inside the preset", "share of the intervals at a tempo taught", lambda m: m.in_range_share),
        _shares(known, "Steadiness", "how alike the intervals are, all techniques", lambda m: m.steadiness),
        _shares(known, "The foot reached", "share of the map that was worked", lambda m: m.worked_share),
        _shares(known, "Could not be seen", "share of the session", lambda m: m.unseen_share),
    ]


def _shares(known: Known, title: str, about: str, of: Callable[[Measures], float | None]) -> Plot | None:
    values = [of(m) for _, m in known]
    return _plot(known, title, about, values, 1.0, "0 %", "100 %", share)


def _tempi(known: Known, techniques: Techniques) -> list[Plot | None]:
    """Each technique's tempo, beside the band that is taught."""
    out = []
    for name, technique in techniques.items():
        rates = [m.techniques[name].rate_per_min if name in m.techniques else None for _, m in known]
        told = [rate for rate in rates if rate is not None]
        if technique.rate_range is None or not told:
            continue
        low, high = technique.rate_range
        top = nice_ceiling(max(*told, 1.3 * high))
        plot = _plot(known, technique.name, f"a minute; {low:g} to {high:g} is taught", rates, top, "0", f"{top:g}",
                     lambda rate: f"{rate:.0f}", (100 * low / top, 100 * high / top))  # fmt: skip
        out.append(plot)
    return out


def _plot(
    known: Known, title: str, about: str, values: Sequence[float | None], top: float, low: str, high: str,
    said: Callable[[float], str], band: tuple[float, float] | None = None,
) -> Plot | None:  # fmt: skip
    runs: list[list[Point]] = [[]]
    last = None
    for k, ((kept, _), value) in enumerate(zip(known, values, strict=True)):
        if value is None:
            runs.append([])
            continue
        x = 100 * (k + 0.5) / len(known)
        tip = f"{kept.started_at:%Y-%m-%d %H:%M}: {said(value)}{' (blind)' if kept.blind else ''}"
        runs[-1].append(Point(round(x, 2), round(100 * min(value / top, 1.0), 2), tip))
        last = said(value)
    found = tuple(tuple(run) for run in runs if run)
    if sum(map(len, found)) < _LEAST or last is None:
        return None
    return Plot(title, about, found, low, high, last, band)


@cache
def _css() -> str:
    return resources.files("trainer.score").joinpath("templates/report.css").read_text("utf-8")


@cache
def _template() -> Any:
    return templates_of("trainer.library", clock=clock, share=share).get_template("history.html.j2")
