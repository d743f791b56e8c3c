"""Tests of the crop map and of its accuracy."""
