"""A search across kinds of data: words find pictures, pictures find words."""

import torch

from harmonium.apply import Trained, across, asked_words
from tests.apply.embedded import run


def parts(used):
    data, model = used.dataset(), used.able("embeds parts")
    spans = data.columns["x"].spans
    return data, model, spans


def test_words_find_the_training_rows_with_the_nearest_pictures():
    used = Trained(run())
    data, model, spans = parts(used)
    columns, chunks = across(used, data.test, k=3)
    (chunk,) = chunks
    words = model.embed("words", data.test.x[:, spans["words"]])
    pictures = model.embed("picture", data.train.x[:, spans["picture"]])
    best = (words @ pictures.mT).sort(dim=1, descending=True, stable=True)
    torch.testing.assert_close(torch.from_numpy(chunk["similarity"]), best.values[:, :3])
    same = (chunk["row"] == best.indices[:, :3].numpy()).mean()
    assert same > 0.99  # but for equal cosines
    assert columns.parts["row"] == ["row_1", "row_2", "row_3"]


def test_pictures_find_words_and_many_are_right():
    used = Trained(run())
    data, _, spans = parts(used)
    _, chunks = across(used, data.test, asks="picture", k=5)
    (chunk,) = chunks
    names = data.columns["x"].parts["words"].names
    has = data.test.x[:, spans["words"]] > 0.5
    right = [
        has[row, names.index(word)]
        for row, found in enumerate(chunk["word"].tolist())
        for word in found
    ]
    assert sum(map(bool, right)) / len(right) > 0.3  # 5 of 29 by chance


def test_asked_words_are_rows_of_those_words():
    used = Trained(run())
    data, _, spans = parts(used)
    asked = asked_words(used, ["red circle", "blue, top left"])
    names = data.columns["x"].parts["words"].names
    found = [
        [names[k] for k in row.nonzero().flatten().tolist()] for row in asked.x[:, spans["words"]]
    ]
    assert found == [["red", "circle"], ["blue", "top left"]]
    _, chunks = across(used, asked, k=5)
    (chunk,) = chunks
    assert chunk["name"].tolist() == ["red circle", "blue, top left"]
    has = data.train.x[:, spans["words"]][chunk["row"][0]] > 0.5
    assert has[:, names.index("red")].double().mean() > 0.3  # 1 / 8 by chance
