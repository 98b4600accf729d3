"""Picture of the page on attention: the alignment of a date."""

from pathlib import Path

import torch
from dates import SHOWN, learned, picture

HERE = Path(__file__).parent

torch.set_num_threads(1)

net, _ = learned()
picture(net, SHOWN[0]).savefig(HERE / "attention.png", dpi=110)
