"""The functions of the public Python API, see `engine`: short ways to what the rooms do."""
