"""HTTP calls within a budget, on connections that are kept between calls."""
