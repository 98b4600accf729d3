"""The squashing function of LeNet-5: a hyperbolic tangent that maps 1 to 1 and -1 to -1."""

from torch import Tensor, nn

__all__ = ["ScaledTanh"]


class ScaledTanh(nn.Module):
    r"""The scaled hyperbolic tangent :math:`g(z) = A \tanh(S z)`, elementwise.

    With A = 1.7159 and S = 2/3, g(1) = 1 and g(-1) = -1 (to four digits), and the curvature is
    largest there. (LeCun et al., 1998, appendix A, https://doi.org/10.1109/5.726791.)

    Args:
        amplitude: A.
        slope: S.

    >>> import torch
    >>> ScaledTanh()(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-1.0000,  0.0000,  1.0000])
    """

    def __init__(self, amplitude: float = 1.7159, slope: float = 0.6666666666666666) -> None:
        super().__init__()
        self.amplitude = amplitude
        self.slope = slope

    def forward(self, z: Tensor) -> Tensor:
        """g(z), of the shape of z."""
        return self.amplitude * (self.slope * z).tanh()
