"""The application on one machine: a gateway that reads a SAM template, and a SuperTokens core in memory."""
