"""Memory and speed of pre-training from a file that stays on the disk, as the file grows.

    python benchmarks/streaming.py                       # a table in some minutes; benchmarks/out
    python benchmarks/streaming.py --mb 64 512 4096 --layouts npy

Each line is a process of its own: it reads a file of 784-byte rows as a recipe says, pre-trains
a 784-500-250-100 belief net, a fixed number of updates a layer, and reports what that added to
the memory that it had after its imports. Anonymous memory is what the process itself holds
(RssAnon, looked at every two milliseconds); the peak of all (VmHWM) also counts pages of files
that are mapped, which the system can take back. Rows per second are those of the updates, lower
layers included, by the process's own CPU time.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
WIDTH, BATCH = 784, 100
UNITS = [WIDTH, 500, 250, 100]
LAYOUTS = {"npy": "npy", "hdf5": "h5", "gzip": "h5", "arrow": "arrow", "parquet": "parquet"}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--mb", nargs="*", type=int, default=[64, 512], help="of values")
    options.add_argument("--layouts", nargs="*", choices=LAYOUTS, default=[*LAYOUTS])
    options.add_argument("--updates", type=int, default=500, help="a layer")
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--folder", type=Path, help="for the files; temporary without")
    options.add_argument("--out", type=Path, default=HERE / "out" / "streaming.json")
    options.add_argument("--one", type=json.loads, help=argparse.SUPPRESS)
    args = options.parse_args()
    if args.one is not None:
        json.dump(measured(args.one), sys.stdout)
        return
    rows = []
    with tempfile.TemporaryDirectory(prefix="harmonium-", dir=args.folder) as folder:
        for layout in args.layouts:
            for mb in args.mb:
                place = Path(folder) / f"{layout}-{mb}.{LAYOUTS[layout]}"
                write(place, layout, mb)
                for stream in (True, False) if layout == "npy" else (True,):
                    one = {"place": str(place), "stream": stream, "updates": args.updates}
                    command = [sys.executable, __file__, "--one"]
                    command.append(json.dumps({**one, "threads": args.threads}))
                    done = subprocess.run(command, check=True, capture_output=True, text=True)
                    about = {"layout": layout, "mb": mb, "stream": stream}
                    rows.append({**about, **json.loads(done.stdout)})
                    print(line(rows[-1]), flush=True)
                place.unlink()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(rows, indent=1))


def line(row: dict) -> str:
    how = "streamed" if row["stream"] else "in memory"
    return (
        f"{row['layout']:8} {row['mb']:5} MB {how:10} anonymous {row['anonymous_mb']:6.0f} MB, "
        f"all {row['all_mb']:6.0f} MB; {row['begin_s']:5.1f} s before the first update; "
        f"rows/s by layer {', '.join(f'{x:.0f}' for x in row['rows_per_s'])}"
    )


# --- files ---------------------------------------------------------------------------------------


def write(place: Path, layout: str, mb: int) -> None:
    """Bytes of grey pixels, a fifth of them above 0, in rows of 784."""
    n, each = mb * 2**20 // WIDTH, 10_000
    draws = np.random.default_rng(0)

    def parts():
        for first in range(0, n, each):
            size = (min(each, n - first), WIDTH)
            yield draws.integers(1, 256, size, np.uint8) * (draws.random(size, np.float32) < 0.2)

    if layout == "npy":
        x = np.lib.format.open_memmap(place, "w+", np.uint8, (n, WIDTH))
        for k, part in enumerate(parts()):
            x[k * each : (k + 1) * each] = part
        x.flush()
    elif layout in ("hdf5", "gzip"):
        import h5py

        settings = {"chunks": (1000, WIDTH), "compression": "gzip"} if layout == "gzip" else {}
        with h5py.File(place, "w") as file:
            x = file.create_dataset("x", (n, WIDTH), np.uint8, **settings)
            for k, part in enumerate(parts()):
                x[k * each : (k + 1) * each] = part
    else:
        import pyarrow
        from pyarrow import parquet

        names = [f"pixel {k}" for k in range(WIDTH)]
        tables = (pyarrow.table([*part.T.copy()], names=names) for part in parts())
        first = next(tables)
        if layout == "parquet":
            writer = parquet.ParquetWriter(place, first.schema)
        else:
            writer = pyarrow.ipc.new_file(str(place), first.schema)
        with writer:
            writer.write_table(first)
            for table in tables:
                writer.write_table(table)


# --- one measurement -----------------------------------------------------------------------------


def measured(one: dict) -> dict:
    import torch

    from harmonium.data import DataSet
    from harmonium.describe import build, load, resolve
    from harmonium.stages.plan import plan

    torch.set_num_threads(one["threads"])
    recipe = resolve(load(recipe_of(one["place"], stream=one["stream"])))
    torch.ones(100, 100).mm(torch.ones(100, 100))
    need_readers(one["place"])
    with Watched() as memory:
        began = time.process_time()
        dataset: DataSet = build(recipe.data.source)
        tasks = plan(recipe, dataset, device=torch.device("cpu"))
        speeds, begin = [], 0.0
        for task in tasks:
            stage = task.build()
            begin += time.process_time() - began
            began = time.process_time()
            for _ in range(one["updates"]):
                stage.update()
            taken = time.process_time() - began
            speeds.append(one["updates"] * BATCH / taken)
            began = time.process_time()
    return {**memory.added(), "rows_per_s": speeds, "begin_s": begin, "rows": len(dataset.train)}


def recipe_of(place: str, *, stream: bool) -> dict:
    kind = "table" if Path(place).suffix in (".arrow", ".parquet") else "arrays"
    return {
        "seed": 0,
        "data": {
            "source": {"type": kind, "train": place, "stream": stream},
            "transforms": [{"type": "scale", "divide": 255}],
        },
        "model": {"type": "belief_net", "units": UNITS},
        "pretrain": {
            "type": "greedy",
            "epochs": 1000,
            "batch_size": BATCH,
            "optimiser": {"type": "sgd", "lr": 0.01},
            "contrast": {"type": "cd", "steps": 1},
        },
    }


def need_readers(place: str) -> None:
    """Import what the reader would, so that it is not counted."""
    if Path(place).suffix == ".h5":
        import h5py  # noqa: F401
    elif Path(place).suffix != ".npy":
        import pyarrow.compute  # noqa: F401
        import pyarrow.parquet  # noqa: F401


class Watched:
    """The peaks of memory that were added within."""

    def __enter__(self) -> "Watched":
        Path("/proc/self/clear_refs").write_text("5")
        self.before = {name: status(name) for name in ("RssAnon", "VmRSS")}
        self.anonymous, self._over = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def _look(self) -> None:
        while not self._over.wait(0.002):
            self.anonymous = max(self.anonymous, status("RssAnon"))

    def __exit__(self, *_: object) -> None:
        self.all = status("VmHWM")
        self._over.set()
        self._thread.join()

    def added(self) -> dict[str, float]:
        return {
            "anonymous_mb": self.anonymous - self.before["RssAnon"],
            "all_mb": self.all - self.before["VmRSS"],
        }


def status(name: str) -> float:
    """Megabytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return float(next(x for x in lines if x.startswith(name)).split()[1]) / 1024


if __name__ == "__main__":
    main()
