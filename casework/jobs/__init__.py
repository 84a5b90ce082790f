"""What runs in the background or by night: lists written to files, checks of what must agree, what is kept how long."""
