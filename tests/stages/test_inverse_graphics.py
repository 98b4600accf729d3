"""The stage of inverse graphics."""

import pytest

from harmonium.data.known import digits_set
from harmonium.judges.factors import Factors
from tests.stages import small

NET = {
    "type": "codec",
    "code": "gaussian",
    "encoder": {
        "type": "net",
        "shape": [1, 8, 8],
        "layers": [
            {"type": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1},
            "relu",
            "flatten",
            {"type": "linear", "out_features": 12},
        ],
    },
    "decoder": {
        "type": "net",
        "shape": [6],
        "layers": [
            {"type": "linear", "out_features": 64},
            "relu",
            {"type": "linear", "out_features": 64},
        ],
    },
}
STAGE = {"type": "inverse_graphics", "epochs": 12, "shift": 1.5, "rotation": 0, "scale": 0}
STAGE |= {"optimiser": {"type": "adam", "lr": 5e-3}}


def test_the_first_numbers_become_the_place():
    """After few updates on small digits: far above what random codes have."""
    sections = {"model": NET, "pretrain": None, "train": STAGE, "fine_tune": None}
    (task,) = small.tasks(data=digits_set(), **sections)
    judge = Factors(shift=1.5, rotation=0, scale=0)
    before = judge(task.workspace)["factor_correlation"]
    small.done(task)
    assert judge(task.workspace)["factor_correlation"] > max(0.3, 2 * before)


def test_a_code_without_a_prior_is_refused():
    plain = {k: v for k, v in NET.items() if k != "code"}
    plain["decoder"] = {"type": "mlp", "units": [12, 64]}
    with pytest.raises(ValueError, match="has a lower bound"):
        small.tasks(data=digits_set(), model=plain, pretrain=None, train=STAGE, fine_tune=None)
