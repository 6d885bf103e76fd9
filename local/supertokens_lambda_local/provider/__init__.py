"""An OpenID Connect provider in memory, at which a developer signs in as anybody."""
