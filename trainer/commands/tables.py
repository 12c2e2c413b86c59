"""Commands that answer with a table: techniques, doctor, bench."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from trainer.settings import Settings


def show_techniques(presets: Path | None, *, as_json: bool) -> None:
    """All techniques with their presets. Raises FormatError for a bad presets file."""
    from trainer.strokes.techniques import load_techniques

    found = load_techniques(presets)
    if as_json:
        print(json.dumps({name: asdict(technique) for name, technique in found.items()}, ensure_ascii=False))
        return
    table = Table(show_lines=True)
    for title in ("technique", "how", "a cycle is", "per minute", "source"):
        table.add_column(title, overflow="fold")
    for name, technique in found.items():
        rates = [f"{p.name} {p.rate_per_min[0]:g}–{p.rate_per_min[1]:g}" for p in technique.presets]
        if technique.hold_s:
            rates.append(f"hold {technique.hold_s[0]:g}–{technique.hold_s[1]:g} s")
        sources = dict.fromkeys(p.source for p in technique.presets) or {technique.source: None}
        cells = technique.how, technique.cycle, "\n".join(rates) or "–", "\n".join(sources)
        table.add_row(f"[bold]{name}[/bold]", *cells)
    Console().print(table)


def show_findings(*, as_json: bool) -> bool:
    """Examine this machine; True when nothing is bad."""
    from trainer.doctor import Verdict, examine

    colours = {Verdict.GOOD: "green", Verdict.WARNING: "yellow", Verdict.BAD: "red"}
    console = Console()
    findings = []
    for finding in examine():
        findings.append(finding)
        if not as_json:
            colour = colours[finding.verdict]
            console.print(
                f"[{colour}]{finding.verdict:<8}[/{colour}]  [bold]{finding.check}[/bold]: {finding.found}",
                highlight=False,
            )
            if finding.mend:
                console.print(f"          → {finding.mend}", highlight=False, markup=False)
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings]))
    return all(finding.verdict is not Verdict.BAD for finding in findings)


def show_bench(
    clip: Path | None, settings: Settings, seconds: float, rounds: int, minutes: float, *, as_json: bool
) -> None:
    """Run the benchmark and say what it measured."""
    from trainer.bench import bench

    console = Console(stderr=True)
    clip = clip or _sample()
    with console.status("measuring") as status:
        done = bench(clip, settings, seconds=seconds, rounds=rounds, minutes=minutes, progress=status.update)
    if as_json:
        print(json.dumps(done.as_data()))
        return
    growth = done.memory_growth_mb_per_min
    rows = [
        ("bare MediaPipe VIDEO loop, 2 hands", f"{done.bare_fps:.1f} frames/s"),
        ("whole pipeline", f"{done.pipeline_fps:.1f} frames/s"),
        ("whole pipeline, overlay drawn", f"{done.pipeline_overlay_fps:.1f} frames/s"),
        ("throughput, hands and foot / bare", f"{done.ratio_hands_and_foot:.2f}"),
        ("throughput, pipeline / bare", f"{done.ratio:.2f}"),
        ("throughput, pipeline with overlay / bare", f"{done.ratio_with_overlay:.2f}"),
        ("added latency a frame, p50 / p95", f"{done.added_latency_p50_ms:.1f} / {done.added_latency_p95_ms:.1f} ms"),
        ("of which overlay, p50", f"{done.overlay_p50_ms:.1f} ms"),
        ("of which the foot's surface: pose, contact, maps, p50", f"{done.surface_p50_ms:.1f} ms"),
        ("of which naming the strokes, mean", f"{done.recogniser_mean_ms:.2f} ms"),
        ("peak memory", f"{done.peak_memory_mb:.0f} MB"),
    ]
    if minutes > 0:
        told = "too short to tell" if growth is None else f"{growth:+.2f} MB a minute"
        rows.append((f"memory growth over {minutes:g} minutes of video", told))
    _print(f"{done.clip}, {done.frames} frames, median of {done.rounds} rounds", rows)


def show_live_bench(clip: Path | None, settings: Settings, minutes: float, record: bool, *, as_json: bool) -> None:
    """Measure the live window and say how late it was."""
    from trainer.bench_live import bench_live

    done = bench_live(clip or _sample(), settings, minutes=minutes, record=record)
    if as_json:
        print(json.dumps(done.as_data()))
        return
    growth = done.memory_growth_mb_per_min
    rows = [
        ("picture's arrival to window, p50 / p95", f"{done.latency_p50_ms:.0f} / {done.latency_p95_ms:.0f} ms"),
        ("of it at the longest", f"{done.latency_max_ms:.0f} ms"),
        ("median in the first and last tenth", f"{done.latency_first_ms:.0f} / {done.latency_last_ms:.0f} ms"),
        ("pictures shown", f"{done.shown_fps:.1f} a second"),
        ("pictures whose time wasn't readable", f"{100 * done.unread:.1f} %"),
        ("cores busy", f"{done.cores:.1f}"),
        ("made lighter by itself", ", ".join(done.eased) or "nothing"),
        ("memory", f"{done.memory_mb:.0f} MB"),
        ("memory growth", "too short to tell" if growth is None else f"{growth:+.2f} MB a minute"),
    ]
    kept = "video kept" if done.recorded else "tracks kept"
    _print(f"{done.clip}, {done.size[0]}x{done.size[1]}, {minutes:g} min, {kept}", rows)


def _print(title: str, rows: Iterable[tuple[str, str]]) -> None:
    table = Table(title=title, show_header=False)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _sample() -> Path:
    from trainer.files import data_dir

    return data_dir() / "sample_videos" / "session.mp4"
