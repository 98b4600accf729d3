"""Use of a finished run: codes, predictions, scores, samples and likelihoods."""

from harmonium.apply.bounding import bounds
from harmonium.apply.decoding import Decoded, codes_in, decode
from harmonium.apply.diagnose import Diagnosis, diagnose_recipe, diagnose_run
from harmonium.apply.exporting import export_run, part_of
from harmonium.apply.layers import draw_layers
from harmonium.apply.outline import count, outline, summary
from harmonium.apply.reading import known_values, like_training, overview, read, rows_of
from harmonium.apply.retrieving import index_of, matches
from harmonium.apply.sheets import new_picture
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
    "Decoded",
    "Diagnosis",
    "Trained",
    "bounds",
    "codes_in",
    "count",
    "decode",
    "diagnose_recipe",
    "diagnose_run",
    "draw_layers",
    "encode",
    "encodings",
    "evaluate",
    "export_run",
    "index_of",
    "known_values",
    "like_training",
    "likelihood",
    "matches",
    "new_file",
    "new_picture",
    "new_table",
    "outline",
    "overview",
    "part_of",
    "predict",
    "predictions",
    "read",
    "rows_of",
    "sample",
    "summary",
]
