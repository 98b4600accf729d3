from types import SimpleNamespace

from harmonium.data import digits_set, environment
from harmonium.models import adapted
from harmonium.nets import MLP
from harmonium.random import generator
from harmonium.report.sections.play import section
from tests.judges.test_play import Player


def evidence(model, data):
    return SimpleNamespace(
        models={"machine": model}, data=data, able=lambda _: model, source=lambda: generator(0)
    )


def test_an_episode_is_drawn_with_the_values_of_all_actions():
    data = environment("catch", rows=4, settings={"drift": False})
    found = section(evidence(Player(), data))
    moving, values = found.parts
    assert "1 earned in 9 steps" in moving.alt
    assert moving.moving.startswith(b"\x89PNG")
    (axes,) = values.figure.axes
    assert [line.get_label() for line in axes.lines] == ["left", "stay", "right"]
    assert all(len(line.get_xdata()) == 9 for line in axes.lines)


def test_other_models_and_data_are_answered():
    assert section(evidence(adapted(MLP([64, 3])), digits_set())) is None
    assert "take the source `environment`" in section(evidence(Player(), digits_set()))
