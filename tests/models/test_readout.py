"""Models of nets with fixed features."""

import torch

from harmonium.models import ReadoutClassifier, ReadoutRegressor
from harmonium.models.readout import readout
from harmonium.nets import ExtremeLearningMachine

X = torch.rand(5, 4, generator=torch.Generator().manual_seed(1))


def test_a_net_of_classes_decides_and_one_of_values_predicts():
    classes = readout(ExtremeLearningMachine([4, 6, 3]))
    values = readout(ExtremeLearningMachine([4, 6, 3], outputs="values"))
    assert isinstance(classes, ReadoutClassifier)
    assert isinstance(values, ReadoutRegressor)
    for model in (classes, values):
        with torch.no_grad():
            model.net.weight.normal_(generator=torch.Generator().manual_seed(0))
        torch.testing.assert_close(model.codes({"x": X})["h1"], model.net.features(X))
    assert torch.equal(classes.decide({"x": X}), classes.net(X).argmax(1))
    assert torch.equal(values.predict({"x": X}), values.net(X))
