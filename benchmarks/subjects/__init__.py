"""The Python functions under measurement: a module each, with the `handler` that Lambda would call."""
