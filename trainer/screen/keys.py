"""The keys of the window: what each does, and the lines of the on-screen help."""

from __future__ import annotations

from enum import Enum


class Action(Enum):
    """What a key asks for: (key as shown, its words in the texts' table keys; empty: not listed)."""

    PAUSE = ("Space", "pause")
    NEXT = ("N", "next")
    BACK = ("B", "back")
    WHY = ("Y", "why")
    MUTE = ("T", "mute")
    FOOT = ("F", "foot")
    SIDE = ("S", "side")
    VIEW = ("V", "view")
    MIRROR = ("M", "mirror")
    ZONES = ("Z", "zones")
    CLEAR = ("C", "clear")
    RECORD = ("R", "record")
    DISCOMFORT = ("D", "discomfort")
    SCREEN = ("W", "screen")
    HELP = ("H", "help")
    QUIT = ("Q", "quit")
    CANCEL = ("Esc", "")
    ACCEPT = ("Enter", "")
    UNDO = ("Backspace", "")


_CODES = {
    32: Action.PAUSE, ord("f"): Action.FOOT, ord("s"): Action.SIDE, ord("v"): Action.VIEW, ord("m"): Action.MIRROR,
    ord("z"): Action.ZONES, ord("c"): Action.CLEAR, ord("r"): Action.RECORD, ord("d"): Action.DISCOMFORT,
    ord("w"): Action.SCREEN, ord("n"): Action.NEXT, ord("b"): Action.BACK, ord("y"): Action.WHY, ord("t"): Action.MUTE,
    ord("h"): Action.HELP, ord("?"): Action.HELP, ord("q"): Action.QUIT, 27: Action.CANCEL,
    13: Action.ACCEPT, 10: Action.ACCEPT, 0x8D: Action.ACCEPT, 8: Action.UNDO, 127: Action.UNDO,
}  # fmt: skip
_F11 = {65480, 0x7A0000}
_X11_PLAIN = {0xFF08, 0xFF0D, 0xFF1B, 0xFF8D}


def action_of(code: int) -> Action | None:
    """The action of a code from cv2.waitKeyEx (-1: no key), whatever shift, caps lock or num lock say."""
    if code < 0:
        return None
    if code in _F11:
        return Action.SCREEN
    symbol = code & 0xFFFF
    if symbol >= 0xFF00:
        # X11's names of keys without a letter: Return, Escape and so on end in their ASCII code, the cursor keys
        # in those of letters.
        return _CODES[symbol & 0xFF] if symbol in _X11_PLAIN else None
    return _CODES.get(ord(chr(symbol).lower())) if symbol <= 0xFF else None


HELP_LINES: tuple[tuple[str, str], ...] = tuple(a.value for a in Action if a.value[1])
"""All keys, with their words in the texts' table keys."""
EDITOR_LINES: tuple[tuple[str, str], ...] = (
    ("Enter", "accept"),
    ("Esc", "cancel"),
    ("Backspace", "undo"),
    ("S", "side"),
    ("V", "view"),
)
"""Keys while the foot is marked, with their words in the texts' table editor."""
