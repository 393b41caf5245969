"""Measured ratios against floors and peers: `make bench` writes `bench/RESULTS.md`."""
