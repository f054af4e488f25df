"""What the command line and the API share: a request, its plan, and answers as documents."""
