"""Labels that crews bring back: read, matched to parcels, kept as imports that can be undone."""
