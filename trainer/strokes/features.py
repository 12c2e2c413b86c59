"""What a stretch of touch looks like: pure functions from a grid of landmarks to a few physical quantities.

Everything is in mm, mm/s, degrees, Hz and shares 0–1, in the foot's own frame, so nothing depends on picture size,
camera distance or frame rate. Missing is NaN. A path's wobble is what remains after its straight drift is removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from trainer.model import Floats
from trainer.strokes.window import FINGERTIPS, KNUCKLES, PALM, RATE_HZ, Grid, HandGrid, palm_centre

FREQUENCIES = np.geomspace(0.3, 6.5, 32)
"""Hz at which power is looked at; a 30 fps camera can't be trusted above."""

MIN_SAMPLES = 8


@dataclass(frozen=True)
class Path:
    """How one point moved. All NaN when it was seen too little.

    ``seen`` share of the time; ``speed`` mean mm/s; ``flow`` the same between means over a third of a second (free of
    jitter); ``drift_x``, ``drift_y`` mm/s of the straight drift; ``radius``
    rms mm of the wobble around it (a circle's own radius); ``round`` 0 a line to 1 a circle (axes of the wobble);
    ``turning`` 0 to-and-fro or noise to 1 always the same way round; ``rate_hz`` the strongest rhythm and
    ``rhythm`` its share of the wobble's power; ``range_x``, ``range_y`` mm between the extremes; ``monotony``
    −1…1: net way over total way along the drift; ``x``, ``y`` mean place in mm.
    """

    seen: float
    speed: float
    flow: float
    drift_x: float
    drift_y: float
    radius: float
    round: float
    turning: float
    rate_hz: float
    rhythm: float
    range_x: float
    range_y: float
    monotony: float
    x: float
    y: float


UNSEEN = Path(0.0, *([float("nan")] * 14))


@dataclass(frozen=True)
class HandFeatures:
    """One hand over the window. Paths in the foot's frame; ``thumb_own`` is the thumb tip relative to the palm.

    ``ip_swing`` / ``pip_swing`` rms degrees of thumb-IP and index-PIP flexion around its slow course, with
    ``ip_rate`` / ``pip_rate`` Hz; ``reach_swing`` / ``index_reach_swing`` rms mm by which the thumb (index) chain
    shortens and lengthens in the foot's plane; ``curl`` degrees (see window.flexions) and ``fold`` 0–1.2: mean
    distance of the finger tips from the palm as a share of a straight finger's; ``flat`` 0 the palm is seen edge-on
    to 1 full on; ``pinch_mm`` thumb tip to index tip; ``near_*`` share of the time over the foot; ``size_mm`` the
    palm's length.
    """

    seen: float
    thumb: Path
    thumb_own: Path
    index: Path
    tips: Path
    palm: Path
    knuckles: Path
    pinch: Path
    ip_swing: float
    ip_rate: float
    pip_swing: float
    pip_rate: float
    reach_swing: float
    reach_rate: float
    index_reach_swing: float
    index_reach_rate: float
    curl: float
    fold: float
    flat: float
    pinch_mm: float
    near_thumb: float
    near_index: float
    near_tips: float
    near_palm: float
    size_mm: float


@dataclass(frozen=True)
class PairFeatures:
    """Both hands and the foot. ``together_x``, ``together_y`` correlation −1…1 of the palms' velocities along and
    across the foot (−1: against each other);
    ``thumbs_phase`` 0 together to 1 opposite, NaN when either has no rhythm; ``foot_swing`` rms mm of the forefoot
    relative to the heel in the picture, ``foot_flow``, ``foot_turning`` and ``foot_rate`` as for a path."""

    together_x: float
    together_y: float
    thumbs_phase: float
    foot_swing: float
    foot_flow: float
    foot_turning: float
    foot_rate: float


_NUMBERS = (
    "ip_swing", "ip_rate", "pip_swing", "pip_rate", "reach_swing", "reach_rate", "index_reach_swing",
    "index_reach_rate", "curl", "fold", "flat", "pinch_mm", "near_thumb", "near_index", "near_tips",
    "near_palm", "size_mm",
)  # fmt: skip
_POINTS = ("thumb", "thumb_own", "index", "tips", "palm", "knuckles", "pinch")


def hand_features(hand: HandGrid, step_s: float = 1 / RATE_HZ) -> HandFeatures:
    """Features of one hand over a grid of (n,) instants ``step_s`` apart."""
    mm = hand.mm
    known = np.isfinite(mm[:, 0, 0])
    weight = float(hand.seen.mean()) if len(hand.seen) else 0.0
    if known.sum() < MIN_SAMPLES:
        nan = float("nan")
        blank = dict.fromkeys(_POINTS, UNSEEN) | dict.fromkeys(_NUMBERS, nan)
        return HandFeatures(seen=weight, **blank)  # type: ignore[arg-type]
    palm = palm_centre(mm)
    thumb, index = mm[:, 4], mm[:, 8]
    points = np.stack(
        [
            thumb, thumb - palm, index, mm[:, FINGERTIPS, :].mean(axis=1), palm,
            mm[:, KNUCKLES, :].mean(axis=1), 0.5 * (thumb + index),
        ],
        axis=1,
    )  # fmt: skip
    lengths = np.stack(
        [
            np.hypot(*(mm[:, 4] - mm[:, 2]).T), np.hypot(*(mm[:, 8] - mm[:, 5]).T),
            np.hypot(*(thumb - index).T), np.hypot(*(mm[:, 9] - mm[:, 0]).T),
        ],
        axis=1,
    )  # fmt: skip
    paths = _paths(points, known, step_s)
    swings = _swings(hand.angles[:, :2], step_s) + _swings(lengths[:, :2], step_s)
    near = hand.near[known].mean(axis=0)
    size_mm, apart = (float(np.median(lengths[known, k])) for k in (3, 2))
    return HandFeatures(
        seen=weight, **paths,
        ip_swing=swings[0][0], ip_rate=swings[0][1], pip_swing=swings[1][0], pip_rate=swings[1][1],
        reach_swing=swings[2][0], reach_rate=swings[2][1],
        index_reach_swing=swings[3][0], index_reach_rate=swings[3][1],
        curl=_median(hand.angles[:, 2]), fold=_fold(mm[known]), flat=_flat(mm[known]),
        pinch_mm=apart,
        near_thumb=float(near[4]), near_index=float(near[8]), near_tips=float(near[list(FINGERTIPS)].mean()),
        near_palm=float(near[list(PALM)].mean()), size_mm=size_mm,
    )  # fmt: skip


def tips_path(hand: HandGrid, step_s: float = 1 / RATE_HZ) -> Path:
    """How the finger tips moved, for looking further back than all the other features do."""
    known = np.isfinite(hand.mm[:, 0, 0])
    if known.sum() < MIN_SAMPLES:
        return UNSEEN
    return _paths(hand.mm[:, FINGERTIPS, :].mean(axis=1)[:, None, :], known, step_s, names=("tips",))["tips"]


def reach(hand: HandGrid) -> tuple[float, float]:
    """mm that the palm covered along and across the foot, wherever it came from; NaN when hardly seen."""
    known = np.isfinite(hand.mm[:, 0, 0])
    if known.sum() < MIN_SAMPLES:
        return float("nan"), float("nan")
    covered = np.ptp(palm_centre(hand.mm[known]), axis=0)
    return float(covered[0]), float(covered[1])


def pair_features(grid: Grid, step_s: float = 1 / RATE_HZ) -> PairFeatures:
    """What only both hands together, or the foot, can tell."""
    left, right = (palm_centre(h.mm) for h in grid.hands)
    both = np.isfinite(left[:, 0]) & np.isfinite(right[:, 0])
    anti = _velocity_correlation(left, right, both, step_s)
    phase = thumbs_phase(grid, step_s)
    d = grid.foot_mm[:, 2:4] - grid.foot_mm[:, 0:2]
    known = np.isfinite(d[:, 0])
    if known.sum() < MIN_SAMPLES:
        return PairFeatures(*anti, phase, *([float("nan")] * 4))
    foot = _paths(d[:, None, :], known, step_s, names=("foot",))["foot"]
    return PairFeatures(*anti, phase, foot.radius, foot.flow, foot.turning, foot.rate_hz)


def thumbs_phase(grid: Grid, step_s: float = 1 / RATE_HZ) -> float:
    """0 when both thumbs circle together to 1 when they are opposite; NaN when it can't be told."""
    left, right = (h.mm[:, 4] for h in grid.hands)
    both = np.isfinite(left[:, 0]) & np.isfinite(right[:, 0])
    if both.sum() < 2 * MIN_SAMPLES:
        return float("nan")
    t = np.asarray(np.flatnonzero(both) * step_s, float)
    a, b = (_fit(p[both], t)[1] for p in (left, right))
    wave, count = _kernel(len(left), step_s)[:, both], len(FREQUENCIES)
    fa, fb = wave @ a, wave @ b
    power = np.sum(fa**2, axis=1) * np.sum(fb**2, axis=1)
    power = power[:count] + power[count:]
    k = int(np.argmax(power))
    va, vb = (np.concatenate([f[k], f[k + count]]) for f in (fa, fb))
    scale = float(np.linalg.norm(va) * np.linalg.norm(vb))
    return 0.5 - 0.5 * float(va @ vb) / scale if scale > 0 else float("nan")


def _paths(
    points: Floats, known: NDArray[np.bool_], step_s: float, names: tuple[str, ...] = _POINTS
) -> dict[str, Path]:
    """Paths of (n, P, 2) points that share one mask ``known`` (n,)."""
    n = len(points)
    t = np.asarray(np.flatnonzero(known) * step_s, float)
    p = _smoothed(points, known)[known]
    flat = p.reshape(len(t), -1)
    slope, wobble = _fit(flat, t)
    w = wobble.reshape(p.shape)
    d = slope.reshape(-1, 2)
    step = np.diff(t)
    joined = step < 2.5 * step_s
    v = np.diff(p, axis=0)[joined] / step[joined][:, None, None]
    middle = 0.5 * (w[1:] + w[:-1])[joined]
    vw = np.diff(w, axis=0)[joined] / step[joined][:, None, None]
    speed = np.hypot(v[..., 0], v[..., 1])
    moment = middle[..., 0] * vw[..., 1] - middle[..., 1] * vw[..., 0]
    size = np.hypot(middle[..., 0], middle[..., 1]) * np.hypot(vw[..., 0], vw[..., 1])
    turning = np.abs(moment.sum(axis=0)) / np.maximum(size.sum(axis=0), 1e-9)
    xx, yy, xy = (w[..., 0] ** 2).mean(0), (w[..., 1] ** 2).mean(0), (w[..., 0] * w[..., 1]).mean(0)
    half, root = 0.5 * (xx + yy), np.sqrt(0.25 * (xx - yy) ** 2 + xy**2)
    roundness = np.sqrt(np.maximum(half - root, 0) / np.maximum(half + root, 1e-9))
    rates, shares = _rhythm(wobble, known, step_s, pairs=True)
    ordered = np.sort(p, axis=0)
    edge = round(0.03 * (len(p) - 1))
    ranges = ordered[-1 - edge] - ordered[edge]
    unit = d / np.maximum(np.hypot(d[:, 0], d[:, 1]), 1e-9)[:, None]
    course, moments = _coarse(p, t)
    legs = np.diff(course, axis=0)
    total = max(float(moments[-1] - moments[0]), 1e-9)
    flow = np.hypot(legs[..., 0], legs[..., 1]).sum(axis=0) / total
    along = np.sum(course * unit, axis=2)
    way = np.abs(np.diff(along, axis=0)).sum(axis=0)
    monotony = (along[-1] - along[0]) / np.maximum(way, 1e-9)
    seen = len(t) / n
    mean = p.mean(axis=0)
    return {
        name: Path(
            seen, float(speed[:, i].mean()) if len(speed) else float("nan"), float(flow[i]), float(d[i, 0]),
            float(d[i, 1]), float(np.sqrt(xx[i] + yy[i])), float(roundness[i]), float(turning[i]), float(rates[i]),
            float(shares[i]), float(ranges[i, 0]), float(ranges[i, 1]), float(monotony[i]),
            float(mean[i, 0]), float(mean[i, 1]),
        )
        for i, name in enumerate(names)
    }  # fmt: skip


def _coarse(points: Floats, t: Floats, step_s: float = 0.33) -> tuple[Floats, Floats]:
    """Means over steps of a third of a second, and their moments: progress without jitter."""
    number = np.floor((t - t[0]) / step_s).astype(int)
    starts = np.flatnonzero(np.diff(number, prepend=-1))
    counts = np.diff(np.append(starts, len(t)))
    means = np.add.reduceat(points, starts, axis=0) / counts[:, None, None]
    return means, np.add.reduceat(t, starts) / counts


def _smoothed(points: Floats, known: NDArray[np.bool_]) -> Floats:
    """A running mean of three over what is known: 0.1 s, so that 5 Hz keeps most of its swing."""
    p = np.where(known[:, None, None], points, 0.0)
    k = known.astype(float)
    total, count = p.copy(), k.copy()
    total[1:] += p[:-1]
    total[:-1] += p[1:]
    count[1:] += k[:-1]
    count[:-1] += k[1:]
    return np.asarray(total / np.maximum(count, 1.0)[:, None, None])


def _fit(values: Floats, t: Floats) -> tuple[Floats, Floats]:
    """Slope per second (c,) of the straight line through (n, c) values, and what remains."""
    tc = t - t.mean()
    centred = values - values.mean(axis=0)
    slope = tc @ centred / max(float(tc @ tc), 1e-9)
    return slope, centred - tc[:, None] * slope


@cache
def _kernel(n: int, step_s: float) -> Floats:
    """(2 F, n) cosines, then sines, under a bell."""
    angle = 2 * np.pi * FREQUENCIES[:, None] * np.arange(n) * step_s
    taper = np.hanning(n + 2)[1:-1]
    return np.asarray(taper * np.concatenate([np.cos(angle), np.sin(angle)]))


def _rhythm(wobble: Floats, known: NDArray[np.bool_], step_s: float, pairs: bool) -> tuple[Floats, Floats]:
    """Strongest rate (Hz) and its share of the power of (m, c) columns sampled where ``known`` (n,).

    A tapered periodogram over what was seen: a gap counts as nothing, and the wobble's mean is zero. With ``pairs``
    the columns are x and y of points, taken together.
    """
    n, count = len(known), len(FREQUENCIES)
    squares = (_kernel(n, step_s)[:, known] @ wobble) ** 2
    power = squares[:count] + squares[count:]
    if pairs:
        power = power[:, 0::2] + power[:, 1::2]
    best = np.argmax(power, axis=0)
    cols = np.arange(power.shape[1])
    lo, hi = np.maximum(best - 1, 0), np.minimum(best + 1, count - 1)
    a, b, c = power[lo, cols], power[best, cols], power[hi, cols]
    bend = a - 2 * b + c
    inner = (bend < 0) & (best > 0) & (best < count - 1)
    shift = np.where(inner, 0.5 * (a - c) / np.where(inner, bend, -1.0), 0.0)
    rates = FREQUENCIES[best] * (FREQUENCIES[1] / FREQUENCIES[0]) ** shift
    # A pure tone fills a main lobe about 4 / duration wide: that much of the power counts as the rhythm's.
    lobe = np.abs(FREQUENCIES[:, None] - rates) <= 2.0 / (n * step_s)
    density = power * FREQUENCIES[:, None]
    share = np.where(lobe, density, 0).sum(axis=0) / np.maximum(density.sum(axis=0), 1e-9)
    return rates, share


def _swings(columns: Floats, step_s: float) -> list[tuple[float, float]]:
    """(rms, Hz) of the rhythm in each column's wobble around a straight line, NaN where too little is known."""
    known = np.isfinite(columns[:, 0])
    if known.sum() < MIN_SAMPLES:
        return [(float("nan"), float("nan"))] * columns.shape[1]
    values = _smoothed(columns[:, :, None], known)[known][:, :, 0]
    wobble = _fit(values, np.asarray(np.flatnonzero(known) * step_s, float))[1]
    rates, shares = _rhythm(wobble, known, step_s, pairs=False)
    # Only what keeps a rhythm counts as swing: landmark noise has none.
    rms = np.sqrt(np.mean(wobble**2, axis=0) * shares)
    return [(float(r), float(f)) for r, f in zip(rms, rates, strict=True)]


def _velocity_correlation(
    left: Floats, right: Floats, both: NDArray[np.bool_], step_s: float
) -> tuple[float, float]:
    t = np.asarray(np.flatnonzero(both) * step_s, float)
    if len(t) < 2 * MIN_SAMPLES:
        return float("nan"), float("nan")
    course = [_coarse(p[both][:, None, :], t, 0.2) for p in (left, right)]
    seconds = np.maximum(np.diff(course[0][1]), step_s)[:, None]
    a, b = (np.diff(c[0][:, 0], axis=0) / seconds for c in course)
    # (10 mm/s)² of common doubt keeps two still hands from correlating by accident.
    doubt = 100.0
    scale = np.sqrt((np.mean(a * a, axis=0) + doubt) * (np.mean(b * b, axis=0) + doubt))
    out = np.mean(a * b, axis=0) / scale
    return float(out[0]), float(out[1])


def _fold(mm: Floats) -> float:
    """Median over (m, 21, 2) of tip-to-MCP distance over the palm's length: about 0.9 straight, 0.3 a fist."""
    tips, bases = mm[:, (8, 12, 16, 20)], mm[:, (5, 9, 13, 17)]
    far = np.hypot(*(tips - bases).transpose(2, 0, 1)).mean(axis=1)
    palm = np.maximum(np.hypot(*(mm[:, 9] - mm[:, 0]).T), 20.0)
    return float(np.median(far / palm))


def _flat(mm: Floats) -> float:
    """Median palm area (wrist, index MCP, little MCP) as a share of a full-on palm's of the same reach."""
    a, b = mm[:, 5] - mm[:, 0], mm[:, 17] - mm[:, 0]
    area = 0.5 * np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
    reach = np.maximum(np.hypot(*a.T), np.hypot(*b.T))
    return float(np.median(area / np.maximum(reach, 20.0) ** 2)) / 0.3


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")
