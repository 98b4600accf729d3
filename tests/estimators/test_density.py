"""log Z is computed once, when it is asked for, and anew after the next fit."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from harmonium import RBM, BoltzmannMachine, exact
from harmonium.estimators import density

X = np.eye(4)[np.arange(40) % 4]


@pytest.mark.parametrize("model", [RBM(3, n_epochs=1), BoltzmannMachine(2, n_epochs=1)])
def test_log_z_is_computed_once_a_fit(model, monkeypatch):
    asked = []
    inner = density.partition

    def counted(graph, **settings):
        asked.append(graph)
        return inner(graph, **settings)

    monkeypatch.setattr(density, "partition", counted)
    with pytest.raises(NotFittedError):
        _ = model.log_partition_
    model.set_params(random_state=0).fit(X)
    assert asked == []
    assert model.log_partition_ == pytest.approx(float(exact.log_partition(model.graph_)))
    assert model.log_partition_stderr_ == 0
    assert model.score(X) == pytest.approx(float(np.mean(model.score_samples(X))))
    assert asked == [model.graph_]
    model.fit(X)
    assert model.log_partition_ == pytest.approx(float(exact.log_partition(model.graph_)))
    assert len(asked) == 2
