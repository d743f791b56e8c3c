"""Where data come from: study folders, and foreign tables made into studies."""
