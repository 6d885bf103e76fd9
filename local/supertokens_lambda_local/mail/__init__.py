"""The e-mail and SMS that functions send on this machine: caught, kept and shown."""
