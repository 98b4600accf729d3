"""The support vector machine is scikit-learn's, on the labelled rows."""

from sklearn.svm import SVC as Sklearn

from harmonium.baselines.svc import SVC
from tests.stages import small


def test_it_is_fitted_to_the_labelled_rows():
    one = small.one("data.labels={per_class: 4}")
    seen, test = one.labelled(one.data.train), one.data.test
    model = Sklearn(C=10.0, gamma=0.1).fit(seen.x.numpy(), seen.y.numpy())
    found = SVC(C=(10.0,), gamma=(0.1,))(one)
    assert found["accuracy"] == model.score(test.x.numpy(), test.y.numpy())
    assert found["settings"] == {"C": 10.0, "gamma": 0.1}
