"""Pages of account applications: the unit's wizard, the unit's own page, the branch's registers."""
