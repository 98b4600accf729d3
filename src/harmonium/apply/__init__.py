"""Use of a finished run: codes, predictions, scores, samples and likelihoods."""

from harmonium.apply.bounding import bounds
from harmonium.apply.bracketing import bracketed
from harmonium.apply.continuing import continuations
from harmonium.apply.decoding import Decoded, codes_in, decode
from harmonium.apply.diagnose import Diagnosis, diagnose_recipe, diagnose_run
from harmonium.apply.exporting import export_run, part_of
from harmonium.apply.filtering import grey_levels, write_grey_levels
from harmonium.apply.forecasting import forecast_rows, forecasts
from harmonium.apply.layers import draw_layers
from harmonium.apply.lines import LINES, write_lines
from harmonium.apply.outline import count, outline, summary
from harmonium.apply.playing import continued_roll, midi_of_texts
from harmonium.apply.reading import known_values, like_training, overview, read, rows_of
from harmonium.apply.retrieving import index_of, matches
from harmonium.apply.searching import across, asked_words, embeds_parts
from harmonium.apply.sheets import new_picture
from harmonium.apply.tables import Columns, new_file, new_table
from harmonium.apply.texts import written
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
from harmonium.apply.visualising import Views, visualize
from harmonium.apply.weighing import fitted, held, model_recipe, weighed

__all__ = [
    "Columns",
    "Decoded",
    "Diagnosis",
    "LINES",
    "Trained",
    "Views",
    "across",
    "asked_words",
    "bounds",
    "bracketed",
    "codes_in",
    "continuations",
    "continued_roll",
    "count",
    "decode",
    "diagnose_recipe",
    "diagnose_run",
    "draw_layers",
    "embeds_parts",
    "encode",
    "encodings",
    "evaluate",
    "export_run",
    "fitted",
    "forecast_rows",
    "forecasts",
    "grey_levels",
    "held",
    "index_of",
    "known_values",
    "like_training",
    "likelihood",
    "matches",
    "midi_of_texts",
    "model_recipe",
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
    "visualize",
    "weighed",
    "write_brackets",
    "write_grey_levels",
    "write_lines",
    "written",
]
