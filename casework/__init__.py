"""Casework: what every application to an agency has in common, and nothing that only one regulation needs."""
