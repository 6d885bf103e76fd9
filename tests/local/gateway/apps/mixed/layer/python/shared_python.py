"""A module of the layer, where a layer usually has it."""

OTHER_SIGNATURE = "layer/python"
