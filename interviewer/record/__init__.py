"""What was said, and what came of it, on disk; and interviews that others recorded."""
