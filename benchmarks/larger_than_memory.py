"""Training from an HDF5 file that is larger than the memory that the process may have.

    python benchmarks/larger_than_memory.py                 # three machines, files of 1.2 GiB
    python benchmarks/larger_than_memory.py --mib 2048 --limit 900 --machines topics

For each machine a file of rows is written, and a recipe is trained from it by `harmonium train` in
a process of its own, whose data segment (anonymous memory, RLIMIT_DATA) has a limit below the size
of the file. Then the same from a small file, streamed and in memory, which must give the same
parameters to the bit; and the large file in memory under the same limit, which must fail. Peak
memory is the largest resident set that the system saw of the process, mapped libraries included.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

MIB = 2**20
SMALL = 48  # MiB: a window holds it, so that the order of rows is that of rows in memory

Rows = NDArray[np.float32]


class Machine(NamedTuple):
    """A machine: the shape of its rows, how some are made, and what the recipe says."""

    shape: tuple[int, ...]
    rows: Callable[[np.random.Generator, int], Rows]
    source: str
    model: str
    train: str


def documents(rng: np.random.Generator, n: int) -> Rows:
    """Counts of 2000 words, of which every document has some hundred of one of 20 topics."""
    common = 1 / np.arange(1, 2001)
    topics = common * np.random.default_rng(0).gamma(0.3, size=(20, 2000))
    rates = 100 * topics / topics.sum(1, keepdims=True)
    return rng.poisson(rates[rng.integers(20, size=n)]).astype(np.float32)


def pictures(rng: np.random.Generator, n: int) -> Rows:
    """Grey pictures of 28 x 28 with a bright bar somewhere."""
    x = rng.random((n, 28, 28), np.float32) * 0.3
    place = rng.integers(24, size=n)[:, None] + np.arange(4)
    half = n // 2
    x[np.arange(half)[:, None], place[:half]] += 0.6
    x[np.arange(half, n)[:, None], :, place[half:]] += 0.6
    return x


MACHINES = {
    "topics": Machine(
        (2000,),
        documents,
        "counts: true, ",
        "{type: replicated_softmax, words: 2000, hidden: 50}",
        "contrast: {type: cd, steps: 1}, centring: null, optimiser: {type: adam, lr: 3e-3}",
    ),
    "rbm": Machine(
        (28, 28),
        pictures,
        "",
        "{type: rbm, visible: 784, hidden: 100}",
        "contrast: {type: pcd, steps: 1, chains: 100}, optimiser: {type: sgd, lr: 0.05}",
    ),
    "convolutional": Machine(
        (28, 28),
        pictures,
        "",
        "{type: convolutional_rbm, shape: [1, 28, 28], maps: 4, kernel: 9, pool: 2}",
        "contrast: {type: cd, steps: 1}, optimiser: {type: adam, lr: 0.01}",
    ),
}


class Run(NamedTuple):
    """How a training ended: its peak memory in MiB, its processor time, its messages."""

    peak: float
    seconds: float
    failed: str
    folder: Path


def main() -> None:
    """Prints a line for each machine."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--machines", nargs="*", choices=MACHINES, default=[*MACHINES])
    options.add_argument("--mib", type=int, default=1200, help="size of the large file")
    options.add_argument("--limit", type=int, default=900, help="MiB that a process may allocate")
    options.add_argument("--folder", type=Path, help="for the files; temporary without")
    args = options.parse_args()
    if args.limit >= args.mib:
        options.error("the limit must be below the size of the file")
    print(
        "machine          file   limit  peak  (small file)  processor  small: same bits  in memory"
    )
    for name in args.machines:
        with tempfile.TemporaryDirectory(prefix="harmonium-", dir=args.folder) as folder:
            print(line(name, Path(folder), mib=args.mib, limit=args.limit), flush=True)


def line(name: str, folder: Path, *, mib: int, limit: int) -> str:
    """Trains a machine four times and says what it took."""
    large = written(name, folder / "large.h5", mib)
    small = written(name, folder / "small.h5", SMALL)
    streamed = trained(name, large, stream=True, limit=limit)
    pair = [trained(name, small, stream=stream, limit=limit) for stream in (True, False)]
    refused = trained(name, large, stream=False, limit=limit)
    for run in (streamed, *pair):
        if run.failed:
            raise SystemExit(f"{name}: {run.failed}")
    same = equal(*(run.folder for run in pair))
    ending = "fits: raise --mib" if not refused.failed else refused.failed.strip().split("\n")[0]
    size = large.stat().st_size / MIB
    return (
        f"{name:14} {size:5.0f} {limit:6} {streamed.peak:6.0f} {pair[0].peak:8.0f} "
        f"{streamed.seconds:14.0f} s  {'yes' if same else 'NO':>12}       {ending[:60]}"
    )


def written(name: str, path: Path, mib: int) -> Path:
    """A file of so many MiB, in chunks of about one."""
    machine, rng = MACHINES[name], np.random.default_rng(1)
    each = MIB // (4 * int(np.prod(machine.shape)))
    with h5py.File(path, "w") as file:
        shape = (mib * each, *machine.shape)
        x = file.create_dataset("x", shape, "f4", chunks=(each, *machine.shape))
        for k in range(mib):
            x[k * each : (k + 1) * each] = machine.rows(rng, each)
    return path


def trained(name: str, data: Path, *, stream: bool, limit: int) -> Run:
    """One pass over the rows by `harmonium train`, with a limit on what it may allocate."""
    machine = MACHINES[name]
    kind = "streamed" if stream else "memory"
    recipe = data.with_name(f"{data.stem}-{kind}.yaml")
    recipe.write_text(
        "version: 1\nseed: 0\nthreads: 1\n"
        f"data: {{source: {{type: arrays, train: {data}, {machine.source}"
        f"stream: {str(stream).lower()}}}}}\n"
        f"model: {machine.model}\n"
        f"train: {{type: energy, epochs: 1, batch_size: 100, {machine.train}}}\n"
    )
    folder = data.with_name(f"{data.stem}-{kind}")
    command = [sys.executable, "-m", "harmonium", "train", str(recipe), "-q", "-o", str(folder)]
    log = data.with_suffix(".log")
    with log.open("w") as file:
        child = subprocess.Popen(
            command,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_DATA, (limit * MIB, limit * MIB)
            ),
        )
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    text = log.read_text() or f"status {child.returncode}"
    peak = used.ru_maxrss / (MIB if sys.platform == "darwin" else 1024)
    seconds = used.ru_utime + used.ru_stime
    return Run(peak, seconds, text if child.returncode else "", folder)


def equal(one: Path, other: Path) -> bool:
    """Whether the machines of two runs have the same parameters, to the bit."""
    models = [next(folder.rglob("models/0-machine.safetensors")) for folder in (one, other)]
    a, b = (load_file(path) for path in models)
    return a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) for k in a)


if __name__ == "__main__":
    main()
