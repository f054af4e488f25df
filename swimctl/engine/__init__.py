"""What runs the jobs of a batch: turns, one job, what is due, devices asked without a job."""
