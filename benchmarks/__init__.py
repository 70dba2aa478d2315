"""What Vitrine costs, measured: `make bench`, or `python -m benchmarks`."""
