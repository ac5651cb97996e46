"""A transcript becomes a scorecard: judges read, code checks every quote and computes every level."""
