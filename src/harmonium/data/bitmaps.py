"""The ten digits as bitmaps of 7 columns and 12 rows: the codes of LeNet-5's output layer."""

import torch
from torch import Tensor

__all__ = ["digit_codes"]

_ROWS = """
..###.. ...#... .#####. .#####. ....##. ####### ..####. ####### .#####. .#####.
.#...#. ..##... ##...## ##...## ...###. #...... .##...# #.....# ##...## ##...##
##...## .###... #.....# ......# ...#.#. #...... ##..... ......# #.....# #.....#
#.....# ...#... ......# ......# ..##.#. #...... #...... .....## #.....# #.....#
#.....# ...#... .....## .....## ..#..#. #.###.. #.###.. .....#. ##...## ##...##
#.....# ...#... ....##. ..####. .##..#. ##...## ##...## ....##. .#####. .######
#.....# ...#... ...##.. .....## ##...#. ......# #.....# ....#.. ##...## ......#
#.....# ...#... ..##... ......# ####### ......# #.....# ...##.. #.....# ......#
#.....# ...#... .##.... ......# .....#. ......# #.....# ...#... #.....# .....##
##...## ...#... ##..... #.....# .....#. #.....# #.....# ..##... #.....# #....##
.#...#. ...#... #...... ##...## .....#. ##...## ##...## ..#.... ##...## ##..##.
..###.. .#####. ####### .#####. .....#. .#####. .#####. ..#.... .#####. .####..
"""


def digit_codes() -> Tensor:
    """The bitmaps as rows of 84 values, row after row: 1 for ink and -1 for paper, ``(10, 84)``.

    Digits that look alike have codes that are near each other, so that a decision of the net that
    is wrong is at least a likely one. (LeCun et al., 1998, figure 3.)

    >>> digit_codes().shape
    torch.Size([10, 84])
    """
    lines = [line.split() for line in _ROWS.strip().splitlines()]
    marks = ["".join(line[digit] for line in lines) for digit in range(10)]
    values = [[1.0 if mark == "#" else -1.0 for mark in ink] for ink in marks]
    return torch.tensor(values, dtype=torch.float32)
