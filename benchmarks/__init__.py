"""What a session check costs: the toolkit and its peers, measured in one run on one core."""
