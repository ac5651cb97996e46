"""A scorecard as a debrief. Knows the card alone."""
