"""Run directories as training leaves them, learned in a second: what the report's tests look at."""

import json

import numpy as np
import torch
from safetensors.torch import save_file

import harmonium as hm
from harmonium.data import DataSet, Split, digits
from harmonium.learning import CD, Learner, greedy, start_from
from harmonium.random import generator, seeded
from harmonium.runs import Run
from harmonium.runs.records import Record
from harmonium.sampling.chains import run as run_chains
from harmonium.sampling.chains import start

RECIPE = """\
version: 1
name: {name}
seed: 0
data:
  source: {{type: digits}}
  batch_transform: null
model: {{type: belief_net, units: [64, 40, 30]}}
pretrain: {{type: greedy, epochs: 3, optimiser: {{type: sgd, lr: {lr}}}}}
report: {{samples: 20, filters: 25}}
"""
ENVIRONMENT = {
    "versions": {"harmonium": "0.1.0", "torch": "2.13.0", "python": "3.11.7"},
    "device": "cpu",
    "seed": 0,
    "fingerprint": "ab12" * 16,
}


def digits_data(*, labelled=100):
    """1297 digits, the last 297 of them for validation, the first labels seen only."""
    images = digits()
    y = images.train_labels.clone()
    y[labelled:] = -1
    train = Split(images.train[:1000], y[:1000])
    validation = Split(images.train[1000:], images.train_labels[1000:])
    test = Split(images.test, images.test_labels)
    classes = tuple(range(10))
    return DataSet("digits", train, validation, test, shape=(8, 8), classes=classes)


def table_data(*, features=6):
    """Two clouds of real numbers: no picture, two classes with names."""
    draws = np.random.default_rng(0)
    y = torch.from_numpy(draws.integers(0, 2, 300))
    noise = torch.from_numpy(draws.normal(size=(300, features)).astype("float32"))
    x = noise + 2.0 * y[:, None] - 1.0
    part = Split(x[:200], y[:200]), Split(x[200:], y[200:])
    names = ("calm", "storm")
    return DataSet("weather", part[0], test=part[1], shape=(features,), classes=names)


def begin(folder, name, *, lr=0.1):
    """A directory with everything that is there before the first epoch."""
    text = RECIPE.format(name=name, lr=lr)
    command = f"harmonium train recipes/{name}.yaml\n"
    files = {"recipe.yaml": text, "recipe.resolved.yaml": text, "command.txt": command}
    run = Run.create(folder, name, files=files)
    (run.path / "environment.json").write_text(json.dumps(ENVIRONMENT))
    return run


def rows(run, *, stage, epochs, trials=1, falling=("train/loss", "val/loss")):
    """Figures of a stage that fall from epoch to epoch, trial by trial a little different."""
    with (run.path / "metrics.jsonl").open("a") as file:
        for trial in range(trials):
            for epoch in range(1, epochs + 1):
                figures = {
                    n: (1 + 0.1 * k + 0.02 * trial) * 0.8**epoch for k, n in enumerate(falling)
                }
                place = {"trial": trial, "stage": stage, "epoch": epoch, "update": 10 * epoch}
                file.write(json.dumps({**place, **figures, "time/epoch": 0.1}) + "\n")


def learned(run, data, *, machine, epochs=12):
    """Learns every RBM of a machine and leaves snapshots as training does."""
    graphs = getattr(machine, "graphs", [machine])
    level = iter(range(len(graphs)))
    source = generator(1)

    def train(graph, x):
        layer = next(level)
        stage = f"pretrain/{layer}" if len(graphs) > 1 else "train"
        start_from(graph, {"v": x})
        rate = 0.1 if type(graph.units["v"]).__name__ == "Bernoulli" else 0.05
        optimiser = torch.optim.SGD(graph.parameters(), lr=rate)
        learner = Learner(graph, optimiser, contrast=CD(), source=source)
        for epoch in range(1, epochs + 1):
            for batch in x.split(20):
                learner.step({"v": batch})
            chains = run_chains(graph, start(graph, 12, source=source), sweeps=20, source=source)
            record = Record.at(run.path / "records", trial=0, stage=stage, epoch=epoch)
            save_file({"chains": chains["v"].contiguous()}, record.path)
        rows(
            run,
            stage=stage,
            epochs=epochs,
            falling=("train/reconstruction_error", "val/reconstruction_error"),
        )

    greedy(graphs, data.train.x, train=train)
    hm.save(machine, run.path / "models" / "0-machine.safetensors")


def results(run, tasks, *, trials=1):
    """`results.json` with the same tasks for every trial, the figures a little different."""

    def moved(figures, trial):
        return {n: v + 0.004 * trial if n.endswith("accuracy") else v for n, v in figures.items()}

    found = [
        {"trial": t, "seed": t, "tasks": {n: moved(f, t) for n, f in tasks.items()}}
        for t in range(trials)
    ]
    (run.path / "results.json").write_text(json.dumps({"trials": found}))


def classifier(folder):
    """A deep belief net, fine-tuned, with baselines, over three trials."""
    run, data = begin(folder, "digits-dbn"), digits_data()
    with seeded(0):
        machine = hm.belief_net(64, 40, 30)
    learned(run, data, machine=machine)
    net = hm.unroll(machine, outputs=10)
    seen = data.train.take((data.train.y >= 0).nonzero().flatten())
    optimiser = torch.optim.Adam(net.parameters(), lr=5e-3)
    for _ in range(150):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(net(seen.x), seen.y).backward()
        optimiser.step()
    tensors = {name: t.detach().contiguous() for name, t in net.state_dict().items()}
    save_file(tensors, run.path / "models" / "0-net.safetensors", {"outputs": "10"})
    rows(run, stage="fine_tune", epochs=12, trials=3)
    rows(run, stage="compare/random_start", epochs=12, trials=3)
    tasks = {
        "fine_tune": {"test/accuracy": 0.871, "test/accuracy/rows": 500},
        "compare/random_start": {"test/accuracy": 0.82, "test/accuracy/rows": 500},
        "compare/logistic_regression": {"test/accuracy": 0.86, "test/accuracy/rows": 500},
    }
    results(run, tasks, trials=3)
    run.mark("done")
    return run, data


def energy(folder):
    """An RBM with a likelihood and both sides of log Z."""
    run, data = begin(folder, "digits-rbm"), digits_data(labelled=0)
    with seeded(0):
        machine = hm.rbm(64, 30)
    learned(run, data, machine=machine)
    judged = {
        "test/log_likelihood": -21.4,
        "test/log_likelihood/stderr": 0.2,
        "test/log_likelihood/rows": 500,
        "log_z/forward": 40.21,
        "log_z/forward/stderr": 0.03,
        "log_z/forward/ess": 71.0,
        "log_z/forward/chains": 100,
        "log_z/reverse": 40.29,
        "log_z/reverse/stderr": 0.05,
        "log_z/reverse/ess": 52.0,
        "log_z/reverse/chains": 100,
    }
    results(run, {"judge/likelihood": judged})
    run.mark("done")
    return run, data


def table(folder):
    """A Gaussian RBM on rows that are no pictures."""
    run, data = begin(folder, "weather"), table_data()
    with seeded(0):
        machine = hm.rbm(hm.Gaussian(6), 8)
    learned(run, data, machine=machine)
    run.mark("done")
    return run, data


def failed(folder):
    """A run that diverged in its second layer: no machine, a traceback in the log."""
    run, data = begin(folder, "digits-hot", lr=50), digits_data()
    rows(run, stage="pretrain/0", epochs=3, falling=("train/reconstruction_error",))
    log = "epoch 1\nTraceback (most recent call last):\n  ...\nArithmeticError: diverged\n"
    (run.path / "log.txt").write_text(log)
    run.mark("failed", reason="update 31 of pretrain/1: v-h.weight is not finite; lower lr (50)")
    return run, data
