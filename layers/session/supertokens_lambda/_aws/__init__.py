"""The few calls to AWS on a visitor's way, without boto3: its import and its first client cost more than a page."""
