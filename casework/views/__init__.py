"""Thin views: read the clock, load by what the person may see, make one call, turn errors into pages."""
