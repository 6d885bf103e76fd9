"""Event in, response out: what a request is, whichever door it came through. No input or output, no configuration."""
