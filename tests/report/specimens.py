"""Run directories as training leaves them: what the report's tests look at."""

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
model: {model}
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
    return DataSet(
        "digits", train, validation=validation, test=test, shape=(8, 8), classes=classes
    )


def table_data(*, features=6):
    """Two clouds of real numbers: no picture, two classes with names."""
    draws = np.random.default_rng(0)
    y = torch.from_numpy(draws.integers(0, 2, 300))
    noise = torch.from_numpy(draws.normal(size=(300, features)).astype("float32"))
    x = noise + 2.0 * y[:, None] - 1.0
    part = Split(x[:200], y[:200]), Split(x[200:], y[200:])
    names = ("calm", "storm")
    return DataSet("weather", part[0], test=part[1], shape=(features,), classes=names)


def begin(folder, name, *, lr=0.1, model="{type: belief_net, units: [64, 40, 30]}"):
    """A directory with everything that is there before the first epoch."""
    text = RECIPE.format(name=name, lr=lr, model=model)
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
            run, stage=stage, epochs=epochs, falling=("rbm/reconstruction", "rbm/free_energy_gap")
        )

    greedy(graphs, data.train.x, train=train)
    hm.save(machine, run.path / "models" / "0-machine.safetensors")


def results(run, methods, *, trials=1):
    """`results.json` with the same methods for every trial, the accuracies a little different."""

    def moved(numbers, trial):
        step = {"accuracy": 0.004 * trial, "error": -0.004 * trial}
        return {n: v + step[n] if n in step else v for n, v in numbers.items()}

    found = [
        {"seed": t, "methods": {name: moved(numbers, t) for name, numbers in methods.items()}}
        for t in range(trials)
    ]
    (run.path / "results.json").write_text(json.dumps({"trials": found, "summary": {}}))


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
    methods = {
        "belief_net": {"accuracy": 0.871, "error": 0.129, "processor_s": 3.0},
        "random_start": {"accuracy": 0.82, "error": 0.18, "processor_s": 1.0},
        "logistic_regression": {"accuracy": 0.86, "error": 0.14, "settings": {"C": 1.0}},
    }
    results(run, methods, trials=3)
    run.mark("done")
    return run, data


def energy(folder):
    """An RBM with a likelihood and both sides of log Z."""
    run, data = (
        begin(folder, "digits-rbm", model="{type: rbm, visible: 64, hidden: 30}"),
        digits_data(labelled=0),
    )
    with seeded(0):
        machine = hm.rbm(64, 30)
    learned(run, data, machine=machine)
    judged = {
        "log_likelihood": -21.4,
        "log_likelihood_optimistic": -21.32,
        "test_stderr": 0.2,
        "log_z": 40.29,
        "log_z_exact": False,
        "log_z_forward": 40.21,
        "log_z_forward_stderr": 0.03,
        "log_z_reverse": 40.29,
        "log_z_reverse_stderr": 0.05,
    }
    results(run, {"rbm": judged})
    run.mark("done")
    return run, data


def table(folder):
    """A Gaussian RBM on rows that are no pictures."""
    run, data = begin(folder, "weather", model="{type: rbm, visible: 6, hidden: 8}"), table_data()
    with seeded(0):
        machine = hm.rbm(hm.Gaussian(6), 8)
    learned(run, data, machine=machine)
    run.mark("done")
    return run, data


def trained(folder):
    """A run as `harmonium train` leaves it, page and all."""
    stage = {"epochs": 3, "batch_size": 50, "optimiser": {"type": "sgd", "lr": 0.1}}
    recipe = {
        "name": "trained",
        "repeats": 2,
        "data": {"source": "digits", "validation": 0.1, "labels": {"per_class": 10}},
        "model": {"type": "belief_net", "units": [64, 20, 10]},
        "pretrain": {"type": "greedy", **stage},
        "fine_tune": {"type": "classify", **stage},
        "judge": ["accuracy", {"type": "likelihood", "betas": 20, "chains": 10}],
        "compare": ["random_start", "logistic_regression"],
        "report": {"samples": 10, "filters": 16},
    }
    return hm.train(recipe, output=folder), None


def failed(folder):
    """A run that diverged in its second layer: no machine, a traceback in the log."""
    run, data = begin(folder, "digits-hot", lr=50), digits_data()
    rows(run, stage="pretrain/0", epochs=3, falling=("rbm/reconstruction",))
    log = "epoch 1\nTraceback (most recent call last):\n  ...\nArithmeticError: diverged\n"
    (run.path / "log.txt").write_text(log)
    run.mark("failed", reason="learning diverged: v-h.weight is no longer finite; lower the rate")
    return run, data


def coder(folder):
    """A denoising autoencoder of the digits, as `harmonium train` leaves it."""
    recipe = {
        "name": "coder",
        "data": {"source": "digits", "validation": 0.1},
        "model": {"type": "autoencoder", "units": [64, 32, 5], "code": "linear"},
        "train": {
            "type": "reconstruction",
            "epochs": 25,
            "batch_size": 25,
            "noise": {"type": "corrupt", "kind": "masking", "share": 0.2},
        },
        "judge": ["reconstruction"],
    }
    return hm.train(recipe, output=folder), None


def hasher(folder):
    """Digits as 12 bits, as `harmonium train` leaves them."""
    recipe = {
        "name": "hasher",
        "data": {"source": "digits"},
        "model": {
            "type": "autoencoder",
            "units": [64, 32, 12],
            "code": {"type": "noisy", "std": 1.0},
        },
        "train": {"type": "reconstruction", "epochs": 15, "batch_size": 25},
        "judge": ["retrieval"],
    }
    return hm.train(recipe, output=folder), None


def drawn(folder):
    """A variational autoencoder of binary digits, as `harmonium train` leaves it."""
    recipe = {
        "name": "drawn",
        "data": {"source": "digits", "validation": 0.1, "batch_transform": "sampled"},
        "model": {"type": "autoencoder", "units": [64, 32, 4], "code": "gaussian"},
        "train": {"type": "reconstruction", "epochs": 20, "batch_size": 25},
        "judge": ["bound"],
        "report": {"samples": 20},
    }
    return hm.train(recipe, output=folder), None


CONVNET = {
    "name": "convnet",
    "threads": 1,
    "data": {"source": "digits"},
    "model": {
        "type": "net",
        "shape": [1, 8, 8],
        "layers": [
            {"type": "conv2d", "name": "conv1", "out_channels": 6, "kernel_size": 3, "padding": 1},
            "relu",
            {"type": "max_pool2d", "name": "pool1", "kernel_size": 2},
            {"type": "conv2d", "name": "conv2", "out_channels": 10, "kernel_size": 3},
            "relu",
            "flatten",
            {"type": "linear", "name": "fc", "out_features": 10},
        ],
    },
    "train": {
        "type": "supervised",
        "objective": "cross_entropy",
        "epochs": 8,
        "batch_size": 25,
        "optimiser": {"type": "adamw", "lr": 5e-3},
    },
    "judge": ["accuracy"],
}


def convnet(folder):
    """A small convolutional net on digits, as `harmonium train` leaves it."""
    run = hm.train(CONVNET, output=folder)
    return run, digits(0).dataset()
