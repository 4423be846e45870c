"""What is written to disk: the output folder, whole or not at all, and the cache of what earlier runs found."""
