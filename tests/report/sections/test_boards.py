from types import SimpleNamespace

import torch

from harmonium.data import DataSet, Examples, Numbers, digits_set
from harmonium.data.go import Planes, go_games
from harmonium.models import adapted
from harmonium.nets import MLP, GoPolicy, GoValue, Net
from harmonium.report.sections.boards import section
from tests.data.go.test_games import file_of


def evidence(model, data):
    return SimpleNamespace(
        models={"machine": model},
        data=data,
        able=lambda *_: model,
        classes=lambda: data.classes,
        labelled_held_out=("test", data.test),
    )


class Corner(GoPolicy):
    """Prefers the points of reading order from the end, where they are legal."""

    def forward(self, x):
        likes = torch.arange(361).expand(len(x), -1).to(x)
        return likes.masked_fill(super().forward(x) < -1e8, -1e9)


def test_boards_show_the_move_of_the_expert_and_its_rank(tmp_path):
    data = go_games(file_of(tmp_path), per_game=3, test=0.25)
    layers = [{"type": "conv2d", "out_channels": 1, "kernel_size": 1}, "flatten"]
    found = section(evidence(adapted(Corner(Net([48, 19, 19], layers)).eval()), data))
    (picture,) = found.parts
    assert "prefers the move of the expert in 0 of them" in picture.alt
    assert len(picture.figure.axes) == 6
    for text, row in zip(picture.figure.texts, (0, 1, 3, 4, 6, 7), strict=True):
        move = int(data.test.y[row])
        board = data.test.batch(slice(None))["x"][row, :2].sum(0).flatten()
        rank = 361 - move - int(board[move:].sum())
        assert text.get_text() == f"{data.classes[move]}: 0%, rank {rank}"


def test_boards_show_the_outcome_that_is_expected():
    shape = (3, 49 * 361)
    x = (torch.rand(shape, generator=torch.Generator().manual_seed(0)) < 0.1).float()
    y = torch.tensor([[1.0], [-1.0], [1.0]])
    kinds = {"x": Planes((49, 19, 19)), "y": Numbers((1,))}
    rows = Examples({"x": x, "y": y, "game": torch.zeros(3)})
    data = DataSet("toy", rows, test=rows, columns=kinds)
    layers = ["flatten", {"type": "linear", "out_features": 1}]
    net = GoValue(Net([49, 19, 19], layers, outputs="values"))
    net.load_state_dict(
        {k: v * 0 for k, v in net.state_dict().items()}
        | {"net.rescaled.mean": torch.tensor([0.5])}
    )
    found = evidence(adapted(net), data)
    found.held_out = ("test", data.test)
    (picture,) = section(found).parts
    assert "names the winner in 2 of them" in picture.alt
    words = [text.get_text() for text in picture.figure.texts]
    assert words == ["expected +0.46: won", "expected +0.46: lost", "expected +0.46: won"]


def test_other_data_have_no_boards():
    assert section(evidence(adapted(MLP([64, 10])), digits_set())) is None


def test_models_without_probabilities_are_named(tmp_path):
    data = go_games(file_of(tmp_path), per_game=1)
    assert "gives class probabilities" in section(evidence(SimpleNamespace(), data))
