"""One module for each channel: they carry messages and decide nothing."""
