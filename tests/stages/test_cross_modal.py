"""Parts of a row learn to find each other."""

import pytest

from harmonium import train


def recipe(**stage):
    encoders = {
        "picture": {"type": "mlp", "units": [192, 30, 16]},
        "words": {"type": "mlp", "units": [29, 16]},
    }
    return {
        "version": 1,
        "name": "small",
        "threads": 1,
        "data": {"source": {"type": "shapes", "rows": 600, "test": 100, "size": 8}},
        "model": {"type": "joint_embedding", "encoders": encoders},
        "train": {"type": "cross_modal", "epochs": 6, "batch_size": 50, **stage},
        "judge": ["cross_modal"],
    }


def test_words_find_pictures_that_were_never_seen(tmp_path, monkeypatch):
    monkeypatch.setattr("harmonium.report.write_run", lambda *_, **__: None)
    optimiser = {"type": "adam", "lr": 5e-3}
    noise = {"words": "thin", "picture": ["corrupt"]}
    run = train(recipe(optimiser=optimiser, noise=noise, keywords="words"), output=tmp_path)
    (figures,) = run.results["trials"][0]["methods"].values()
    assert figures["search_recall_10"] > 0.3  # 0.1 by chance
    losses = [row["train/ranking"] for row in run.metrics() if "train/ranking" in row]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"noise": {"tags": "thin"}}, "no part 'tags' in a row of shapes: picture, words"),
        ({"keywords": "tags"}, "train.keywords: no part 'tags' in a row of shapes"),
        ({"objective": "squared_error"}, "squared_error"),
    ],
)
def test_what_does_not_fit_is_refused(changes, words, tmp_path):
    with pytest.raises(ValueError, match=words):
        train(recipe(**changes), output=tmp_path)
