"""Breaking things on purpose: `./dev drill`."""
