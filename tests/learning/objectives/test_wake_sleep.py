"""Wake-sleep as an objective: its value is the bound; its gradients are a law."""

import pytest
import torch

from harmonium.learning.bounds_of_codes import importance_weighted
from harmonium.learning.objectives import WakeSleep
from harmonium.nets import SigmoidBeliefNet
from harmonium.random import generator, seeded


def made():
    with seeded(0):
        net = SigmoidBeliefNet([6, 4]).double()
    return net, (torch.rand(20, 6, generator=generator(1)) > 0.5).double()


@pytest.mark.parametrize("recognition", ["sleep", "wake", "both"])
def test_the_value_is_minus_the_bound_of_the_same_samples(recognition):
    net, x = made()
    net.source = generator(2)
    found = WakeSleep(3, recognition)(net, {"x": x})
    values, log_q = net.recognise(x, samples=3, source=generator(2))
    expected = importance_weighted((net.log_joint(values) - log_q).view(3, -1))
    torch.testing.assert_close(found, -expected)


def test_the_dream_teaches_the_recogniser_only():
    net, x = made()
    net.source = generator(2)
    with_dream = WakeSleep(3, "sleep")(net, {"x": x}).mean()
    grads = torch.autograd.grad(with_dream, [*net.parameters()], allow_unused=True)
    by_name = dict(zip(dict(net.named_parameters()), grads, strict=True))
    net.source = generator(2)
    values, log_q = net.recognise(x, samples=3, source=net.source)
    bound = importance_weighted((net.log_joint(values) - log_q.detach()).view(3, -1)).mean()
    own = torch.autograd.grad(-bound, [*net.generator.parameters(), net.prior])
    names = [*(n for n in by_name if n.startswith("generator")), "prior"]
    for name, expected in zip(names, own, strict=True):
        torch.testing.assert_close(by_name[name], expected)
    assert float(by_name["recogniser.h1.weight"].abs().max()) > 0


def test_a_recogniser_that_learns_from_its_single_sample_is_refused():
    with pytest.raises(ValueError, match="give several samples, or take sleep"):
        WakeSleep(1, "wake")
