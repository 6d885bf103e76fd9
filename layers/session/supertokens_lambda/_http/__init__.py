"""Events to requests, and responses to answers; without input, output or configuration."""
