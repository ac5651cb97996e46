"""Chat models by job: opened, asked, counted, paid, and what can go wrong with them."""
