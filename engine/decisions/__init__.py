"""From outcomes to a decision."""
