"""Filters: the machine's own weights, as pictures or as rows."""

import numpy as np

from harmonium.report.sections.weights import ENTRY, section


def pictures(found):
    return [part for part in found.parts if not isinstance(part, str)]


def test_every_layer_is_drawn_through_those_below(evidence):
    seen = evidence("classifier")
    first, second, sizes = pictures(section(seen))
    assert (
        first.alt
        == "layer 1: signed filters of 25 of 40 units, those with the largest weights first"
    )
    w1, w2 = (
        g.connections["v-h"].weight.detach().numpy() for g in seen.models["machine"].machine.graphs
    )
    product = w2 @ w1
    order = np.argsort(-np.linalg.norm(product, axis=1))
    shown = np.asarray(second.figure.axes[0].images[0].get_array())
    np.testing.assert_allclose(shown.ravel(), product[order[0]], rtol=1e-5)
    assert f"layer 1: standard deviation {w1.std(ddof=1):.3g}" in sizes.caption


def test_rows_that_are_no_pictures_have_their_weights_in_rows(evidence):
    seen = evidence("table")
    found, _ = pictures(section(seen))
    w = seen.models["machine"].machine.connections["v-h"].weight.detach().numpy()
    order = np.argsort(-np.linalg.norm(w, axis=1))
    (image,) = found.figure.axes[0].images
    np.testing.assert_allclose(np.asarray(image.get_array()), w[order], rtol=1e-6)
    assert "red is positive, blue negative, white zero" in found.caption


def test_without_a_machine_there_is_nothing(evidence):
    assert ENTRY.section(evidence("failed")) is None
