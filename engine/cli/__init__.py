"""The commands of the command line, each with its options: ``add_run`` adds those of ``run``."""
