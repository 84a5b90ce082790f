"""Acts on account applications: preparing, filing, checking, signing, setting accounts."""
