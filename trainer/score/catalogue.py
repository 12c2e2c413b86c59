"""Every figure of an evaluation by name: what a table says of it.

Names end in their unit where they have one (``_s``, ``_per_min``); the others are shares. Errors are best at 0,
everything else at 1; ``better`` says which way each goes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """What a table says of a metric. ``better`` is ``high``, ``low`` or ``near 0``; ``form`` formats its number."""

    title: str
    better: str
    form: str = "{:.0%}"


METRICS: dict[str, Metric] = {
    "hands_found": Metric("true visible hands found (measured)", "high", "{:.1%}"),
    "hands_found_with_bridged": Metric("... or bridged", "high", "{:.1%}"),
    "hands_both_found": Metric("both hands found, when both are visible", "high"),
    "phantom_hands_per_min": Metric("phantom hands per minute (hand-frames)", "low", "{:.1f}"),
    "phantom_frames": Metric("share of the frames with a phantom hand", "low", "{:.2%}"),
    "phantom_bridged_per_min": Metric("phantom bridged hands per minute (hand-frames)", "low", "{:.1f}"),
    "side_right": Metric("left/right called rightly", "high", "{:.1%}"),
    "identity_swaps": Metric("identity swaps", "low", "{:.0f}"),
    "identity_swaps_per_10_min": Metric("... per 10 minutes of video", "low", "{:.1f}"),
    "landmark_error_median": Metric("hand landmark error / hand size, median", "low", "{:.1%}"),
    "landmark_error_p90": Metric("hand landmark error / hand size, 90th percentile", "low", "{:.1%}"),
    "shown_error_median": Metric("... of hands that show at least 30 %, median", "low", "{:.1%}"),
    "hidden_error_median": Metric("... of hands hidden more than that, median", "low", "{:.1%}"),
    "joint_error_median": Metric("... of joints that are seen, median", "low", "{:.1%}"),
    "hidden_joint_error_median": Metric("... of joints that something hides, median", "low", "{:.1%}"),
    "bridged_error_median": Metric("bridged hands' landmark error / hand size, median", "low", "{:.1%}"),
    "bridged_share": Metric("share of the reported hands that are bridged", "low"),
    "foot_found": Metric("foot found", "high", "{:.1%}"),
    "foot_side_right": Metric("... left or right foot told rightly", "high", "{:.1%}"),
    "foot_view_right": Metric("... the face that is seen told rightly", "high", "{:.1%}"),
    "foot_named_right": Metric("... both", "high", "{:.1%}"),
    "foot_false": Metric("foot reported in frames without any", "low", "{:.1%}"),
    "foot_error_median": Metric("foot landmark error / foot length, seen landmarks, median", "low", "{:.1%}"),
    "foot_hidden_error_median": Metric("... hidden landmarks, median", "low", "{:.1%}"),
    "foot_error_p95": Metric("... all landmarks, 95th percentile", "low", "{:.1%}"),
    "foot_pck_20": Metric("foot landmarks within 20 % of the foot's length (PCK@0.2)", "high", "{:.1%}"),
    "foot_drift_60_s": Metric("foot's drift in 60 s / foot length, 95th percentile", "low", "{:.1%}"),
    "macro_f1": Metric("live label: macro-F1 over the techniques and rest", "high", "{:.3f}"),
    "frame_accuracy_live": Metric("... frame accuracy (not sure counts as wrong)", "high", "{:.1%}"),
    "frame_accuracy_live_when_sure": Metric("... frame accuracy when sure", "high", "{:.1%}"),
    "abstained_live": Metric("... share of the frames not sure", "low", "{:.1%}"),
    "label_delay_median_s": Metric("from true onset to the stable live label, median, seconds", "low", "{:.2f}"),
    "label_delay_p95_s": Metric("... 95th percentile", "low", "{:.2f}"),
    "strokes_named": Metric("... true strokes that ever got it", "high", "{:.1%}"),
    "label_flips_per_min": Metric("changes of the label per minute of steady work", "low", "{:.1f}"),
    "hands_named_right": Metric("of the frames of strokes rightly named: working hands right", "high", "{:.1%}"),
    "calibration_error": Metric("expected calibration error of the confidence shown", "low", "{:.2f}"),
    "frame_accuracy": Metric("scorecard: frame accuracy (not sure counts as wrong)", "high"),
    "frame_accuracy_when_sure": Metric("... frame accuracy when sure", "high"),
    "abstained": Metric("... share of the frames not sure", "low"),
    "f1_10": Metric("segmental F1@10", "high", "{:.2f}"),
    "f1_25": Metric("... F1@25", "high", "{:.2f}"),
    "f1_50": Metric("... F1@50", "high", "{:.2f}"),
    "edit": Metric("... edit score of the order of strokes", "high", "{:.2f}"),
    "f1_10_with_rest": Metric("segmental F1@10, rest kept", "high", "{:.2f}"),
    "f1_25_with_rest": Metric("... F1@25", "high", "{:.2f}"),
    "f1_50_with_rest": Metric("... F1@50", "high", "{:.2f}"),
    "edit_with_rest": Metric("... edit score", "high", "{:.2f}"),
    "refined_macro_f1": Metric("looked back upon: macro-F1", "high", "{:.3f}"),
    "refined_accuracy": Metric("... frame accuracy", "high", "{:.1%}"),
    "f1_10_refined": Metric("... segmental F1@10", "high", "{:.2f}"),
    "f1_25_refined": Metric("... F1@25", "high", "{:.2f}"),
    "f1_50_refined": Metric("... F1@50", "high", "{:.2f}"),
    "edit_refined": Metric("... edit score", "high", "{:.2f}"),
    "cycle_precision": Metric("cycles at ±100 ms: precision", "high", "{:.2f}"),
    "cycle_recall": Metric("cycles at ±100 ms: recall", "high", "{:.2f}"),
    "cycle_f": Metric("cycles at ±100 ms: F", "high", "{:.2f}"),
    "cycle_offset_s": Metric("cycles' constant delay, seconds", "near 0", "{:+.3f}"),
    "cycle_f_without_offset": Metric("cycles' F without that delay", "high", "{:.2f}"),
    "rate_error_per_min_median": Metric("rate error per stroke named rightly, per minute, median", "low", "{:.1f}"),
    "rate_error_per_min_p90": Metric("... 90th percentile", "low", "{:.1f}"),
    "rate_shown_right": Metric("strokes whose tempo is shown after 4 s, right to 3 a minute", "high"),
    "rate_known": Metric("true strokes whose rate was told", "high"),
    "zone_seconds_error": Metric("zone-seconds error: seconds wrong / true seconds", "low"),
    "zone_error_median": Metric("zone-seconds error per zone, median", "low"),
    "zone_false_s": Metric("seconds of contact told where there was none in the clip", "low", "{:.1f}"),
    "coverage_dice": Metric("coverage map of the sole: Dice of the worked cells", "high", "{:.2f}"),
    "coverage_dice_top": Metric("... of the top", "high", "{:.2f}"),
    "contact_error_median": Metric("contact's place on its map, (u, v) error, median", "low", "{:.3f}"),
    "contact_error_p90": Metric("... 90th percentile", "low", "{:.3f}"),
    "contact_face_right": Metric("... on the right face", "high", "{:.1%}"),
    "contact_told": Metric("of the time in which a seen hand works on the skin: told as contact", "high"),
    "contact_false": Metric("of the time in which a seen hand hovers, steadies or moves on: told as contact", "low"),
    "length_error_median": Metric("lengths on the foot's surface, its length being known: error, median", "low",
                                  "{:.1%}"),
    "length_error_p90": Metric("... 90th percentile", "low", "{:.1%}"),
    "unseen_share": Metric("share of the session told as unseen", "low"),
}  # fmt: skip
"""Every metric that ``evaluate_clip`` gives, in the order of the tables."""

_EYE = [
    "hands_found", "hands_both_found", "phantom_hands_per_min", "phantom_frames", "side_right", "identity_swaps",
    "identity_swaps_per_10_min", "landmark_error_median", "landmark_error_p90", "shown_error_median",
    "hidden_error_median", "joint_error_median", "hidden_joint_error_median",
]  # fmt: skip
YARDSTICK: dict[str, Metric] = {
    "kept": Metric("of the visible hands that MediaPipe has: kept (measured)", "high", "{:.1%}"),
    "kept_with_bridged": Metric("... or bridged", "high", "{:.1%}"),
    "found_beyond": Metric("visible hands found that MediaPipe hasn't", "high", "{:.1%}"),
    "visible_hand_frames": Metric("hands to be found (hand-frames)", "", "{:.0f}"),
    **{f"stock_{name}": METRICS[name] for name in _EYE},
}
"""What is there beside with a yardstick. ``stock_…``: MediaPipe by itself, its hands called as it calls them."""

_BY_FRAME = ("bridged_", "phantom_", "hands_", "foot_", "contact_", "length_")
POOLED = frozenset([name for name in METRICS if name.startswith(_BY_FRAME)] + _EYE)
"""Those that are reckoned over the frames of all clips together."""
