"""Checks of the algorithm itself: its gradients against ones found without it."""

from neurosim.check.dual import Dual
from neurosim.check.gradients import GradientCheck, check_gradients

__all__ = ["Dual", "GradientCheck", "check_gradients"]
