"""``supertokens-lambda doctor``: what will break in a deployment, before a visitor finds it.

A `Deployment` holds what is known. The checks of the template (`origins`, `paths`, `cors`, `event_sources`,
`permissions`, `table`, `delivery`) and the probes of what runs (`core`, `site`) return findings, and `report` writes
them.
"""
