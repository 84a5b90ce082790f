"""Pages of sign-in, one's own data, the start page and the errors: read the clock, make one call, answer."""
