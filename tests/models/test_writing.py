"""Which nets write sequences, look back, have heads, or tag words."""

from harmonium.models import abilities, adapted
from harmonium.models.writing import Addresses, Aligns, Tags, Transduces
from harmonium.nets import NeuralTuringMachine, Tagger, Transducer


def test_abilities_of_sequences():
    models = [
        adapted(net)
        for net in (NeuralTuringMachine(4, 3, memory=(6, 3)), Tagger(4, 3), Transducer(4, 3))
    ]
    kinds = (Addresses, Aligns, Tags, Transduces)
    found = [[isinstance(model, kind) for kind in kinds] for model in models]
    assert found == [
        [True, True, False, True],
        [False, False, True, False],
        [False, True, False, True],
    ]
    assert {kind.__name__ for kind in kinds} < {*abilities.__all__}
