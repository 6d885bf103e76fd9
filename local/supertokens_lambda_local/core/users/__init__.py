"""Users of all recipes: what is kept of them, and how it is found and shown."""
