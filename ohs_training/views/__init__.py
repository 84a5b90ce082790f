"""Pages of the scheme: institution, county, ministry, trainee, public."""
