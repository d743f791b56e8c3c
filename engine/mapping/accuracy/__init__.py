"""Design-based accuracy and areas of a crop map, from a probability sample of its parcels."""
