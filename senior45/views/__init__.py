"""Pages of the 45+ site: users and windows, content board, back office, public front."""
