"""Every recipe on a GPU: it learns, is judged, and its report leaves out nothing for that."""

import html

import pytest
import torch

from harmonium.training import train
from tests.matrix.miniature import RECIPES
from tests.matrix.red import cells

if not torch.cuda.is_available():
    pytest.skip("torch finds no CUDA device here", allow_module_level=True)


@pytest.mark.parametrize("name", cells("devices", RECIPES))
@pytest.mark.filterwarnings("ignore:products='fixed' is for CPUs")
def test_a_recipe_learns_on_a_gpu(name, recipes, tmp_path):
    run = train({**recipes(name), "device": "cuda"}, output=tmp_path)
    assert run.results["trials"][0]["methods"]
    page = html.unescape((run.path / "report.html").read_text("utf-8"))
    for words in ("same device", "device type", "to numpy"):
        assert words not in page
