"""How well what is seen fits each technique: the look-alike table of the domain as soft rules.

Each rule reads as a description of the movement. Numbers are the physical ones of the domain where it gives them
(radii, creep per bite, presets widened by what learners do) and otherwise broad; a rule's score is 0–1 and the scores
needn't add up to one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, isnan, log

from trainer.model import SIDES, Side
from trainer.strokes.features import HandFeatures, PairFeatures, Path
from trainer.strokes.membership import band, either, every, fall, rise, weak

ACTIVE = (
    "effleurage", "kneading", "knuckling", "thumb_walking", "finger_walking", "friction", "tapotement", "press_hold",
    "wringing", "toe_rotation", "toe_pull", "ankle_rotation",
)  # fmt: skip


@dataclass(frozen=True)
class View:
    """What the rules look at: each hand over a short and a long window, and the pair over both. ``glides`` is each
    palm's reach (along, across) in mm over some seconds, also from where it came; ``tips`` the finger tips'
    paths over the long window. The foot's length in mm, and whether the sole is what is seen."""

    short: tuple[HandFeatures, HandFeatures]
    long: tuple[HandFeatures, HandFeatures]
    pair_short: PairFeatures
    pair_long: PairFeatures
    glides: tuple[tuple[float, float], tuple[float, float]]
    tips: tuple[Path, Path]
    length_mm: float
    sole: bool


@dataclass(frozen=True)
class Evidence:
    """``scores`` technique (and ``rest``) → 0–1; ``hands`` technique → who does it; ``seen`` share of the short
    window in which a hand was seen, 0–1."""

    scores: dict[str, float]
    hands: dict[str, tuple[Side, ...]]
    seen: float


def weigh(view: View) -> Evidence:
    """Scores of all techniques and rest."""
    per_hand = [
        _hand_scores(s, lo, glide, tips, view.length_mm, view.sole)
        for s, lo, glide, tips in zip(view.short, view.long, view.glides, view.tips, strict=True)
    ]
    scores: dict[str, float] = {}
    hands: dict[str, tuple[Side, ...]] = {}
    for name in per_hand[0]:
        left, right = per_hand[0][name], per_hand[1][name]
        best = max(left, right)
        scores[name] = best
        hands[name] = tuple(
            s for s, v in zip(SIDES, (left, right), strict=True) if v >= max(0.5 * best, 0.05)
        )
    if view.sole:
        # On the sole it is usually the thumb that walks; the index finger is out of sight behind the foot.
        scores["finger_walking"] *= 0.35
    _alternation(view, scores, per_hand)
    _two_strike(view, scores)
    both: tuple[Side, ...] = ("left", "right")
    scores["wringing"], hands["wringing"] = _wringing(view), both
    scores["ankle_rotation"], hands["ankle_rotation"] = _ankle(view), both
    ankle = scores["ankle_rotation"]
    busy = 0.0
    for name in scores:
        if name not in ("ankle_rotation", "press_hold"):
            scores[name] *= 1.0 - 0.9 * ankle
            if name != "wringing":
                # Two hands moving against each other explain what either seems to do alone.
                scores[name] *= 1.0 - 0.8 * scores["wringing"]
            busy = max(busy, scores[name])
    # A hand that merely holds the foot looks like a press: any real work by the other one outweighs it.
    moving = max((max(h.thumb.flow, h.palm.flow) for h in view.short if not isnan(h.thumb.x)), default=0.0)
    scores["press_hold"] *= (1.0 - min(1.0, 1.3 * busy)) * (1.0 - ankle) * fall(moving, 18, 40)
    scores["rest"] = _rest(view, max(busy, ankle))
    hands["rest"] = ()
    seen = max(h.seen for h in view.short)
    return Evidence(scores, hands, seen)


def _hand_scores(
    s: HandFeatures, lo: HandFeatures, glide: tuple[float, float], tips: Path, length_mm: float, sole: bool
) -> dict[str, float]:
    if isnan(s.thumb.x):
        names = ("effleurage", "kneading", "knuckling", "thumb_walking", "finger_walking", "friction", "tapotement",
                 "press_hold", "toe_rotation", "toe_pull")  # fmt: skip
        return dict.fromkeys(names, 0.0)
    fist = _fist(s)
    pinch = _pinch(s, length_mm)
    thumb_walk, finger_walk = _walk(s, fist, sole)
    rotation, pull = _toe(s, lo, pinch)
    return {
        "effleurage": _effleurage(s, lo, glide) * (1 - fist),
        "kneading": _kneading(s, length_mm) * (1 - fist) * (1 - 0.8 * pinch),
        "knuckling": _knuckling(s, lo, length_mm) * fist * (1 - 0.8 * pinch) * (1.0 if sole else 0.3),
        "thumb_walking": thumb_walk * (1 - 0.8 * pinch), "finger_walking": finger_walk * (1 - 0.8 * pinch),
        "friction": _friction(s) * (1 - fist) * (1 - 0.8 * pinch),
        "tapotement": _tapotement(s, tips) * rise(lo.seen, 0.25, 0.45) * (1 - 0.8 * max(thumb_walk, finger_walk)),
        "press_hold": _press(s, fist) * (1 - 0.8 * pinch),
        "toe_rotation": rotation, "toe_pull": pull,
    }  # fmt: skip


def _drift(p: Path) -> float:
    return hypot(p.drift_x, p.drift_y)


def _fist(s: HandFeatures) -> float:
    """Fingers rolled in: bent in 3-D where that is known, and short in the picture. Fingers that wrap around the foot
    are bent as well (and mostly hidden, so guessed), but reach away from the palm."""
    if isnan(s.curl):
        return fall(s.fold, 0.35, 0.65) * rise(s.flat, 0.3, 0.6)
    return rise(s.curl, 95, 118) * fall(s.fold, 0.45, 0.62)


def _open_flat(s: HandFeatures) -> float:
    """A palm seen full on with straight fingers: a hand that glides or lies, not one that grips."""
    straight = rise(s.fold, 0.45, 0.65) if isnan(s.curl) else fall(s.curl, 55, 85)
    return every(straight, rise(s.flat, 0.4, 0.65))


def _pinch(s: HandFeatures, length_mm: float) -> float:
    """Thumb and index finger close together at the toes, moving as one."""
    u = s.pinch.x / length_mm
    apart = max(s.pinch.radius, 2.0)
    return every(
        band(u, 0.74, 0.83, 1.2, 1.4), fall(s.pinch_mm, 28, 50), fall(s.thumb_own.radius / apart, 0.6, 1.2)
    )


def _kneading(s: HandFeatures, length_mm: float) -> float:
    own = s.thumb_own.radius / max(s.thumb.radius, 1.0)
    return every(
        band(s.thumb.radius, 6, 9.5, 26, 36), rise(s.thumb.turning, 0.25, 0.6),
        band(s.thumb.rate_hz, 0.3, 0.45, 1.4, 2.0), weak(rise(own, 0.1, 0.35), 0.4),
        fall(_drift(s.thumb) / max(s.thumb.speed, 10.0), 0.55, 0.9), weak(rise(s.near_thumb, 0.05, 0.4), 0.1),
    )  # fmt: skip


def _friction(s: HandFeatures) -> float:
    def circles(p: Path, near: float) -> float:
        return every(
            band(p.radius, 2.0, 3.2, 7.5, 10.5), rise(p.turning, 0.4, 0.65), band(p.rate_hz, 0.55, 0.75, 1.8, 2.4),
            fall(_drift(p), 4, 10), weak(rise(near, 0.05, 0.4), 0.1),
        )  # fmt: skip

    # A finger's circles take the whole hand along; one hidden behind the foot trembles on its own.
    finger = circles(s.index, s.near_index) * rise(s.thumb.turning, 0.15, 0.4)
    return max(circles(s.thumb, s.near_thumb), finger)


def _walk(s: HandFeatures, fist: float, sole: bool) -> tuple[float, float]:
    def bends(angle: float, angle_hz: float, reach: float, reach_hz: float) -> float:
        flat = every(rise(reach, 2.5, 5), band(reach_hz, 0.6, 0.85, 2.3, 3.0))
        if isnan(angle):
            return 0.8 * flat
        # The 3-D joint angle is the better witness; a chain also looks shorter when the hand tips.
        return weak(flat, 0.8) * every(rise(angle, 4.5, 9), band(angle_hz, 0.35, 0.65, 2.3, 3.0))

    thumb = bends(s.ip_swing, s.ip_rate, s.reach_swing, s.reach_rate)
    index = bends(s.pip_swing, s.pip_rate, s.index_reach_swing, s.index_reach_rate)

    def creeps(p: Path, near: float) -> float:
        # A bending thumb's tip also sways a little in the picture: creep is a hint, the bending decides.
        creep = every(band(_drift(p), 0.8, 2.0, 14, 22), rise(p.monotony, 0.1, 0.5))
        return every(
            weak(creep, 0.35), fall(p.radius, 8, 15), fall(_drift(p), 14, 24), fall(p.turning, 0.35, 0.65),
            weak(rise(near, 0.05, 0.4), 0.1),
        )  # fmt: skip

    # On the sole the index finger is mostly out of sight behind the foot: its trembling is no rival.
    rival = 0.3 if sole else 1.0
    total = thumb * thumb + rival * index * index + 1e-6
    return (
        every(thumb, creeps(s.thumb, s.near_thumb), thumb * thumb / total, 1 - 0.5 * fist),
        every(index, creeps(s.index, s.near_index), index * index / total, 1 - 0.5 * fist),
    )


def _tapotement(s: HandFeatures, long_tips: Path, slowest_hz: float = 1.3) -> float:
    """Fast, to and fro, and steady: the landmarks of hidden fingers tremble too, but never at one rate for long."""
    steady = every(
        weak(fall(abs(log(s.tips.rate_hz / long_tips.rate_hz)), 0.12, 0.35), 0.1),
        rise(long_tips.rhythm, 0.35, 0.6),
    )
    strikes = every(
        rise(s.tips.rate_hz, slowest_hz, slowest_hz + 0.5), rise(s.tips.radius, 1.6, 3.0),
        rise(s.tips.rhythm, 0.3, 0.6), fall(s.tips.turning, 0.35, 0.6), fall(_drift(s.tips), 30, 60),
        rise(s.tips.speed, 25, 45),
    )  # fmt: skip
    # The wrist or forearm swings: the knuckles take part, and the joints of the fingers hardly.
    together = rise(s.knuckles.radius / max(s.tips.radius, 1.0), 0.25, 0.5)
    return every(strikes, steady, together, weak(rise(s.near_tips, 0.05, 0.3), 0.2))


def _press(s: HandFeatures, fist: float) -> float:
    still = every(
        fall(s.thumb.radius, 3.5, 6), fall(s.thumb.flow, 12, 24), fall(s.palm.flow, 10, 20),
        fall(s.thumb.turning, 0.45, 0.75), fall(s.ip_swing, 5, 10), weak(fall(s.tips.radius, 3.5, 7), 0.5),
    )  # fmt: skip
    return every(still, rise(s.near_thumb, 0.2, 0.6), 1 - _open_flat(s), 1 - fist)


def _effleurage(s: HandFeatures, lo: HandFeatures, glide: tuple[float, float]) -> float:
    along = s.palm.range_x / max(s.palm.range_x + s.palm.range_y, 1.0)
    rigid = fall(s.thumb_own.radius / max(s.palm.radius + 0.15 * s.palm.range_x, 1.0), 0.5, 1.0)
    straight = rise(s.fold, 0.35, 0.6) if isnan(s.curl) else fall(s.curl, 75, 115)
    going = every(
        rise(s.palm.flow, 20, 38), rise(s.palm.range_x, 18, 40), rise(lo.palm.range_x, 35, 80), rise(along, 0.55, 0.7),
        fall(s.palm.rate_hz, 1.1, 1.7),
    )  # fmt: skip
    # About to turn: slow just now, but a long way has been covered.
    turning = every(
        rise(glide[0], 70, 110), rise(glide[0] / max(glide[0] + glide[1], 1.0), 0.6, 0.75), rise(s.palm.flow, 10, 22),
        fall(s.palm.turning, 0.5, 0.9),
    )  # fmt: skip
    return every(max(going, 0.8 * turning), rigid, straight, rise(max(s.near_palm, s.near_tips), 0.15, 0.4))


def _knuckling(s: HandFeatures, lo: HandFeatures, length_mm: float) -> float:
    best = max(s.knuckles.radius, lo.knuckles.radius)
    return every(
        band(best, 3, 5.5, 45, 70), rise(s.knuckles.flow, 12, 25), fall(s.knuckles.rate_hz, 1.2, 1.8),
        rise(max(s.near_tips, s.near_palm), 0.15, 0.4),
        # A fist rolls on the sole; a hand rolled in at the toes holds one of them.
        fall(s.knuckles.x / length_mm, 0.75, 0.9),
    )  # fmt: skip


def _toe(s: HandFeatures, lo: HandFeatures, pinch: float) -> tuple[float, float]:
    def along(p: Path) -> float:
        return p.range_x / max(p.range_x + p.range_y, 1.0)

    moves = either(rise(s.pinch.flow, 8, 16), rise(lo.pinch.flow, 10, 20))
    turning = max(s.pinch.turning, lo.pinch.turning)
    x = 0.5 * (along(s.pinch) + along(lo.pinch)) if not isnan(lo.pinch.x) else along(s.pinch)
    circles = either(rise(turning, 0.35, 0.65), fall(x, 0.4, 0.55))
    line = every(rise(x, 0.52, 0.68), fall(turning, 0.4, 0.75))
    return every(pinch, moves, circles), every(pinch, moves, line)


def _wringing(view: View) -> float:
    scores = []
    for hands, pair in ((view.short, view.pair_short), (view.long, view.pair_long)):
        if isnan(pair.together_y):
            continue
        low = min(h.palm.flow for h in view.short)
        ranges = [(h.palm.range_y, h.palm.range_x) for h in hands]
        across = min(y / max(x + y, 1.0) for y, x in ranges)
        own = max(h.thumb_own.radius / max(h.palm.radius, 1.0) for h in hands)
        scores.append(
            every(
                rise(-pair.together_y, 0.25, 0.55), rise(low, 9, 20), rise(across, 0.4, 0.6),
                fall(max(h.palm.turning for h in hands), 0.5, 0.85), weak(fall(own, 0.5, 1.0), 0.3),
                fall(max(h.palm.rate_hz for h in hands), 1.2, 1.9),
                rise(min(max(h.near_palm, h.near_tips) for h in hands), 0.1, 0.35),
            )
        )  # fmt: skip
    return max(scores, default=0.0)


def _ankle(view: View) -> float:
    swing = max(_zero(view.pair_short.foot_swing), _zero(view.pair_long.foot_swing))
    held = max(max(_zero(h.near_palm), _zero(h.near_tips), _zero(h.near_thumb)) for h in view.short)
    still = min((h.palm.flow for h in view.short if not isnan(h.palm.flow)), default=0.0)
    # A tracked outline wobbles by some mm when hands pass over it; a circling foot swings by centimetres.
    return every(
        rise(swing, 5, 12), rise(_zero(view.pair_short.foot_flow), 8, 20), fall(still, 30, 60),
        weak(rise(held, 0.1, 0.4), 0.3),
    )  # fmt: skip


def _zero(x: float) -> float:
    return 0.0 if isnan(x) else x


def _alternation(view: View, scores: dict[str, float], per_hand: list[dict[str, float]]) -> None:
    """Two thumbs circling against each other knead, even in small circles; one alone, small, is friction."""
    left, right = (h.thumb for h in view.short)
    circling = [
        every(band(p.radius, 3, 6, 26, 36), rise(p.turning, 0.35, 0.6), band(p.rate_hz, 0.3, 0.45, 1.4, 2.0))
        for p in (left, right)
        if not isnan(p.x)
    ]
    if len(circling) < 2:
        return
    two = min(circling)
    phase = view.pair_short.thumbs_phase
    alternate = weak(band(phase, 0.15, 0.3, 1.0, 1.01) if not isnan(phase) else 0.5, 0.6)
    near = min(1.0, max(h["kneading"] for h in per_hand) + 0.7)
    scores["kneading"] = max(scores["kneading"], two * alternate * near)
    scores["friction"] *= 1.0 - 0.8 * two


def _two_strike(view: View, scores: dict[str, float]) -> None:
    """Two hands striking in turn need only half the pace each."""
    both = [
        _tapotement(s, tips, 0.9) for s, tips in zip(view.short, view.tips, strict=True) if not isnan(s.thumb.x)
    ]
    if len(both) == 2:
        walking = max(scores["thumb_walking"], scores["finger_walking"])
        scores["tapotement"] = max(scores["tapotement"], min(both) * (1 - 0.8 * walking))


def _rest(view: View, busy: float) -> float:
    idle = []
    for s in view.short:
        if isnan(s.thumb.x):
            continue
        over = max(s.near_thumb, s.near_index, s.near_tips, s.near_palm)
        off = fall(over, 0.1, 0.4)
        lying = every(_open_flat(s), fall(s.palm.flow, 10, 20), fall(s.tips.radius, 3, 5.5))
        idle.append(either(off, lying))
    if not idle:
        return 0.35
    return min(idle) * (1.0 - 0.7 * busy)
