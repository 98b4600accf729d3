"""Settings of the stages."""

import pytest

from harmonium.describe.component import Component
from harmonium.describe.settings import Greedy


def test_a_layer_takes_the_settings_of_all_and_its_own():
    adam = Component("Optimiser", "adam")
    settings = Greedy(epochs=5, batch_size=20, layers=({}, {"epochs": 9, "optimiser": adam}))
    assert settings.layer(0) == Greedy(epochs=5, batch_size=20)
    assert settings.layer(1) == Greedy(epochs=9, batch_size=20, optimiser=adam)
    assert settings.layer(2) == Greedy(epochs=5, batch_size=20)


def test_an_override_of_nothing_that_exists_is_refused():
    with pytest.raises(TypeError, match="epohcs"):
        Greedy(epochs=5, layers=({"epohcs": 9},)).layer(0)
