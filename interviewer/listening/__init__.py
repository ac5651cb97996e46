"""What an answer shows: read at once without a model, and by a model while the candidate thinks."""
