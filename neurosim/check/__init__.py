"""Checks: whether the numbers are right, and whether the network is well."""
