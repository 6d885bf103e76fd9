"""From a verdict to an answer. The decorator and the other faces of the toolkit are thin layers over this room."""
