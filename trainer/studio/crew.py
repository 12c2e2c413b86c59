"""Several processes that render clips, one clip at a time each. One that dies costs its clip a second try, no more."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Literal

import psutil

from trainer.errors import TrainerError
from trainer.studio.clip import Encoding, Progress, render_clip, scratch_of
from trainer.studio.recipe import Recipe

CLIPS_A_WORKER = 20
"""Then a fresh process takes over, so that nothing that a library forgets to free can pile up."""
WORKER_BYTES = 1_500_000_000
_TRIES = 2
_DEATHS_IN_A_ROW = 4
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Job:
    """A clip to be made: its name without an ending, and its recipe."""

    name: str
    recipe: Recipe


Make = Callable[[Recipe, Path, Progress, Encoding | None], object]
"""What a worker does with a job: write the clip and its sidecars, telling of every frame (`render_clip`)."""


@dataclass(frozen=True)
class Event:
    """What happened to a clip: `frame` (the done-th of it is drawn), `done`, or `failed` with the reason."""

    job: Job
    kind: Literal["frame", "done", "failed"]
    frames: int = 0
    reason: str = ""


def fitting_workers() -> int:
    """As many as there are cores for this process, or fewer where memory is short."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, int(psutil.virtual_memory().available) // WORKER_BYTES))


def render_jobs(
    jobs: Sequence[Job],
    folder: Path,
    workers: int | None = None,
    encoding: Encoding | None = None,
    make: Make = render_clip,
) -> Generator[Event, None, None]:
    """Make the clips in `folder`, telling of every frame. Close it (`contextlib.closing`) to stop early.

    A clip that can't be made is told as `failed` and the others go on; what would stop them all (a full disk, a library
    that is missing) raises TrainerError. However it ends, no half clip and no process is left.
    """
    waiting, tries = deque(jobs), Counter[str]()
    count = min(workers or fitting_workers(), len(jobs))
    crew: list[_Worker] = []
    deaths = 0
    try:
        while waiting or any(w.job for w in crew):
            crew = [w for w in crew if w.job or not w.is_tired()]
            crew += [_Worker(folder, encoding, make) for _ in range(min(count - len(crew), len(waiting)))]
            for worker in crew:
                if worker.job is None and waiting:
                    worker.begin(waiting.popleft())
            for ready in wait([w.pipe for w in crew if w.job]):
                worker = next(w for w in crew if w.pipe is ready)
                job = worker.job
                assert job is not None
                told = worker.heard()
                if told is None:
                    crew.remove(worker)
                    worker.stop()
                    shutil.rmtree(scratch_of(folder / f"{job.name}.mp4"), ignore_errors=True)
                    tries[job.name] += 1
                    deaths += 1
                    if deaths >= _DEATHS_IN_A_ROW:
                        raise TrainerError(f"Expected the renderer's processes to live, but {worker.end()} each time.")
                    if tries[job.name] < _TRIES:
                        waiting.appendleft(job)
                        continue
                    told = Event(job, "failed", reason=f"its process {worker.end()}")
                elif told.kind != "failed":
                    deaths = 0
                yield told
    finally:
        for worker in crew:
            worker.stop()
        for job in jobs:
            shutil.rmtree(scratch_of(folder / f"{job.name}.mp4"), ignore_errors=True)


@dataclass(eq=False)
class _Worker:
    folder: Path
    encoding: Encoding | None
    make: Make
    job: Job | None = None
    made: int = 0
    pipe: Connection = field(init=False)

    def __post_init__(self) -> None:
        context = get_context("spawn")
        self.pipe, far = context.Pipe()
        self._process = context.Process(target=_serve, args=(far, self.folder, self.encoding, self.make), daemon=True)
        with _quiet_start():
            self._process.start()
        far.close()  # The worker has the only other end: when it dies, reading here ends too.

    def begin(self, job: Job) -> None:
        self.job = job
        with suppress(OSError):  # One that is dead already is noticed on reading.
            self.pipe.send(job)

    def heard(self) -> Event | None:
        """The next that it tells, None when it has died. Raises TrainerError for what stops all."""
        job = self.job
        assert job is not None
        try:
            kind, value = self.pipe.recv()
        except (EOFError, OSError):
            return None
        if kind == "frame":
            return Event(job, "frame", frames=value)
        if kind == "stop":
            raise TrainerError(value)
        self.job, self.made = None, self.made + 1
        return Event(job, "done") if kind == "done" else Event(job, "failed", reason=value)

    def is_tired(self) -> bool:
        """True, and then it is gone, after its share of clips."""
        if self.made < CLIPS_A_WORKER:
            return False
        self.stop()
        return True

    def stop(self) -> None:
        self._process.terminate()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self.pipe.close()

    def end(self) -> str:
        code = self._process.exitcode or 0
        if code == -9:
            return "was killed (too little memory?)"
        return f"ended by signal {-code}" if code < 0 else f"ended with code {code}"


def _serve(pipe: Connection, folder: Path, encoding: Encoding | None, make: Make) -> None:
    """A worker's life: take a job, make the clip, tell of it; until nobody asks any more."""
    import cv2

    cv2.setNumThreads(1)

    def told(kind: str, value: object = None) -> None:
        try:
            pipe.send((kind, value))
        except OSError:
            # Nobody listens any more: leave by the way that cleans up.
            raise SystemExit from None

    while True:
        try:
            job: Job = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            make(job.recipe, folder / f"{job.name}.mp4", lambda done, _: told("frame", done), encoding)
        except TrainerError as error:
            told("stop", str(error))
        except Exception as error:
            told("failed", f"{type(error).__name__}: {error}".splitlines()[0])
        else:
            told("done")


@contextmanager
def _quiet_start() -> Iterator[None]:
    """Processes started within use one thread each and leave Ctrl-C to this one."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    is_main = threading.current_thread() is threading.main_thread()
    # A signal that is ignored stays so in a new process from its first instant on.
    old = signal.signal(signal.SIGINT, signal.SIG_IGN) if is_main else None
    try:
        yield
    finally:
        if is_main:
            signal.signal(signal.SIGINT, old)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
