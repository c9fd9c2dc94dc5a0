"""What isobot can carry, measured on this machine: `make bench`."""
