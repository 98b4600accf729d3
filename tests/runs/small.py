"""A whole run in a tenth of a second: an RBM by PCD, then a net on its features."""

import math

import torch

from harmonium import Run, rbm
from harmonium.bridge import unroll
from harmonium.data import Batches, Split
from harmonium.learning import (
    L2,
    PCD,
    Descent,
    EarlyStopping,
    GraphLearner,
    Learner,
    Training,
    cross_entropy,
    linear_decay,
    momentum,
)
from harmonium.models import adapted
from harmonium.random import generator, seeded
from harmonium.runs.checkpoint import write_tensors
from harmonium.runs.engine import Checkpoints, Engine, Task
from harmonium.runs.stages import Once
from harmonium.watch import (
    ChainWatch,
    FindingsWatch,
    FreeEnergyWatch,
    ReconstructionWatch,
    ValidationWatch,
    WeightsWatch,
)

EPOCHS, SIZE, ROWS = 3, 5, 23


class Killed(BaseException):
    """Stands for the end of the process: nobody catches it."""


class Work:
    """The workspace: machine and net."""

    def __init__(self, seed=0):
        with seeded(seed):
            self.machine = rbm(6, 4, std=0.1)
        self.net = None

    def unrolled(self):
        return unroll(self.machine, outputs=2)

    def state_dict(self):
        net = None if self.net is None else self.net.state_dict()
        return {"machine": self.machine.state_dict(), "net": net}

    def load_state_dict(self, state):
        self.machine.load_state_dict(state["machine"])
        if state["net"] is not None:
            self.net = self.unrolled()
            self.net.load_state_dict(state["net"])

    def save(self, folder, trial):
        write_tensors(folder / f"{trial}-machine.safetensors", self.machine.state_dict())
        if self.net is not None:
            write_tensors(folder / f"{trial}-net.safetensors", self.net.state_dict(), outputs="2")


def rows():
    x = (torch.rand(ROWS, 6, generator=generator(7)) > 0.4).float()
    return x, (x.sum(1) > 3).long()


def energy(work, lr=0.1):
    source = generator(11)
    optimiser = torch.optim.SGD(work.machine.parameters(), lr=lr, momentum=0.5)
    learner = Learner(
        work.machine,
        optimiser,
        contrast=PCD(chains=7),
        penalties=[L2(0.01)],
        source=source,
    )
    x, _ = rows()
    batches = Batches(
        {"x": x},
        size=SIZE,
        source=source,
        transform=lambda v: (v + torch.rand(v.shape, generator=source) > 0.5).float(),
    )
    schedules = [
        linear_decay(optimiser, EPOCHS * len(batches)),
        momentum(optimiser, len(batches), to=0.9, after=1),
    ]
    model = adapted(work.machine)
    watches = [
        WeightsWatch(work.machine.connections, model),
        ReconstructionWatch(model, Split(x), shown=False),
        FreeEnergyWatch(model, x, validation=x[:9]),
        ChainWatch(learner, seed=3),
        FindingsWatch(learner, lambda v: {"v": v}, train=(x, None), validation=x[:9], seed=3),
    ]
    graph = GraphLearner(learner, model.state)
    return Training(graph, batches, EPOCHS, schedules, source=source, watches=watches)


def classify(work, **stopping):
    work.net = work.unrolled()
    source = generator(12)
    optimiser = torch.optim.Adam(work.net.parameters(), lr=0.01)
    x, y = rows()
    batches = Batches({"x": x, "y": y}, size=SIZE, source=source)
    model = adapted(work.net)
    return Training(
        Descent(work.net, optimiser, cross_entropy),
        batches,
        EPOCHS,
        stopping=EarlyStopping("val/loss", **{"patience": 2, **stopping}),
        source=source,
        watches=[ValidationWatch(model, Split(x[:9], y[:9])), WeightsWatch(None, model)],
    )


def judge(work):
    x, y = rows()
    return {"accuracy": float((work.net(x).argmax(1) == y).double().mean())}


def tasks(**options):
    work = Work()
    return [
        Task(0, "train", lambda: energy(work, **options), lambda stage: {}, work),
        Task(0, "fine_tune", lambda: classify(work), lambda stage: {}, work),
        Task(0, "judge", lambda: Once(lambda: judge(work)), lambda s: {"rbm": s.results}, work),
    ]


def engine(run, **settings):
    return Engine(
        run,
        settings.pop("tasks", None) or tasks(),
        checkpoints=Checkpoints(**{"every_updates": 2, **settings.pop("checkpoints", {})}),
        **settings,
    )


def last(run):
    place = run.path / "checkpoints" / "last.safetensors"
    return place if place.is_file() else None


def whole(parent, **settings):
    """A run that nobody stops."""
    run = Run.create(parent, "whole")
    engine(run, **settings).go()
    return run


def outcome(run):
    """All that must be equal to the bit: models, metrics (without times), results, records."""
    tensors = {}
    for folder in ("models", "records"):
        for path in sorted((run.path / folder).iterdir()):
            tensors[f"{folder}/{path.name}"] = path.read_bytes()
    metrics = [
        {name: value for name, value in row.items() if not name.startswith("time/")}
        for row in run.metrics()
    ]
    assert all(math.isfinite(v) for row in metrics for v in row.values() if isinstance(v, float))
    return {"metrics": metrics, "results": run.results, "status": run.status["status"], **tensors}
