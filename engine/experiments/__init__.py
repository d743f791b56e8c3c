"""Asking a question and keeping the answer."""
