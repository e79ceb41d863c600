"""Stands in for the build backend that nbgrader's source distribution names: nothing is built."""
