"""Visits of a real browser.

This is a package so that its browser ends with it: until then Playwright's event loop runs in the tests' own thread,
and nothing else can run one there.
"""
