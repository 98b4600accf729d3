"""Every machine finds its model, and every model its abilities."""

import inspect

import pytest
import torch

import harmonium as hm
from harmonium import models
from harmonium.models import adapted
from harmonium.models.adapt import _BY_OUTPUTS
from harmonium.nets import (
    MLP,
    Adversaries,
    Autoencoder,
    Codec,
    ElementaryPerceptron,
    ExtremeLearningMachine,
    ForecastNet,
    JointEmbedding,
    KohonenMap,
    LinearMemory,
    LogBilinear,
    MarkovChain,
    Neocognitron,
    Net,
    NeuralTuringMachine,
    Perceptron,
    ReservoirNet,
    SeriesNet,
    SlidingWindow,
    Tagger,
    Transducer,
)
from harmonium.nets.codes import Noisy
from harmonium.nets.recurrent import GRU
from harmonium.nets.reservoirs import EchoState
from harmonium.nets.trees import RNTN
from tests.nets.codes.normal import Normal

WINDOW = Net(
    [1, 5, 5], ["flatten", {"type": "linear", "out_features": 1}], outputs="probabilities"
)
MACHINES = {
    "RestrictedModel": hm.rbm(6, 3),
    "DeepModel": hm.dbm(6, 3, 2),
    "DocumentModel": hm.over_replicated_softmax(6, 3, latent=2),
    "RestrictedDocumentModel": hm.replicated_softmax(6, 3),
    "LabelledModel": hm.classification_rbm(6, 3, classes=2),
    "Stack": hm.belief_net(6, 3, 2),
    "LabelledStack": hm.belief_net(6, 3, 2, classes=2),
    "Classifier": torch.nn.Sequential(torch.nn.Linear(6, 2)),
    "ReadoutClassifier": ExtremeLearningMachine([6, 4, 2]),
    "NeocognitronModel": Neocognitron([1, 12, 12], 2),
    "ReadoutRegressor": ExtremeLearningMachine([6, 4, 2], outputs="values"),
    "ReservoirClassifier": ReservoirNet(EchoState(3, 4), 2),
    "ReservoirRegressor": ReservoirNet(EchoState(3, 4), 2, outputs="values"),
    "PerceptronModel": Perceptron(6, 2),
    "ClassMemory": LinearMemory(6, 2),
    "RowMemory": LinearMemory(6, 6, recalls="rows"),
    "ElementaryModel": ElementaryPerceptron(6, 4, classes=2),
    "MapModel": KohonenMap(6, rows=2, columns=2),
    "AdversariesModel": Adversaries(MLP([3, 6]), MLP([6, 1])),
    "JointEmbeddingModel": JointEmbedding({"one": MLP([4, 2]), "two": MLP([2, 2])}),
    "Regressor": MLP([6, 4, 2], outputs="values"),
    "LabelsModel": MLP([6, 4, 2], outputs="probabilities"),
    "Detector": SlidingWindow([1, 9, 9], WINDOW),
    "AutoencoderModel": Autoencoder([6, 4, 2]),
    "HashingModel": Autoencoder([6, 4, 2], code=Noisy()),
    "ForecastModel": ForecastNet(GRU(3, 4), 2),
    "SeriesClassifierModel": SeriesNet(GRU(3, 4), 2),
    "MarkovModel": MarkovChain(4),
    "CaptionModel": LogBilinear(4),
    "PictureCaptionModel": LogBilinear(4, encoder=MLP([6, 3])),
    "AligningModel": Transducer(4, 3),
    "TaggerModel": Tagger(4, 3),
    "TuringModel": NeuralTuringMachine(4, 3, memory=(6, 3)),
    "TreeModel": RNTN(6, 4, classes=2, longest=3),
}
ABILITIES = {
    "RestrictedModel": "Completes Encodes EnergyBased Filters FreeEnergies Layered Mixes "
    "Reconstructs Samples Scores Unrolls",
    "DeepModel": "Completes Encodes EnergyBased Filters Layered Mixes Reconstructs Samples "
    "Scores Unrolls",
    "RestrictedDocumentModel": "CountsWords Encodes EnergyBased Filters FreeEnergies Layered "
    "Mixes Reconstructs Samples Unrolls",
    "DocumentModel": "CountsWords Encodes EnergyBased Filters Layered Mixes Reconstructs Samples "
    "Unrolls",
    "LabelledModel": "Classifies Completes Decides Encodes EnergyBased Filters FreeEnergies "
    "Layered Mixes Reconstructs Samples Scores Unrolls",
    "Stack": "Directed Encodes Filters FreeEnergies Layered Mixes Reconstructs Samples Scores "
    "Unrolls",
    "LabelledStack": "Classifies Decides Directed Encodes Filters FreeEnergies Layered Mixes "
    "Reconstructs Samples Scores Unrolls",
    "Classifier": "Classifies Decides Described Encodes Filters Net",
    "MapModel": "Described Encodes Maps Net Reconstructs",
    "ReadoutClassifier": "Decides Described Encodes Net",
    "NeocognitronModel": "Decides Described Encodes HasPlanes Net",
    "ReadoutRegressor": "Described Encodes Net Predicts",
    "ReservoirClassifier": "Decides Described Encodes Net Unfolds",
    "ReservoirRegressor": "Described Encodes Net Predicts Unfolds",
    "PerceptronModel": "Decides Described Filters Net",
    "ClassMemory": "Decides Described Filters Net",
    "RowMemory": "Described Net Reconstructs",
    "ElementaryModel": "Decides Described Encodes Filters Net",
    "AdversariesModel": "Described Discriminates Latent Net Samples",
    "JointEmbeddingModel": "Described EmbedsParts Encodes Net",
    "Regressor": "Described Encodes Filters Net Predicts",
    "LabelsModel": "Described Encodes Filters Net Predicts",
    "Detector": "Described Detects Net",
    "AutoencoderModel": "Decodes Described Encodes Filters Net Reconstructs Unrolls",
    "HashingModel": "Decodes Described Encodes Filters Hashes Net Reconstructs Unrolls",
    "ForecastModel": "Described Encodes Intervals Net Predicts",
    "SeriesClassifierModel": "Classifies Decides Described Encodes Net",
    "CaptionModel": "Described Describes Net Transduces",
    "PictureCaptionModel": "Described Describes Encodes Net Transduces",
    "MarkovModel": "Continues CountsRows Described Net Steps",
    "AligningModel": "Aligns Described Net Transduces",
    "TaggerModel": "Described Net Tags",
    "TuringModel": "Addresses Aligns Described Net Transduces",
    "TreeModel": "Classifies ClassifiesNodes Decides Described Encodes Net",
}


@pytest.mark.parametrize("kind", MACHINES)
def test_the_kind_and_its_abilities(kind):
    model = adapted(MACHINES[kind])
    assert type(model).__name__ == kind
    names = [n for n in models.abilities.__all__ if n != "Batch"]
    found = [n for n in names if isinstance(model, getattr(models, n))]
    assert found == ABILITIES[kind].split()


@pytest.mark.parametrize("kind", MACHINES)
def test_abilities_are_found_without_getattr(kind):
    """From Python 3.12 on, isinstance does not see what ``__getattr__`` of a module finds."""
    model = adapted(MACHINES[kind])
    for name in ABILITIES[kind].split():
        ability = getattr(models, name)
        members = [*dir(ability), *getattr(ability, "__annotations__", ())]
        for member in members:
            if not member.startswith("_"):
                inspect.getattr_static(model, member)


def test_a_net_with_classes_is_a_classifier():
    assert type(adapted(MLP([6, 4, 2]))).__name__ == "Classifier"


def test_what_is_no_model_is_refused():
    with pytest.raises(TypeError, match="no model is made of Linear"):
        adapted(torch.nn.Linear(2, 2))


def test_a_net_that_lacks_something_is_refused_before_it_learns():
    class Net(torch.nn.Module):
        output_kind = "classes"

    with pytest.raises(TypeError, match="the net Net has no units: give it the values of a row"):
        adapted(Net())
    Net.units = (2, 2)
    with pytest.raises(TypeError, match="the net Net has no settings"):
        adapted(Net())
    Net.settings = {}
    with pytest.raises(ValueError, match="Net has no activities of hidden layers"):
        adapted(Net()).codes({"x": torch.eye(2)})
    Net.output_kind = "songs"
    with pytest.raises(TypeError, match="whose output_kind is ") as told:
        adapted(Net())
    assert all(kind in str(told.value) for kind in _BY_OUTPUTS)


def test_an_autoencoder_of_values_stays_one():
    model = adapted(Autoencoder([6, 4, 2], outputs="values"))
    assert type(model).__name__ == "AutoencoderModel"


def test_a_codec_of_any_nets_is_a_model_of_codes():
    model = adapted(Codec(MLP([6, 4, 2]), MLP([2, 6])))
    assert type(model).__name__ == "AutoencoderModel"
    assert model.sizes == (6, 4, 2)


def test_a_codec_whose_code_has_a_prior_draws_rows():
    model = adapted(Autoencoder([6, 4, 2], code=Normal()))
    assert type(model).__name__ == "VariationalModel"
    assert isinstance(model, models.Samples)
