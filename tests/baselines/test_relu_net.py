"""The net of rectified units is scikit-learn's, on the labelled rows."""

import warnings

from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from harmonium.baselines.relu_net import ReluNet
from tests.stages import small


def test_it_is_fitted_to_the_labelled_rows():
    one = small.one("data.labels={per_class: 4}")
    seen, test = one.labelled(one.data.train), one.data.test
    model = MLPClassifier((8,), alpha=1e-3, max_iter=200, batch_size=4, random_state=one.seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # 200 epochs are the budget
        model.fit(seen.x.numpy(), seen.y.numpy())
    found = ReluNet(sizes=((8,),), alpha=(1e-3,), max_iter=200, batch_size=4)(one)
    assert found["accuracy"] == model.score(test.x.numpy(), test.y.numpy())
