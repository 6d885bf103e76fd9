"""A module of the layer."""

SIGNATURE = "layer"
