"""A moving picture: what each frame says is what the net says of the moved picture."""

from io import BytesIO

import torch
from PIL import Image

from harmonium.report.sections.moving import path, section
from harmonium.report.viewed import View


def test_frames(evidence):
    seen = evidence("convnet")
    [picture] = section(seen).parts
    view = View(seen)
    x, said = view.x[0], []
    for across in (-2, -1, 0, 1, 2):
        moved = torch.roll(x, across, -1)
        if across:
            moved[..., slice(0, across) if across > 0 else slice(across, None)] = x.min()
        p = view.net(moved[None]).detach().softmax(1)[0]
        said.append(f"{int(p.argmax())} ({float(p.max()):.0%})")
    assert picture.alt.endswith("; ".join(said))
    assert "moved across by \N{MINUS SIGN}2 to +2 pixels" in picture.caption
    with Image.open(BytesIO(picture.moving)) as image:
        assert image.n_frames == 6  # and the still picture


def test_the_path_of_a_wide_picture_has_few_frames():
    across = path(224)[:, 1].tolist()
    assert (across[0], across[9], across[-1], len(across)) == (-74, 0, 74, 19)
    assert not path(224)[:, 0].any()
