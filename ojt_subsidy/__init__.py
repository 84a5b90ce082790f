"""產業人才投資方案: courses, enrolment in order of filing, and the subsidy of 80 % or 100 % within the three-year cap."""
