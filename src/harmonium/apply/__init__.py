"""A finished run put to use: codes, predictions, scores, samples, likelihoods."""

from harmonium.apply.density import Ladder, countable, density
from harmonium.apply.outline import count, outline
from harmonium.apply.reading import overview, read
from harmonium.apply.sheets import sheet
from harmonium.apply.tables import Columns, new_file, new_table
from harmonium.apply.trained import Trained
from harmonium.apply.using import (
    encode,
    encodings,
    evaluate,
    likelihood,
    predict,
    predictions,
    sample,
)

__all__ = [
    "Columns",
    "Ladder",
    "Trained",
    "count",
    "countable",
    "density",
    "encode",
    "encodings",
    "evaluate",
    "likelihood",
    "new_file",
    "new_table",
    "outline",
    "overview",
    "predict",
    "predictions",
    "read",
    "sample",
    "sheet",
]
