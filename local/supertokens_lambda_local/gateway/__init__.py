"""API Gateway and Lambda on this machine: HTTP in, the template's functions called, HTTP out."""
