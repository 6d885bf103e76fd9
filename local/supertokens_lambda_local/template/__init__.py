"""A SAM template, read into a model that the gateway and the doctor use."""
