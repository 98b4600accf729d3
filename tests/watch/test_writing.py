"""The share of right outputs while a net learns."""

from harmonium.models import adapted
from harmonium.nets import Transducer
from harmonium.watch import WritingWatch
from tests.apply.sequences import data


def test_it_is_the_share_of_right_outputs():
    net = Transducer(["a", "b"], ["A", "B"], embedding=2, hidden=2)
    model, rows = adapted(net), data().test
    written = model.transduce(rows.batch(slice(None)))
    right = [
        net.vocabularies[1].decode(w) == n.upper()
        for w, n in zip(written, rows.names, strict=True)
    ]
    assert WritingWatch(model, rows).measure(1) == {"val/exact_output": sum(right) / len(right)}
