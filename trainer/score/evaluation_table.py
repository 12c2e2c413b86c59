"""Tables of an evaluation: for the terminal, and as Markdown for a README."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from trainer.score.catalogue import METRICS, YARDSTICK, Metric
from trainer.score.evaluate import Results

if TYPE_CHECKING:
    from rich.table import Table

MAX_COLUMNS = 6
"""Of more clips than this only the totals are shown."""
ALL = "all"
_SECTION_ENDS = {
    "bridged_share", "foot_drift_60_s", "calibration_error", "abstained", "edit_with_rest", "edit_refined",
    "cycle_f_without_offset", "rate_known",
}  # fmt: skip
_BESIDE_ENDS = {"hands_both_found", "phantom_bridged_per_min", "bridged_error_median"}
_BESIDE = {
    "hands_found": "visible hands found (measured)",
    "hands_found_with_bridged": "visible hands found (measured or bridged)",
    "kept": "of those that MediaPipe has: kept (measured)",
    "kept_with_bridged": "of those that MediaPipe has: kept (measured or bridged)",
    "found_beyond": "visible hands found that MediaPipe hasn't",
    "hands_both_found": "both hands found, when both are visible",
    "phantom_hands_per_min": "phantom hands per minute (hand-frames)",
    "phantom_frames": "share of the frames with a phantom hand",
    "phantom_bridged_per_min": "phantom bridged hands per minute (hand-frames)",
    "landmark_error_median": "landmark error / hand size, median",
    "landmark_error_p90": "landmark error / hand size, 90th percentile",
    "shown_error_median": "landmark error of hands that show at least 30 %, median",
    "hidden_error_median": "landmark error of hands hidden more than that, median",
    "joint_error_median": "landmark error of joints that are seen, median",
    "hidden_joint_error_median": "landmark error of joints that something hides, median",
    "bridged_error_median": "landmark error of bridged hands, median",
    "side_right": "left/right called rightly",
    "identity_swaps_per_10_min": "identity swaps per 10 minutes of video",
}
_GROUPED = {
    "visible_hand_frames": "hands", "stock_hands_found": "MP found", "hands_found": "found",
    "hands_found_with_bridged": "+bridged", "stock_phantom_frames": "MP phantom frames",
    "phantom_frames": "phantom frames", "side_right": "side",
    "stock_joint_error_median": "MP error", "joint_error_median": "error",
    "hidden_joint_error_median": "hidden",
    "macro_f1": "F1", "f1_50": "F1@50", "cycle_f": "cycles", "rate_error_per_min_median": "rate error",
    "identity_swaps": "swaps", "foot_found": "foot found", "foot_named_right": "side, view",
    "foot_error_median": "foot error", "foot_pck_20": "PCK",
}  # fmt: skip
_KNOWN = {**METRICS, **YARDSTICK}


def clips_table(clips: Mapping[str, Results], every: Results, spans: Mapping[str, tuple[float, float]]) -> Table:
    """One row per metric, one column per clip, and all together last; ``spans``: their 95 % intervals, where known."""
    from rich.table import Table as RichTable

    shown = RichTable(title="Against truth", title_justify="left", caption_justify="left")
    shown.caption = "–: nothing to measure. Definitions: docs/finder_figures.md, trainer/score/metrics.py"
    shown.add_column("metric", overflow="fold")
    shown.add_column("better", style="dim")
    columns = _columns(clips, every)
    for name in columns:
        shown.add_column(name, justify="right", overflow="fold", style="bold" if name == ALL else "")
    if spans:
        shown.add_column("95 % of clips redrawn", justify="right", style="dim", no_wrap=True)
    for name, metric in METRICS.items():
        cells = [_cell(name, column) for column in columns.values()]
        if spans:
            cells.append(" – ".join(_number(bound, metric) for bound in spans[name]) if name in spans else "")
        shown.add_row(metric.title, metric.better, *cells, end_section=name in _SECTION_ENDS)
    return shown


def beside_table(every: Results) -> Table:
    """MediaPipe by itself and the program, side by side over the same frames."""
    from rich.table import Table as RichTable

    hands = _cell("visible_hand_frames", every)
    shown = RichTable(title=f"Hands beside MediaPipe's own, {hands} to be found", title_justify="left")
    shown.add_column("metric", overflow="fold")
    for name in ("MediaPipe", "trainer"):
        shown.add_column(name, justify="right")
    for name, title, stock, ours in _beside(every):
        shown.add_row(title, stock, ours, end_section=name in _BESIDE_ENDS)
    return shown


def groups_table(by: str, groups: Mapping[str, Results]) -> Table:
    """One row per group of frames; MP is MediaPipe by itself, where it was asked."""
    from rich.table import Table as RichTable

    known = _known_in(groups)
    shown = RichTable(title=f"By {by}", title_justify="left")
    shown.add_column(by, no_wrap=True)
    for name in known:
        shown.add_column(_GROUPED[name], justify="right", overflow="fold")
    for which, results in groups.items():
        shown.add_row(which, *[_cell(name, results) for name in known])
    return shown


def markdown(clips: Mapping[str, Results], every: Results, groups: Mapping[str, Mapping[str, Results]]) -> str:
    """All of it as Markdown."""
    columns = _columns(clips, every)
    rows = [[m.title, m.better, *[_cell(name, c) for c in columns.values()]] for name, m in METRICS.items()]
    parts = [_markdown(["metric", "better", *columns], rows, 2)]
    if "kept" in every:
        beside = [[title, stock, ours] for _, title, stock, ours in _beside(every)]
        parts.append(_markdown(["metric", "MediaPipe", "trainer"], beside, 1))
    for by, members in groups.items():
        known = _known_in(members)
        rows = [[which, *[_cell(name, results) for name in known]] for which, results in members.items()]
        parts.append(_markdown([by, *[_GROUPED[name] for name in known]], rows, 1))
    return "\n".join(parts)


def _columns(clips: Mapping[str, Results], every: Results) -> dict[str, Results]:
    if len(clips) == 1:
        return dict(clips)
    return {**(clips if len(clips) <= MAX_COLUMNS else {}), ALL: every}


def _beside(every: Results) -> list[tuple[str, str, str, str]]:
    stock = {name: _cell(f"stock_{name}", every) if f"stock_{name}" in every else "" for name in _BESIDE}
    return [(name, title, stock[name], _cell(name, every)) for name, title in _BESIDE.items()]


def _known_in(groups: Mapping[str, Results]) -> list[str]:
    return [name for name in _GROUPED if any(name in results for results in groups.values())]


def _cell(name: str, results: Results) -> str:
    metric: Metric = _KNOWN[name]
    return _number(results.get(name, math.nan), metric)


def _number(value: float, metric: Metric) -> str:
    return "never" if value == math.inf else metric.form.format(value) if math.isfinite(value) else "–"


def _markdown(head: list[str], rows: list[list[str]], words: int) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * words + "---:|" * (len(head) - words)]
    return "\n".join([*lines, *["| " + " | ".join(row) + " |" for row in rows]]) + "\n"
