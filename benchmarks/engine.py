"""Time of an update through a run, as a ratio to that of a bare loop over the same learner.

    python benchmarks/engine.py                # a table; benchmarks/out/engine.json
    python benchmarks/engine.py --turns 9 --only MLP

Both learn the same model from the same rows, in turns, in one process. The bare loop steps the
learner through the batches, with the same schedules. "loop" is ``learning.Training``, which adds
checks for divergence and the losses; "run" is a whole stage through the engine of runs: besides
that, figures after every epoch, checkpoints and the run's files. Processor time, median over turns
of the ratio of neighbours.
"""

import argparse
import json
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import torch

from harmonium import Run
from harmonium.data import DataSet, Split
from harmonium.describe import load
from harmonium.learning import Training
from harmonium.random import generator
from harmonium.runs.engine import Engine
from harmonium.stages.plan import plan
from harmonium.stages.turns import Turn

HERE = Path(__file__).parent
CPU = torch.device("cpu")
EPOCHS = 4


def recipe(model: dict, train: dict) -> dict:
    """A recipe of one stage on rows that are given by hand."""
    return {"data": {"source": "digits"}, "model": model, "train": {**train, "epochs": EPOCHS}}


SETTINGS: dict[str, tuple[dict, int, int]] = {
    "RBM 784 x 500, batch 100": (
        recipe(
            {"type": "rbm", "visible": 784, "hidden": 500}, {"type": "energy", "batch_size": 100}
        ),
        784,
        10_000,
    ),
    "RBM 64 x 64, batch 100": (
        recipe(
            {"type": "rbm", "visible": 64, "hidden": 64}, {"type": "energy", "batch_size": 100}
        ),
        64,
        40_000,
    ),
    "MLP 784-100-10, batch 20": (
        recipe({"type": "mlp", "units": [784, 100, 10]}, {"type": "supervised", "batch_size": 20}),
        784,
        10_000,
    ),
    "MLP 784-100-10, batch 100": (
        recipe(
            {"type": "mlp", "units": [784, 100, 10]}, {"type": "supervised", "batch_size": 100}
        ),
        784,
        40_000,
    ),
    "MLP 784-800-10, batch 100": (
        recipe(
            {"type": "mlp", "units": [784, 800, 10]}, {"type": "supervised", "batch_size": 100}
        ),
        784,
        40_000,
    ),
}
"""Name -> recipe, values of a row, rows."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--turns", type=int, default=5)
    options.add_argument("--only", default="", help="settings whose name contains this text")
    options.add_argument("--out", type=Path, default=HERE / "out" / "engine.json")
    args = options.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # of random rows there is nothing to learn
    found = {name: ratios(name, turns=args.turns) for name in SETTINGS if args.only in name}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps({"torch": torch.__version__, "ratios": found}, indent=1))
    print("| setting | loop / bare | run / bare |\n|---|---|---|")
    for name, row in found.items():
        print(f"| {name} | {row['loop']:.3f} | {row['run']:.3f} |")


def ratios(name: str, *, turns: int) -> dict[str, float]:
    """The medians of the ratios of neighbouring turns."""
    calls: dict[str, Callable[[Turn], object]] = {"bare": bare, "loop": loop, "run": through_a_run}
    taken: dict[str, list[float]] = {way: [] for way in calls}
    for turn in range(turns + 1):
        for way, call in calls.items():
            task = task_of(name)
            began = time.process_time()
            call(task)
            if turn:  # the first one warms up
                taken[way].append(time.process_time() - began)
    return {
        way: statistics.median(a / b for a, b in zip(taken[way], taken["bare"], strict=True))
        for way in ("loop", "run")
    }


def task_of(name: str) -> Turn:
    """The one stage of a setting, with a new model."""
    described, width, rows = SETTINGS[name]
    x = (torch.rand(rows, width, generator=generator(0)) < 0.3).float()
    y = torch.arange(rows) % 10
    data = DataSet("random", Split(x, y), shape=(width,), classes=tuple(range(10)))
    (task,) = plan(load(described), data, device=CPU)
    return task


def bare(task: Turn) -> None:
    """A loop of four lines."""
    training = stage_of(task)
    for _ in range(training.epochs):
        for batch in training.batches:
            training.learner.step(batch)
            for schedule in training.schedules:
                schedule.step()


def loop(task: Turn) -> None:
    """The loop of runs and estimators, without watches."""
    training = stage_of(task)
    training.watches = []
    while not training.done:
        training.update()
        if training.epoch_ended:
            training.observe()


def through_a_run(task: Turn) -> None:
    """The stage in a run's directory."""
    with tempfile.TemporaryDirectory() as folder:
        run = Run.create(folder, name="bench", files={"recipe.resolved.yaml": "{}\n"})
        Engine(run, [task]).go()


def stage_of(task: Turn) -> Training:
    training = task.build()
    assert isinstance(training, Training)
    return training


if __name__ == "__main__":
    main()
