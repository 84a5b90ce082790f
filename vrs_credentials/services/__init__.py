"""Acts on credentials: joining, applying, reviewing, hours, courses, certificates, renewal, extension."""
