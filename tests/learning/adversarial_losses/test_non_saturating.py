"""The first loss of adversaries: cross-entropies of log-odds."""

import torch

from harmonium.learning.adversarial_losses import NonSaturating

S = torch.tensor([-3.0, 0.0, 2.0], dtype=torch.float64)


def test_parts_are_minus_log_probabilities():
    loss = NonSaturating()
    torch.testing.assert_close(loss.real(S), -S.sigmoid().log())
    torch.testing.assert_close(loss.made(S), -(1 - S.sigmoid()).log())
    torch.testing.assert_close(loss.generator(S), loss.real(S))


def test_the_generator_has_a_slope_where_the_discriminator_is_certain():
    s = torch.tensor(-30.0, dtype=torch.float64, requires_grad=True)
    NonSaturating().generator(s).backward()
    assert abs(float(s.grad) + 1) < 1e-9
