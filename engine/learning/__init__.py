"""What a model learns."""
