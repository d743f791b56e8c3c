"""Showing it."""
