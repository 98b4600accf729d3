"""The folder of an imported net."""

import torch

import harmonium
from harmonium.caffe import read_caffe
from harmonium.caffe.folder import model_section, write_folder
from harmonium.describe.read import parse
from harmonium.nets import Net
from tests.caffe.nets import WHOLE, with_weights, written


def test_the_net_comes_back_from_its_folder(tmp_path):
    path = written(WHOLE, tmp_path)
    found = read_caffe(path, with_weights(read_caffe(path), tmp_path))
    file, _ = write_folder(found, tmp_path / "new")
    x = torch.ones(2, 4, 11, 9, dtype=torch.float32)
    with torch.no_grad():
        assert torch.equal(harmonium.load(file).eval()(x), found.net(x))
    model = parse(model_section(found)).value["model"]
    assert model.pop("type") == "net"
    assert [*Net(**model).state_dict()] == [*found.net.state_dict()]
