"""Views read the clock, load rows, make one call and turn errors into pages."""
