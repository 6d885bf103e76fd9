"""Client for the few calls to AWS in a request, without boto3: its import and its first client take too long."""
