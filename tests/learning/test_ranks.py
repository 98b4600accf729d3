"""Two processes and one: the same gradients, equal parameters, chains that are shared out."""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing
from torch import Tensor, nn

from harmonium.learning import CD, PCD, Descent, Exact, Learner, cross_entropy, ranks
from harmonium.learning.contrast import Contrast
from harmonium.machines import rbm
from harmonium.sampling import exact

UPDATES = 200


def _process(rank: int, jobs: "Sequence[Job]", folder: Path) -> None:
    torch.set_num_threads(1)
    store = dist.FileStore(str(folder / "store"), 2)
    dist.init_process_group("gloo", store=store, rank=rank, world_size=2)
    try:
        torch.save([job() for job in jobs], folder / f"{rank}.pt")
        dist.barrier()  # as ``ranks.joined`` leaves
    finally:
        dist.destroy_process_group()


Job = Callable[[], dict[str, Tensor]]


def _both(jobs: Sequence[Job], folder: Path) -> list[tuple[dict[str, Tensor], ...]]:
    """What the two processes found, job by job."""
    torch.multiprocessing.spawn(_process, (jobs, folder), nprocs=2)
    return list(zip(*(torch.load(folder / f"{rank}.pt") for rank in (0, 1)), strict=True))


def _rows() -> Tensor:
    source = torch.Generator().manual_seed(1)
    seeds = torch.rand(40, 1, generator=source) < 0.5
    noise = torch.rand(40, 6, generator=source) < 0.1
    return (seeds ^ noise).float()


def _energy(contrast: Contrast, *, rate: float = 0.05) -> dict[str, Tensor]:
    """200 updates from all rows, each process from its own."""
    rank, size = ranks.world()
    torch.manual_seed(0)
    graph = rbm(6, 3)
    learner = Learner(
        graph,
        torch.optim.SGD(graph.parameters(), lr=rate),
        contrast=contrast,
        source=torch.Generator().manual_seed(10 + rank),
    )
    for _ in range(UPDATES):
        learner.step({"v": _rows()[rank::size]})
    ranks.check_equal(graph.parameters())
    state = learner.state_dict()
    chains = {f"chains {name}": x for name, x in state["chains"].items()}
    learner.load_state_dict(state)
    assert all(
        torch.equal(ranks.gathered(x), state["chains"][n]) for n, x in learner.chains.items()
    )
    score = -graph.free_energy({"v": _rows()}, ("h",)).double().mean() - exact.log_partition(graph)
    return {**state["graph"], **chains, "score": score.detach()}


def _exactly() -> dict[str, Tensor]:
    return _energy(Exact())


def _persistently() -> dict[str, Tensor]:
    return _energy(PCD(chains=4000), rate=0.3)


def _from_data() -> dict[str, Tensor]:
    return _energy(CD(), rate=0.5)


def _net() -> dict[str, Tensor]:
    rank, size = ranks.world()
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(6, 5), nn.Sigmoid(), nn.Linear(5, 2))
    learner = Descent(net, torch.optim.SGD(net.parameters(), lr=0.5), cross_entropy)
    x = _rows()[:39]  # shares of 20 and 19 rows: the mean must be weighted
    for _ in range(UPDATES):
        found = learner.step({"x": x[rank::size], "y": x[rank::size, 0].long()})
    return {**net.state_dict(), **found}


LEARNED = (_exactly, _persistently, _from_data, _net)


Learned = dict[Job, tuple[dict[str, Tensor], ...]]


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Learned:
    """Job -> what each process learned; one pair of processes does all jobs."""
    found = _both(LEARNED, tmp_path_factory.mktemp("pair"))
    return dict(zip(LEARNED, found, strict=True))


@pytest.mark.parametrize("job", LEARNED)
def test_parameters_are_equal_to_the_bit_after_200_updates(job: Job, learned: Learned) -> None:
    first, second = learned[job]
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize(("job", "close"), [(_exactly, 1e-6), (_net, 1e-5)])
def test_two_processes_learn_what_one_learns(job: Job, close: float, learned: Learned) -> None:
    first, _ = learned[job]
    for name, x in job().items():
        torch.testing.assert_close(first[name], x, atol=close, rtol=10 * close)


@pytest.mark.parametrize(("job", "noise"), [(_persistently, 0.02), (_from_data, 0.1)])
def test_likelihoods_of_two_processes_and_one_agree(
    job: Job, noise: float, learned: Learned
) -> None:
    """Eight seeds of one process: s.d. .003 nats with 4000 chains, .02 from 40 rows of data."""
    first, _ = learned[job]
    alone = job()
    assert abs(float(first["score"] - alone["score"])) < noise
    untrained = -6 * torch.tensor(2.0).log()
    assert float(alone["score"]) > float(untrained) + 0.5


def _apart() -> dict[str, Tensor]:
    parameter = nn.Parameter(torch.ones(3) + ranks.world().rank * 1e-7)
    with pytest.raises(ranks.RankError, match="differ between the 2 processes"):
        ranks.check_equal([parameter])
    with pytest.raises(ValueError, match="cannot be shared equally by 2 processes"):
        ranks.share(5, what="chains")
    ranks.check_same({"recipe": "a", "data": "b"})
    with pytest.raises(ranks.RankError, match="the data of process 1 differ from those of proc"):
        ranks.check_same({"recipe": "a", "data": str(ranks.world().rank)})
    assert ranks.agreed(ranks.world().rank) == 0
    assert ranks.first_asked("SIGTERM" if ranks.world().rank else "") == "SIGTERM"
    return {}


def test_what_differs_is_noticed_and_what_is_asked_is_heard(tmp_path: Path) -> None:
    _both([_apart], tmp_path)


def test_alone_everything_is_the_identity() -> None:
    x = torch.rand(3)
    assert ranks.world() == (0, 1)
    assert ranks.gathered(x) is x
    assert ranks.mean([x], weight=2.0)[0] is x
    assert torch.equal(ranks.split(x, what="chains"), x)
    assert ranks.share(5, what="chains") == 5
    assert ranks.first_asked("SIGINT") == "SIGINT"
    ranks.check_same({"data": "a"})


def test_a_lost_process_is_said_without_the_transports_own_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = "[/a/gloo/pair.cc:553] Connection closed by peer [::1]:5. This is typically caused by"

    def lost(*_: object, **__: object) -> None:
        raise RuntimeError(said)

    monkeypatch.setattr(dist, "broadcast_object_list", lost)
    monkeypatch.setattr(ranks, "world", lambda: ranks.World(0, 2))
    words = r"lost contact with the others \(Connection closed by peer \[::1\]:5\): one has ended"
    with pytest.raises(ranks.RankError, match=words):
        ranks.agreed(1)


@pytest.mark.parametrize("fails", [False, True])
def test_processes_leave_together_unless_one_fails(
    fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A barrier before the group is destroyed; a process that fails waits for nobody."""
    calls: list[str] = []
    launched = {"WORLD_SIZE": "2", "RANK": "0", "MASTER_ADDR": "localhost", "MASTER_PORT": "29500"}
    for variable, value in launched.items():
        monkeypatch.setenv(variable, value)
    for name in ("init_process_group", "barrier", "destroy_process_group"):
        monkeypatch.setattr(dist, name, lambda *_, name=name, **__: calls.append(name))
    with contextlib.suppress(KeyError), ranks.joined():
        calls.append("work")
        if fails:
            raise KeyError
    left = ["destroy_process_group"] if fails else ["barrier", "destroy_process_group"]
    assert calls == ["init_process_group", "work", *left]
