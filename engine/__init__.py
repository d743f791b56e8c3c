"""Groundplan's engine: how much ground truth, where, and what accuracy will that buy?"""

__version__ = "0.1.0"
