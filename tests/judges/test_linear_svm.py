"""A linear support vector machine as a judge: on codes, like scikit-learn's on the same codes."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.svm import LinearSVC
from torch.nn.functional import max_pool2d

from harmonium.data import DataSet, Split
from harmonium.judges.linear_svm import LinearSVM
from harmonium.random import generator
from tests.stages import small


def scaled(train, test):
    """Standardised, with a tenth of the mean variance added; mean squared length about 1."""
    scale = np.sqrt((train.var(0) + 0.1 * train.var(0).mean()) * train.shape[1])
    return [(x - train.mean(0)) / scale for x in (train, test)]


def theirs(train, test, data, *, C):
    """The share of errors of scikit-learn's machine."""
    x, asked = scaled(train.double().numpy(), test.double().numpy())
    model = LinearSVC(C=C, tol=1e-6, max_iter=100_000, random_state=0).fit(x, data.train.y)
    return 1 - model.score(asked, data.test.y)


def layers(trial, split):
    return [*trial.able("encodes").codes({"x": split.x}).values()]


@pytest.mark.parametrize("which", ["last", "all"])
def test_it_is_the_error_on_the_codes(which):
    one = small.one()
    found = LinearSVM(C=[5.0], layers=which, max_iter=1000)(one)
    codes = [layers(one, split) for split in (one.data.train, one.data.test)]
    used = [torch.cat(c if which == "all" else c[-1:], 1) for c in codes]
    assert found["svm_error"] == pytest.approx(theirs(*used, one.data, C=5.0))
    assert (found["labels"], found["rows"], found["C"]) == (len(one.data.train), 20, 5.0)


def pictures():
    """Rows of 6 x 6 bits whose class is whether the left half has more of them."""
    x = (torch.rand(90, 36, generator=generator(0)) > 0.6).float()
    left, right = (half.sum((1, 2)) for half in x.reshape(90, 6, 6).split(3, 2))
    y = (left > right).long()
    classes = ("right", "left")
    test = Split(x[:30], y[:30])
    return DataSet("halves", Split(x, y), test=test, shape=(1, 6, 6), classes=classes)


def test_maps_are_pooled():
    model = {"type": "convolutional_rbm", "shape": [1, 6, 6], "maps": 3, "kernel": 2, "pool": 1}
    train = {"type": "energy", "epochs": 1}
    one = small.one(data=pictures(), model=model, train=train, pretrain=None, fine_tune=None)
    found = LinearSVM(C=[1.0], pool=2, max_iter=1000)(one)
    codes = [layers(one, split)[-1] for split in (one.data.train, one.data.test)]
    assert codes[0].shape[1:] == (3, 5, 5)
    used = [max_pool2d(c, 2, ceil_mode=True).flatten(1) for c in codes]
    assert used[0].shape[1] == 27
    assert found["svm_error"] == pytest.approx(theirs(*used, one.data, C=1.0))


def test_the_penalty_is_chosen_on_training_rows():
    """Codes of untrained layers with noisy labels: a tiny C is too strong, and is not taken."""
    one = small.one()
    found = LinearSVM(C=[1e-9, 10.0])(one)
    assert found["C"] == 10.0
    assert found["svm_error"] == LinearSVM(C=[10.0])(one)["svm_error"]
    swapped = replace(one.data, test=Split(one.data.test.x, 1 - one.data.test.y))
    assert LinearSVM(C=[1e-9, 10.0])(replace(one, data=swapped))["C"] == 10.0


def test_few_labels_are_equally_many_of_each_class():
    one = small.one()
    found = LinearSVM(few=6)(one)
    classes = len(torch.as_tensor(one.data.train.y).unique())
    assert found["few"] == 6 // classes * classes
    assert 0 <= found["svm_error_few"] <= 1
    assert found["svm_error_few_stderr"] > 0
    assert found == LinearSVM(few=6)(one)


def test_what_it_cannot_judge():
    data = replace(small.toy(), test=None)
    with pytest.raises(ValueError, match="judge linear_svm: toy has no test rows"):
        small.tasks(data=data, judge=["linear_svm"])
