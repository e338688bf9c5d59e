"""Checks: whether the numbers are right, and whether the network is well."""

from neurosim.check.dual import Dual
from neurosim.check.gradients import GradientCheck, check_gradients

__all__ = ["Dual", "GradientCheck", "check_gradients"]
