"""身心障礙者職業重建服務專業人員資格認證: qualification, hours, continuing education, renewal and extension."""
