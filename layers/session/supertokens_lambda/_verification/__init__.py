"""What a request's session is worth: the verdict, and how it is reached."""
