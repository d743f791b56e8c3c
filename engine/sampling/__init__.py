"""Which parcels to visit, and which are kept for testing."""
