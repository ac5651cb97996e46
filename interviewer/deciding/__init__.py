"""What the interviewer does next. Pure: no model, clock or disk."""
