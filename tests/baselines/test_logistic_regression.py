"""Logistic regression is scikit-learn's, on the labelled rows."""

from sklearn.linear_model import LogisticRegression as Sklearn

from harmonium.baselines.logistic_regression import LogisticRegression
from tests.stages import small


def test_only_the_labelled_rows_count():
    one = small.one("data.labels={per_class: 4}")
    seen = one.labelled(one.data.train)
    model = Sklearn(C=10.0, max_iter=3000).fit(seen.x.numpy(), seen.y.numpy())
    expected = model.score(one.data.test.x.numpy(), one.data.test.y.numpy())
    found = LogisticRegression(C=(10.0,))(one)
    assert (found["accuracy"], found["settings"]) == (expected, {"C": 10.0})
