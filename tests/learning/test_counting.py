import torch

from harmonium.data import Examples
from harmonium.learning.counting import Counting
from harmonium.models import adapted
from harmonium.nets import MarkovChain


def test_one_step_counts_and_reports_the_cost():
    model = adapted(MarkovChain(["a", "b"], smoothing=1e-6))
    learner, x = Counting(model), torch.tensor([[0, 1, 0, 1, 0]])
    found = learner.step({"x": x})
    assert float(found["token_nats"]) < 1e-5  # a always follows b, and b follows a
    assert learner.module.counts1.tolist() == [[0, 2], [2, 0]]
    again = Counting(adapted(MarkovChain(["a", "b"], smoothing=1e-6)))
    again.load_state_dict(learner.state_dict())
    rows = Examples({"x": x})
    assert torch.equal(again.model.next_log_probs(rows), model.next_log_probs(rows))
