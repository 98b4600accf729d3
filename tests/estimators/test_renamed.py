"""Old names of arguments are refused with the new one."""

import inspect

import pytest
from sklearn.base import BaseEstimator, clone

from harmonium.estimators.renamed import renamed


@renamed(n_epochs="max_iter", rate="eta0, of every correction")
class Model(BaseEstimator):
    def __init__(self, max_iter=10, *, eta0=1.0):
        self.max_iter = max_iter
        self.eta0 = eta0


@pytest.mark.parametrize(
    ("old", "message"),
    [("n_epochs", "Model: n_epochs is now max_iter"), ("rate", "rate is now eta0, of every")],
)
def test_an_old_name_is_refused_with_the_new_one(old, message):
    with pytest.raises(TypeError, match=message):
        Model(**{old: 3})


def test_other_arguments_pass_and_the_signature_stays():
    model = Model(4, eta0=0.5)
    assert (model.max_iter, model.eta0) == (4, 0.5)
    assert clone(model).get_params() == {"max_iter": 4, "eta0": 0.5}
    assert list(inspect.signature(Model).parameters) == ["max_iter", "eta0"]
    with pytest.raises(TypeError, match="unexpected keyword"):
        Model(epochs=3)
