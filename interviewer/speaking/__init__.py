"""A decided move becomes words, without a model or with one. Never handed notes, rubric or strong answers."""
