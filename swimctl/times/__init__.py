"""Times as people write them: lengths, moments, clocks on a wall. The one place where swimctl reads them."""
