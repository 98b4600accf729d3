"""Views of a run: all or some, written as a page and pictures; reasons for other runs."""

import pytest

from harmonium.apply import visualize
from harmonium.apply.visualising import VIEWS
from tests.apply.learned import bits, classifier, convnet


def test_all_views(tmp_path):
    made = visualize(convnet())
    assert [section.title for section in made.page.sections] == [v[0] for v in VIEWS.values()]
    assert made.left_out == {}
    page, pictures = made.write(tmp_path / "new")
    names = {path.name for path in pictures}
    assert {"kernels-1.png", "maps-3.png", "a-moving-picture-1-moving.png"} <= names
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)
    text = page.read_text("utf-8")
    assert all(f">{title}<" in text for title, _, _ in VIEWS.values())
    with pytest.raises(FileExistsError, match="--overwrite"):
        made.write(tmp_path / "new", overwrite=False)


def test_some_views_of_a_layer_and_rows():
    made = visualize(convnet(), what=["maps", "saliency"], layer="conv1", rows=[4, 9])
    maps, saliency = made.page.sections
    assert [part.caption[:11] for part in maps.parts[1:]] == ["test row 4,", "test row 9,"]
    assert len(saliency.parts[0].figure.axes[0].images) == 4


def test_reasons():
    for run in (classifier(), bits()):
        with pytest.raises(ValueError, match="is a net with convolutions: take a net with a conv"):
            visualize(run)
    with pytest.raises(ValueError, match="no view 'map': choose from filters, maps"):
        visualize(convnet(), what=["map"])
    with pytest.raises(ValueError, match="no layer 'conv9': choose from conv1"):
        visualize(convnet(), what=["maps"], layer="conv9")
    with pytest.raises(ValueError, match="no test row 500"):
        visualize(convnet(), what=["maps"], rows=[500])
    with pytest.raises(ValueError, match="trial 3 has no finished model"):
        visualize(convnet(), trial=3)
