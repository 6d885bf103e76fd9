"""From a verdict to an answer. The decorator and the other entry points are thin layers over this package."""
