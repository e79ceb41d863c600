"""What tests share: courses, notebooks, tasks, gradebooks, clusters and kernels to test with."""
