"""``supertokens-lambda doctor``: what will break in a deployment, told before a visitor finds it.

A `Deployment` is what is known. Checks of what is written down (`origins`, `paths`, `cors`, `doors`, `permissions`,
`table`, `delivery`) and probes of what runs (`core`, `site`) make findings of it, and `report` writes them.
"""
