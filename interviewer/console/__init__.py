"""An interview in a terminal, and whole folders of recorded ones."""
