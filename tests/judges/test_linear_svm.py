"""A linear support vector machine as a judge: on codes, like scikit-learn's on the same codes."""

from dataclasses import replace

import pytest
import torch
from sklearn.svm import LinearSVC

from harmonium.judges.linear_svm import LinearSVM
from tests.stages import small


def test_it_is_the_error_on_the_codes():
    one = small.one()
    found = LinearSVM(C=0.5)(one)
    model, data = one.able("encodes"), one.data
    codes = [
        [*model.codes({"x": split.x}).values()][-1].numpy() for split in (data.train, data.test)
    ]
    wanted = LinearSVC(C=0.5, dual=True, random_state=0).fit(codes[0], data.train.y)
    assert found["svm_error"] == pytest.approx(1 - wanted.score(codes[1], data.test.y))
    assert (found["labels"], found["rows"]) == (len(data.train), 20)


def test_few_labels_are_equally_many_of_each_class():
    one = small.one()
    found = LinearSVM(few=6)(one)
    classes = len(torch.as_tensor(one.data.train.y).unique())
    assert found["few"] == 6 // classes * classes
    assert 0 <= found["svm_error_few"] <= 1
    assert found == LinearSVM(few=6)(one)


def test_what_it_cannot_judge():
    data = replace(small.toy(), test=None)
    with pytest.raises(ValueError, match="judge linear_svm: toy has no test rows"):
        small.tasks(data=data, judge=["linear_svm"])
