"""The takes that the recogniser learns from, made once and kept in a folder."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import fields
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from trainer.files import make_folder, write_atomically
from trainer.studio.training.played import read_movements
from trainer.studio.training.simulated import Faults, simulate
from trainer.studio.training.sketched import sketched
from trainer.studio.training.takes import Take, take_of

Tell = Callable[[int, int], None]


def save_take(path: Path, take: Take) -> None:
    with write_atomically(path) as scratch:
        values: dict[str, Any] = {f.name: np.asarray(getattr(take, f.name)) for f in fields(Take)}
        np.savez(scratch, **values)


def read_take(path: Path) -> Take:
    with np.load(path, allow_pickle=False) as file:
        values = {f.name: file[f.name] for f in fields(Take)}
    return Take(**{**values, "name": str(values["name"])})


def played_takes(
    sessions: Iterable[Path], faults: Faults, drawings: int, sketches: int, folder: Path, seed: int, workers: int,
    tell: Tell,
) -> list[Take]:  # fmt: skip
    """Every session as so many drawn cameras and trackers see it, and so many sketched ones; those that the folder
    holds already aren't made again."""
    make_folder(folder)
    jobs: list[tuple[Path | None, int, Path]] = [
        (session, number, folder / f"{session.stem}_{number}.npz") for session in sessions for number in range(drawings)
    ]
    jobs += [(None, number, folder / f"sketched_{number:05d}.npz") for number in range(sketches)]
    missing = [job for job in jobs if not job[2].is_file()]
    done = len(jobs) - len(missing)
    if missing:
        with ProcessPoolExecutor(max(workers, 1), get_context("spawn")) as pool:
            for made in as_completed([pool.submit(partial(_make, faults, seed), *job) for job in missing]):
                made.result()
                done += 1
                tell(done, len(jobs))
    return [read_take(path) for _, _, path in jobs]


def _make(faults: Faults, seed: int, session: Path | None, number: int, path: Path) -> None:
    rng = np.random.default_rng([seed, zlib.crc32(session.stem.encode()) if session is not None else 0, number])
    played = sketched(rng, path.stem) if session is None else read_movements(session)
    save_take(path, take_of(path.stem, *simulate(played, faults, rng)))
