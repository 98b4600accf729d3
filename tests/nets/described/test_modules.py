"""Every type of layer can be made, keeps rows apart, and has the shape that it says."""

import pytest
import torch

from harmonium.nets.described import steps_of
from harmonium.nets.described.modules import module_of, shape_of
from harmonium.registry import KINDS

PICTURE = (4, 6, 6)
SETTINGS = {
    "adaptive_avg_pool2d": {"output_size": 2},
    "adaptive_max_pool2d": {"output_size": [2, 3]},
    "basic_block": {"planes": 3, "stride": 2},
    "bottleneck": {"planes": 2},
    "conv1d": {"out_channels": 3, "kernel_size": 2},
    "conv2d": {"out_channels": 3, "kernel_size": [2, 3]},
    "conv3d": {"out_channels": 3, "kernel_size": 2},
    "conv_transpose2d": {"out_channels": 3, "kernel_size": 2, "stride": 2},
    "convolved_units": {"out_channels": 3, "stride": 2},
    "dense_block": {"num_layers": 2, "growth_rate": 3},
    "dense_layer": {"growth_rate": 3},
    "dilated": {"out_channels": 2},
    "group_norm": {"num_groups": 2},
    "inception": {"widths": [2, 1, 2, 1, 2, 1]},
    "linear": {"out_features": 3},
    "local_response_norm": {"size": 3},
    "lp_pool2d": {"norm_type": 2.0, "kernel_size": 2},
    "pixel_shuffle": {"upscale_factor": 2},
    "rbf": {"codes": [[0, 1, 0, 1, 0, 1], [1, 0, 0, 1, 0, 1]]},
    "resize": {"scale": 0.5},
    "table_conv2d": {"table": [[1, 0], [1, 1], [0, 1], [1, 1]], "kernel_size": 3},
    "unflatten": {"dim": 1, "unflattened_size": [2, 2]},
    "upsample": {"scale_factor": 2.0},
    "zero_pad2d": {"padding": [1, 0, 2, 0]},
    **{f"{kind}_pool{n}d": {"kernel_size": 2} for kind in ("avg", "max") for n in (1, 2, 3)},
}
SHAPES = {"1d": (4, 9), "3d": (4, 5, 5, 5), "bf": (6,)}
SEVERAL = ("add", "concat", "multiply")


def read_by(name):
    return [SHAPES.get(name[-2:], PICTURE)] * (2 if name in SEVERAL else 1)


@pytest.mark.parametrize("name", [n for n in KINDS["Layer"] if n != "sequential"])
def test_the_shape_found_without_values_is_the_real_one(name):
    (step,) = steps_of([{"type": name, **SETTINGS.get(name, {})}])
    shapes = read_by(name)
    with torch.device("meta"):
        outline = module_of(step, shapes)
    found = shape_of(step, outline, shapes=shapes)
    module = module_of(step, shapes).eval()
    rows = [torch.randn(3, *shape) for shape in shapes]
    output = module(*rows)
    assert tuple(output.shape) == (3, *found)
    alone = module(*[x[1:2] for x in rows])
    assert torch.allclose(output[1:2], alone, atol=1e-6)


@pytest.mark.parametrize("name", [n for n in KINDS["Layer"] if n != "sequential"])
def test_gradients_are_those_of_finite_differences(name):
    (step,) = steps_of([{"type": name, **SETTINGS.get(name, {})}])
    shapes = [(4, *[min(n, 4) for n in shape[1:]]) for shape in read_by(name)]
    shapes = read_by(name) if name == "rbf" else shapes
    module = module_of(step, shapes).double().eval()
    source = torch.Generator().manual_seed(0)
    rows = [torch.randn(2, *shape, generator=source, dtype=torch.float64) for shape in shapes]
    names = [n for n, _ in module.named_parameters()]

    def output(*values):
        parameters = dict(zip(names, values, strict=False))
        return torch.func.functional_call(module, parameters, values[len(names) :])

    # off their start, because units whose bias is 0 lie in a kink where all below are silent
    noise = [torch.randn(p.shape, generator=source).double() for p in module.parameters()]
    moved = [p.detach() + 0.1 * z for p, z in zip(module.parameters(), noise, strict=True)]
    values = [*moved, *rows]
    assert torch.autograd.gradcheck(output, [v.requires_grad_() for v in values], fast_mode=True)
