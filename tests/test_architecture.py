"""The direction of the imports, held by test: nothing early in the flow knows of what comes later."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "trainer"

FORBIDDEN = {
    "video": {"hands", "foot", "strokes", "coach", "screen", "score", "studio", "pipeline", "commands", "cli"},
    "hands": {"strokes", "coach", "screen", "studio", "pipeline", "commands", "cli"},
    "foot": {"strokes", "coach", "screen", "score", "studio", "pipeline", "commands", "cli"},
    "strokes": {"coach", "screen", "score", "studio", "pipeline", "commands", "cli"},
    "coach": {"screen", "score", "studio", "library", "pipeline", "commands", "cli"},
    "look": {"strokes", "coach", "screen", "score", "studio", "pipeline", "commands", "cli"},
    "words": {"video", "hands", "foot", "strokes", "coach", "screen", "score", "library", "pipeline", "commands"},
    "review": {"screen", "studio", "commands", "cli"},
    "library": {"review", "screen", "studio", "commands", "cli"},
    "score": {"studio", "library", "review", "commands", "cli"},
    "screen": {"review", "studio", "commands", "cli"},
}
ALL = sorted(p for p in PACKAGE.rglob("*.py") if "_data" not in p.parts)


def imports_of(path: Path) -> set[str]:
    """Dotted names below ``trainer`` that a module imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms_used_by(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports_of(path) if name.startswith("trainer.")}


@pytest.mark.parametrize("room", FORBIDDEN)
def test_rooms_know_only_what_comes_before_them(room: str) -> None:
    for path in (PACKAGE / room).rglob("*.py"):
        assert not rooms_used_by(path) & FORBIDDEN[room], path


def test_nothing_imports_the_command_line() -> None:
    for path in ALL:
        if path.name not in ("cli.py", "__main__.py"):
            assert "cli" not in rooms_used_by(path), path


def test_only_commands_know_of_the_studio() -> None:
    for path in ALL:
        relative = path.relative_to(PACKAGE)
        if relative.parts[0] not in ("studio", "commands", "cli.py"):
            assert "studio" not in rooms_used_by(path), path


def test_mediapipe_is_imported_in_one_place() -> None:
    users = {
        p.relative_to(PACKAGE).as_posix() for p in ALL if any(n.split(".")[0] == "mediapipe" for n in imports_of(p))
    }
    assert users == {"hands/landmarker.py"}


HEAVY = {"mediapipe", "torch", "anny", "pyvista", "pyarrow", "ai_edge_litert", "tflite", "sounddevice"}
TRAINING = "trainer.studio.training"


def imports_at_the_top_of(path: Path) -> set[str]:
    return {
        name
        for node in ast.parse(path.read_text("utf-8")).body
        for name in (
            [a.name for a in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
    }  # fmt: skip


def test_heavy_libraries_are_not_imported_at_start() -> None:
    for path in ALL:
        top = imports_at_the_top_of(path)
        if "training" in path.parts:
            # Torch's own room; it is enough that nobody enters it at the start.
            assert not {name.split(".")[0] for name in top} & (HEAVY - {"torch"}), path
        else:
            assert not {name.split(".")[0] for name in top} & HEAVY, path
            assert not any(name.startswith(TRAINING) for name in top), path


def test_no_module_opens_the_network() -> None:
    network = {"urllib", "http", "socket", "requests", "httpx", "ftplib", "smtplib"}
    # The one socket that is opened asks whether the X display answers.
    for path in ALL:
        if path.relative_to(PACKAGE).as_posix() != "screen/display.py":
            assert not {name.split(".")[0] for name in imports_of(path)} & network, path


def test_modules_stay_small() -> None:
    lengths = {p.relative_to(PACKAGE).as_posix(): len(p.read_text("utf-8").splitlines()) for p in ALL}
    assert {name: n for name, n in lengths.items() if n > 400} == {}


def test_the_live_command_opens_its_window_before_it_loads_pyav() -> None:
    script = "import sys, trainer.commands.live; sys.exit(bool({'av', 'pyarrow', 'mediapipe'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], cwd=PACKAGE.parent, check=False).returncode == 0
