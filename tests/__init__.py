"""A package by name, so that none of another project's takes its place."""
