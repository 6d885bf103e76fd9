"""From an event to a request and from a response to an answer; no input or output, no configuration."""
