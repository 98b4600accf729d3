"""What surrounds a call changes no number, and a call changes nothing around it.

Around: torch's default type, global source, contexts of gradients, inference, autocast and
devices, and other threads that work at the same time.
"""

import contextlib
import json
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

import harmonium
from harmonium import (
    DBM,
    RBM,
    BoltzmannMachine,
    ClassificationRBM,
    DBNClassifier,
    HopfieldMemory,
    ModernHopfieldMemory,
)
from harmonium.random import generator, seeded
from harmonium.sampling import OnlineLogZ, exact, ladder
from harmonium.sampling.chains import run, start
from harmonium.sampling.tempering import Ladder

RANDOM = np.random.default_rng(0)
BITS = (RANDOM.random((40, 6)) < 0.5).astype(float)
REALS = RANDOM.normal(size=(40, 6))
GAPS = np.where(RANDOM.random((40, 6)) < 0.1, np.nan, BITS)
LABELS = BITS[:, 0].astype(int)

BRIEF = {"n_epochs": 2, "random_state": 3}
FITS = {
    "rbm": lambda: RBM(4, **BRIEF).fit(BITS).sample(3, n_sweeps=3),
    "rbm, float32": lambda: RBM(4, **BRIEF).fit(BITS.astype("f4")).components_,
    "rbm, gaps": lambda: RBM(4, **BRIEF).fit(GAPS).impute(GAPS, n_sweeps=3),
    "rbm, gaussian": lambda: RBM(4, visible="gaussian", **BRIEF).fit(REALS).score_samples(REALS),
    "rbm, rectified": (
        lambda: RBM(4, visible="rectified", hidden="spin", **BRIEF).fit(abs(REALS)).components_
    ),
    "rbm, early": (
        lambda: RBM(4, early_stopping=True, **BRIEF).fit(BITS).partial_fit(BITS).components_
    ),
    "dbm": lambda: DBM((4, 3), pretrain_epochs=1, **BRIEF).fit(BITS).transform(BITS),
    "boltzmann": lambda: BoltzmannMachine(2, **BRIEF).fit(BITS).sample(2, n_sweeps=6),
    "classification": (
        lambda: ClassificationRBM(4, **BRIEF).fit(BITS, LABELS).sample(2, y=1, n_sweeps=3)
    ),
    "dbn": (
        lambda: (
            DBNClassifier((4, 3), pretrain_epochs=1, **BRIEF).fit(BITS, LABELS).predict_proba(BITS)
        )
    ),
    "dbn, random start": (
        lambda: (
            DBNClassifier((4, 3), pretrain_epochs=0, **BRIEF).fit(BITS, LABELS).predict_proba(BITS)
        )
    ),
    "hopfield": lambda: HopfieldMemory().fit(BITS[:2]).predict(BITS),
    "modern hopfield": lambda: ModernHopfieldMemory().fit(REALS).predict(REALS),
}


def machine():
    with seeded(1):
        return harmonium.rbm(6, 4, std=0.5)


def tempered():
    rungs = Ladder(ladder(machine(), [0.0, 0.5, 1.0]))
    source = generator(0)
    replicas = rungs.run(rungs.start(chains=4, source=source), sweeps=3, source=source)
    return replicas.rung(-1)["v"]


def chains():
    graph, source = machine(), generator(0)
    return run(graph, start(graph, 5, source=source), sweeps=3, source=source)["h"]


SAMPLERS = {
    "chains": chains,
    "exact": lambda: exact.draw(machine(), 5, source=generator(0))["v"],
    "ais": lambda: harmonium.ais(machine(), betas=5, chains=4, source=generator(0)).log_weights,
    "online": lambda: OnlineLogZ(machine(), chains=4, betas=3, source=generator(0)).log_w,
    "tempering": tempered,
}
ALL = FITS | SAMPLERS


def figures(call):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = np.asarray(call())
    return found.dtype, found.tobytes()


@pytest.fixture(scope="module")
def alone():
    return {name: figures(call) for name, call in ALL.items()}


@contextlib.contextmanager
def default_type():
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


@contextlib.contextmanager
def deterministic():
    torch.use_deterministic_algorithms(mode=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(mode=False)


@contextlib.contextmanager
def other_seeds():
    torch.manual_seed(77)
    np.random.seed(77)
    yield


AROUND = {
    "default type": default_type,
    "deterministic": deterministic,
    "other seeds": other_seeds,
    "no_grad": torch.no_grad,
    "inference_mode": torch.inference_mode,
}
FOR_FITS = {
    "autocast": lambda: torch.autocast("cpu", torch.bfloat16),
    "default device": lambda: torch.device("meta"),
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize("name", ALL)
def test_what_is_around_changes_no_number(name, around, alone):
    with around():
        assert figures(ALL[name]) == alone[name]


@pytest.mark.parametrize("around", FOR_FITS.values(), ids=FOR_FITS)
@pytest.mark.parametrize("name", FITS)
def test_neither_autocast_nor_a_default_device_changes_an_estimator(name, around, alone):
    with around():
        assert figures(FITS[name]) == alone[name]


def surroundings():
    kind, words, *rest = np.random.get_state()
    return (
        torch.get_rng_state().tolist(),
        kind,
        words.tolist(),
        rest,
        torch.get_default_dtype(),
        torch.get_num_threads(),
        torch.is_grad_enabled(),
    )


@pytest.mark.parametrize("name", ALL)
def test_nothing_around_is_changed(name):
    before = surroundings()
    figures(ALL[name])
    assert surroundings() == before


def test_without_a_seed_a_fit_leaves_the_global_sources_alone_and_differs_from_the_next():
    before = surroundings()
    one, other = (RBM(4, n_epochs=1).fit(BITS).components_ for _ in range(2))
    assert surroundings() == before
    assert not np.array_equal(one, other)


def test_the_law_can_fail():
    """A specimen that draws from the global source, in the default type."""

    def wrong():
        return torch.rand(3)

    torch.manual_seed(1)
    before, found = surroundings(), figures(wrong)
    assert surroundings() != before
    for around in (default_type, other_seeds):
        with around():
            assert figures(wrong) != found


def test_threads_do_not_disturb_each_other(alone):
    names = [name for name in FITS for _ in range(3)]
    with ThreadPoolExecutor(8) as threads:
        found = [*threads.map(lambda name: np.asarray(FITS[name]()), names)]
    assert [(x.dtype, x.tobytes()) for x in found] == [alone[name] for name in names]


RECIPE = {
    "name": "around",
    "seed": 1,
    "data": {"source": "digits", "batch_transform": "sampled", "validation": 0.1},
    "model": {"type": "belief_net", "units": [64, 12]},
    "pretrain": {"type": "greedy", "epochs": 1, "batch_size": 400},
    "fine_tune": {"type": "classify", "epochs": 1, "batch_size": 400},
    "judge": ["accuracy", {"type": "likelihood", "betas": 5, "chains": 4, "reverse_sweeps": 2}],
    "compare": ["random_start"],
}


def finished(folder):
    before = surroundings()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        done = harmonium.train(RECIPE, output=folder)
    assert surroundings() == before
    models = {p.name: p.read_bytes() for p in (done.path / "models").iterdir()}
    (one,) = done.results["trials"]
    for method in one["methods"].values():
        del method["processor_s"]
    return models, json.dumps(one, sort_keys=True)


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    return finished(tmp_path_factory.mktemp("usual"))


@pytest.mark.parametrize(
    "around", [*AROUND.values(), FOR_FITS["autocast"]], ids=[*AROUND, "autocast"]
)
def test_what_is_around_changes_no_run(around, usual, tmp_path):
    with around():
        found = finished(tmp_path)
    assert found == usual
